/**
 * The child process of the growth part: does a claim's scenario over and over, in runs of several sizes, and
 * measures what each run left on the heap. One operation is one thing made, fed under load and let go of.
 *
 * It runs with --no-opt: code that is optimised while it is measured comes and goes by tens of kilobytes.
 *
 * Arguments: the scenario's file, `clean` or `leak`. Prints a JSON array with the result of each claim.
 */
import { fitGrowth, type GrowthFit, type GrowthPoint, type GrowthVerdict, judgeGrowth } from './growth.ts'
import { loadScenarios } from './load-scenarios.ts'
import { type Claim, type Scenario, Witness } from './scenario.ts'
import { collect } from './under-load.ts'

/** What was measured of one claim. */
export interface ClaimGrowth {
  readonly claim: string
  readonly verdict: GrowthVerdict
  readonly fit: GrowthFit
}

interface Plan {
  readonly sizes: readonly number[]
  readonly roundsMin: number
  readonly roundsMax: number
}

const CLEAN: Plan = { sizes: [400, 1_200, 2_400], roundsMin: 3, roundsMax: 7 }
/** A twin's runs are short: what it keeps makes every later write dearer. */
const LEAK: Plan = { sizes: [80, 240, 480], roundsMin: 3, roundsMax: 6 }

/** Growth of which this much is certain is no noise: it is not measured again. */
const CERTAIN_BYTES = 64

/** So many are made and let go of at a time. */
const ALIVE = 40

async function operate(scenario: Scenario, operations: number): Promise<void> {
  for (let done = 0; done < operations; done += ALIVE) {
    await scenario.act(Math.min(ALIVE, operations - done))
    scenario.write()
    scenario.write()
    await scenario.release()
    scenario.write()
  }
}

async function grow(scenario: Scenario, operations: number): Promise<GrowthPoint> {
  await collect()
  const before = process.memoryUsage().heapUsed
  await operate(scenario, operations)
  await collect()
  return { operations, bytes: process.memoryUsage().heapUsed - before }
}

async function measure(claim: Claim, leak: boolean): Promise<ClaimGrowth> {
  const { roundsMin, roundsMax } = leak ? LEAK : CLEAN
  const sizes = (leak ? LEAK : CLEAN).sizes.map((size) => size / (claim.dear === true ? 4 : 1))
  const scenario = claim.create({ leak, witness: () => new Witness(claim.name) })
  // Caches, compiled code and the first growth of every table are made here.
  for (const size of [...sizes, ...sizes]) await grow(scenario, size)
  const points: GrowthPoint[] = []
  let verdict: GrowthVerdict = 'undecided'
  for (let round = 1; round <= roundsMax; round += 1) {
    // What is not decided yet is measured with longer runs: the same noise then weighs less for each operation.
    const factor = leak ? 1 : 2 ** Math.max(0, round - roundsMin)
    for (const size of sizes) points.push(await grow(scenario, size * factor))
    if (round < roundsMin) continue
    // Every point stays in the fit: more rounds are more evidence, not another try.
    verdict = judgeGrowth(fitGrowth(points))
    if (verdict === 'flat' || (verdict === 'growing' && (leak || fitGrowth(points).lower > CERTAIN_BYTES)))
      break
  }
  return { claim: claim.name, verdict, fit: fitGrowth(points) }
}

async function main(): Promise<void> {
  const [file = '', kind] = process.argv.slice(-2)
  const results: ClaimGrowth[] = []
  for (const claim of loadScenarios(file).claims) results.push(await measure(claim, kind === 'leak'))
  process.stdout.write(JSON.stringify(results))
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
