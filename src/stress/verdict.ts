import { describeValue, HeadgateError } from '../kit/index.ts'
import type { Threshold } from './scenario.ts'
import type { CheckResult, ThresholdResult } from './stress-report.ts'

/**
 * Gathers what a scenario states: facts that hold or not, and figures beside their limits.
 *
 * A fact that is checked many times is one line of the report: it holds if it held every time, and says what
 * was seen when it first did not, or else last.
 */
export class Verdict {
  readonly #checks = new Map<string, CheckResult>()
  readonly #limits: Readonly<Record<string, Threshold>>
  readonly #thresholds = new Map<string, ThresholdResult>()

  constructor(limits: Readonly<Record<string, Threshold>>) {
    this.#limits = limits
  }

  get checks(): CheckResult[] {
    return [...this.#checks.values()]
  }

  get thresholds(): ThresholdResult[] {
    return [...this.#thresholds.values()]
  }

  check(fact: string, holds: boolean, detail = ''): void {
    if (this.#checks.get(fact)?.outcome === 'failed') return
    this.#checks.set(fact, { fact, outcome: holds ? 'passed' : 'failed', detail })
  }

  skip(fact: string, why: string): void {
    if (!this.#checks.has(fact)) this.#checks.set(fact, { fact, outcome: 'skipped', detail: why })
  }

  /** Compares a figure with its limit; what is no finite number fails. The last figure of a name counts. */
  threshold(name: string, value: number): void {
    const limit = Object.hasOwn(this.#limits, name) ? this.#limits[name] : undefined
    if (limit === undefined) {
      throw new HeadgateError('OPTION_INVALID', {
        option: 'threshold',
        expected: `one that the scenario names (${Object.keys(this.#limits).join(', ') || 'it names none'})`,
        received: describeValue(name),
      })
    }
    const { about, unit, atLeast, atMost } = limit
    const passed =
      Number.isFinite(value) &&
      value >= (atLeast ?? Number.NEGATIVE_INFINITY) &&
      value <= (atMost ?? Number.POSITIVE_INFINITY)
    this.#thresholds.set(name, {
      name,
      about,
      unit,
      atLeast: atLeast ?? null,
      atMost: atMost ?? null,
      value: Number.isFinite(value) ? value : 0,
      passed,
    })
  }

  /** Notes the limits that were named and never compared, so that none passes by being forgotten. */
  close(): void {
    for (const name of Object.keys(this.#limits)) {
      if (!this.#thresholds.has(name)) this.skip(`threshold ${name}`, 'nothing was measured')
    }
  }

  /** Why nothing was tested, where all that was stated so far was skipped. */
  skipped(): string | undefined {
    const { checks } = this
    const isTested = this.#thresholds.size > 0 || checks.some(({ outcome }) => outcome !== 'skipped')
    if (isTested || checks.length === 0) return undefined
    return [...new Set(checks.map(({ detail }) => detail))].join('; ')
  }

  /** One sentence for each failure. */
  failures(): string[] {
    const facts = this.checks.filter(({ outcome }) => outcome === 'failed')
    const figures = this.thresholds.filter(({ passed }) => !passed)
    return [
      ...facts.map(({ fact, detail }) => `Not so: ${fact}${detail === '' ? '' : ` (${detail})`}.`),
      ...figures.map((one) => `${one.name} is ${round(one.value)} ${one.unit}, expected ${limitOf(one)}.`),
    ]
  }
}

const round = (value: number): number => Math.round(value * 1_000) / 1_000

function limitOf({ atLeast, atMost }: ThresholdResult): string {
  const limits = [atLeast === null ? '' : `at least ${atLeast}`, atMost === null ? '' : `at most ${atMost}`]
  return limits.filter((limit) => limit !== '').join(' and ')
}
