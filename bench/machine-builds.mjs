/**
 * What a flat machine costs in two builds, measured in turns: whether a change has made those dearer who do not use it.
 *
 *     node bench/machine-builds.mjs BEFORE/dist/esm dist/esm [ROUNDS]
 *
 * Each measurement is a process of its own, in the order A B B A; a ratio is of two of the same round. The time is that
 * of the processor, the least of the samples of a process.
 */
import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const SAMPLES = 60
const [first, second, third] = process.argv.slice(2)
if (first === '--measure') console.log(JSON.stringify(await measure(resolve(second ?? ''))))
else compare([first ?? '', second ?? 'dist/esm'], Number(third ?? 12))

/** @param {string} dist */
async function measure(dist) {
  const { createMachineStore, defineMachine, transition, initialState } = await import(
    pathToFileURL(resolve(dist, 'index.js')).href
  )
  const names = ['A', 'B', 'C', 'D']
  const states = Object.fromEntries(
    names.map((name, index) => [
      name,
      {
        on: {
          NEXT: {
            target: names[(index + 1) % names.length],
            update: (draft) => {
              draft.count += 1
            },
          },
          GO: names[(index + 1) % names.length],
          NEVER: { target: 'A', guard: ({ count }) => count < 0 },
        },
      },
    ]),
  )
  const ring = defineMachine({ id: 'ring', initial: 'A', context: { count: 0 }, states })
  const store = createMachineStore(ring)
  const first = initialState(ring)
  const work = {
    'an event without a recipe': () => store.send('GO'),
    'an event with a recipe': () => store.send('NEXT'),
    'a refused event': () => store.send('NEVER'),
    'the pure transition': () => transition(ring, first, { type: 'GO' }),
  }
  return Object.fromEntries(Object.entries(work).map(([what, run]) => [what, least(run)]))
}

/** @param {() => void} run */
function least(run) {
  const costs = Array.from({ length: SAMPLES }, () => {
    const before = process.cpuUsage()
    for (let n = 0; n < 4_000; n += 1) run()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 4_000
  })
  return Math.min(...costs)
}

/** @type {(dists: [string, string], rounds: number) => void} */
function compare(dists, rounds) {
  const self = fileURLToPath(import.meta.url)
  const env = { ...process.env, NODE_ENV: 'production' }
  const once = (/** @type {string} */ dist) =>
    JSON.parse(execFileSync(process.execPath, [self, '--measure', dist], { env, encoding: 'utf8' }))
  const pairs = Array.from({ length: rounds }, (_, round) => {
    if (round % 2 === 0) return [once(dists[0]), once(dists[1])]
    const after = once(dists[1])
    return [once(dists[0]), after]
  })
  const median = (/** @type {number[]} */ values) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0
  console.table(
    Object.keys(pairs[0]?.[0]).map((what) => ({
      what,
      before: `${median(pairs.map(([one]) => one[what])).toFixed(3)} µs`,
      after: `${median(pairs.map(([, other]) => other[what])).toFixed(3)} µs`,
      ratio: median(pairs.map(([one, other]) => other[what] / one[what])).toFixed(3),
    })),
  )
}
