/**
 * The child process: runs the claims of one file and writes three heap snapshots, before, between and after.
 *
 * A process of its own keeps the rest of the program out of the snapshots. Every claim is warmed up once, so
 * that what is made on first use (caches, compiled functions) is there before the first snapshot.
 *
 * Arguments: the scenario's file, `clean` or `leak`, how many of each claim (0: what the claim says), the
 * folder for the snapshots.
 */
import { join } from 'node:path'
import { writeHeapSnapshot } from 'node:v8'
import { loadScenarios } from './load-scenarios.ts'
import { type Claim, type Scenario, Witness } from './scenario.ts'
import { collect, makeUnderLoad, releaseUnderLoad } from './under-load.ts'

interface Run {
  readonly scenario: Scenario
  readonly count: number
  readonly writes: number
}

function open(claim: Claim, leak: boolean, most: number): Run {
  const { name, count = 1_000, writes = 10 } = claim
  const scenario = claim.create({ leak, witness: () => new Witness(name) })
  return { scenario, count: most === 0 ? count : Math.min(count, most), writes }
}

async function warmUp(claim: Claim): Promise<void> {
  const { scenario, writes } = open(claim, false, 0)
  await makeUnderLoad(scenario, 20, writes)
  await releaseUnderLoad(scenario, writes)
}

async function snapshot(folder: string, name: string): Promise<void> {
  await collect()
  writeHeapSnapshot(join(folder, `${name}.heapsnapshot`))
}

async function main(): Promise<void> {
  const [file = '', kind, most, folder = ''] = process.argv.slice(-4)
  const { claims } = loadScenarios(file)
  for (const claim of claims) await warmUp(claim)
  const runs = claims.map((claim) => open(claim, kind === 'leak', Number(most)))
  // One write each: the state of a living store is then made anew after the second snapshot as well.
  for (const { scenario } of runs) scenario.write()
  await snapshot(folder, 'before')
  for (const { scenario, count, writes } of runs) await makeUnderLoad(scenario, count, writes)
  await snapshot(folder, 'between')
  for (const { scenario, writes } of runs) await releaseUnderLoad(scenario, writes)
  await snapshot(folder, 'after')
}

main().then(
  // A twin leaves timers behind on purpose; they must not keep the process alive.
  () => process.exit(0),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
