/**
 * Random timelines for a policy: what a source and a consumer do, in virtual milliseconds.
 *
 * A step is a few words, so that a timeline that fails can be read: `write 2 · wait 4 · take · leave`.
 */

/** `write n`: n versions at once · `wait n`: milliseconds · `take`: a pulled consumer asks for one more. */
export type Step = `write ${number}` | `wait ${number}` | 'take' | 'complete' | 'fail' | 'leave'

export interface Timeline {
  readonly steps: readonly Step[]
  /** Milliseconds that the consumer is busy with each delivery; 0: it is synchronous. */
  readonly busyMs: number
  /** Whether the consumer takes only what it asks for. */
  readonly pulled: boolean
  /** Whether a first version is replayed when the subscription begins. */
  readonly replay: boolean
  /** The consumer throws at each n-th delivery, and writes inside each n-th; 0: never. */
  readonly throwsEvery: number
  readonly writesEvery: number
}

/** Gives numbers from 0 up to, but not, 1. */
type Random = () => number

/** A 32-bit Weyl sequence, mixed by the finaliser of MurmurHash3. */
function randomOf(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32
  }
}

/** Mostly the short pauses of a burst, sometimes one that any window ends in. */
function pause(random: Random): number {
  return Math.ceil(random() < 0.85 ? random() * 12 : 10 ** (1 + random() * 3))
}

function step(random: Random, pulled: boolean): Step {
  const chance = random()
  if (chance < 0.45) return `write ${random() < 0.7 ? 1 : Math.ceil(random() * 5)}`
  if (chance < 0.95) return pulled && random() < 0.5 ? 'take' : `wait ${pause(random)}`
  return (['complete', 'fail', 'leave'] as const)[Math.floor(random() * 3)] ?? 'leave'
}

const sometimes = (random: Random, most: number): number =>
  random() < 0.7 ? 0 : 2 + Math.floor(random() * most)

/** The timeline of a seed. @param mayPull - whether the policy has consumers that ask. */
export function timelineOf(seed: number, mayPull: boolean): Timeline {
  const random = randomOf(seed)
  const pulled = mayPull && random() < 0.25
  return {
    pulled,
    steps: Array.from({ length: 1 + Math.floor(random() * 24) }, () => step(random, pulled)),
    busyMs: random() < 0.35 ? 0 : Math.ceil(random() * 12),
    replay: random() < 0.5,
    throwsEvery: sometimes(random, 4),
    // What is pulled fulfils a promise: nothing runs inside it.
    writesEvery: pulled ? 0 : sometimes(random, 4),
  }
}

/** What a failure says of a timeline. */
export const timelineText = ({ steps, ...consumer }: Timeline): string =>
  `${steps.join(' · ') || 'nothing'}; the consumer: ${JSON.stringify(consumer)}`

/** Half as much of a step that has a number. */
function half(step: Step): Step[] {
  const [what, count = '1'] = step.split(' ')
  const less = Math.floor(Number(count) / 2)
  return less > 0 ? [`${what} ${less}` as Step] : []
}

/** The same timeline with a step less, or with less of one: what to look at when one fails. */
export const smaller = (timeline: Timeline): Timeline[] =>
  timeline.steps.flatMap((step, index) =>
    [[], ...half(step).map((less) => [less])].map((instead) => ({
      ...timeline,
      steps: timeline.steps.flatMap((each, at) => (at === index ? instead : [each])),
    })),
  )
