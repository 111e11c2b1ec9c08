/**
 * The child process of the growth part: does the claims of a scenario file over and over, in runs of several
 * sizes, and measures what each run left on the heap. One operation is one thing of each claim, made, fed under
 * load and let go of: what any of them leaks is in the slope.
 *
 * It runs with --no-opt: code that is optimised while it is measured comes and goes by tens of kilobytes.
 *
 * Arguments: the scenario's file, `clean` or `leak`. Prints a JSON array: one result for the file as a whole,
 * and, where it grows and should not, one for each claim.
 */
import { fitGrowth, type GrowthFit, type GrowthPoint, type GrowthVerdict, judgeGrowth } from './growth.ts'
import { liveBytes } from './live-bytes.ts'
import { loadScenarios } from './load-scenarios.ts'
import { type Claim, type Scenario, Witness } from './scenario.ts'
import { collect } from './under-load.ts'

/** What was measured of a file's claims together, or of one. */
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

const CLEAN: Plan = { sizes: [100, 200, 400], roundsMin: 4, roundsMax: 8 }
/** A twin's runs are short: what it keeps makes every later write dearer. */
const LEAK: Plan = { sizes: [10, 20, 40], roundsMin: 3, roundsMax: 6 }
/** A file with few claims does more of each, so that its runs weigh as much as the others'; not its twin. */
const CLAIMS_USUAL = 8
/** A claim that is dear is done once where the others are done so often. */
const DEAR = 4

/** Growth of which this much is certain is no noise: it is not measured again. */
const CERTAIN_BYTES = 64

/** So many operations are under way at a time. */
const ALIVE = 20

/** The claims of a file as one scenario. */
function together(claims: readonly Claim[], leak: boolean): Scenario {
  const parts = claims.map((claim) => ({
    share: claim.dear === true ? 1 / DEAR : 1,
    scenario: claim.create({ leak, witness: () => new Witness(claim.name) }),
  }))
  return {
    async act(count) {
      for (const { scenario, share } of parts) await scenario.act(Math.ceil(count * share))
    },
    async release() {
      for (const { scenario } of parts) await scenario.release()
    },
    write() {
      for (const { scenario } of parts) scenario.write()
    },
  }
}

async function operate(scenario: Scenario, operations: number): Promise<void> {
  for (let done = 0; done < operations; done += ALIVE) {
    await scenario.act(Math.min(ALIVE, operations - done))
    scenario.write()
    scenario.write()
    await scenario.release()
    scenario.write()
  }
}

/** Measures one run after another. What a run is compared with is what the one before it left. */
class GrowthMeter {
  readonly #scenario: Scenario
  #left = Number.NaN

  constructor(scenario: Scenario) {
    this.#scenario = scenario
  }

  async measure(operations: number): Promise<GrowthPoint> {
    await operate(this.#scenario, operations)
    await collect()
    const before = this.#left
    this.#left = await liveBytes()
    return { operations, bytes: this.#left - before }
  }
}

async function measure(name: string, claims: readonly Claim[], leak: boolean): Promise<ClaimGrowth> {
  const { roundsMin, roundsMax, sizes: usual } = leak ? LEAK : CLEAN
  const more = leak ? 1 : Math.max(1, Math.round(CLAIMS_USUAL / claims.length))
  const sizes = usual.map((size) => size * more)
  const scenario = together(claims, leak)
  // Caches, compiled code and the first growth of every table are made here.
  for (const size of [...sizes, ...sizes]) await operate(scenario, size)
  const meter = new GrowthMeter(scenario)
  await meter.measure(ALIVE)
  const points: GrowthPoint[] = []
  let verdict: GrowthVerdict = 'undecided'
  for (let round = 1; round <= roundsMax; round += 1) {
    // What is not decided yet is measured with longer runs: room that lists have left over, some kilobytes, then
    // weighs less for each operation.
    const factor = leak ? 1 : 2 ** Math.min(3, Math.max(0, round - roundsMin))
    for (const size of sizes) points.push(await meter.measure(size * factor))
    if (round < roundsMin) continue
    // Every point stays in the fit: more rounds are more evidence, not another try.
    verdict = judgeGrowth(fitGrowth(points))
    if (verdict === 'flat' || (verdict === 'growing' && (leak || fitGrowth(points).lower > CERTAIN_BYTES)))
      break
  }
  return { claim: name, verdict, fit: fitGrowth(points) }
}

async function main(): Promise<void> {
  const [file = '', kind] = process.argv.slice(-2)
  const leak = kind === 'leak'
  const { claims } = loadScenarios(file)
  const all = await measure('all claims together', claims, leak)
  const results = [all]
  // Which of them it is.
  if (!leak && all.verdict === 'growing' && claims.length > 1) {
    for (const claim of claims) results.push(await measure(claim.name, [claim], leak))
  }
  process.stdout.write(JSON.stringify(results))
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
