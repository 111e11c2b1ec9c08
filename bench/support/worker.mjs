/**
 * One measurement, in a process of its own: one case of one size with one peer. Verifies, measures, and prints
 * one line of JSON.
 *
 *     node --expose-gc bench/support/worker.mjs '{"case":"fan-out","size":1,"peer":"zustand","warmMs":100,"budgetMs":100}'
 */
import { CASES } from '../cases/index.mjs'
import { kernelNs, nanosecondsAnOperation } from './clock.mjs'
import { Skip } from './skip.mjs'

const { case: caseId, size: sizeIndex, peer: peerId, ...times } = JSON.parse(process.argv[2])

async function measure() {
  const before = kernelNs()
  const { default: peer } = await import(`../peers/${peerId}.mjs`)
  const work = CASES.find(({ id }) => id === caseId)
  const size = work.sizes[sizeIndex]
  const value =
    work.unit === 'bytes' ? work.measure(peer, size) : nanosecondsAnOperation(work.prepare(peer, size), times)
  return { value, kernel: (before + kernelNs()) / 2 }
}

try {
  console.log(JSON.stringify(await measure()))
} catch (error) {
  if (!(error instanceof Skip)) throw error
  console.log(JSON.stringify({ skipped: error.message }))
}
