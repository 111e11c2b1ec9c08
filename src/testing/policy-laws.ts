/** What every policy keeps, and what each says of itself. */
import type { Policy } from '../backpressure/index.ts'
import type { Call, PolicyRun } from './policy-run.ts'

export interface PolicyLaw {
  /** A fact: the name of its test. */
  readonly name: string
  /** Whether a policy falls under it; default every one. */
  applies?(policy: Policy): boolean
  /** How a run breaks it. */
  broken(run: PolicyRun, policy: Policy): string | undefined
}

const pairs = (calls: readonly Call[]): (readonly [number, Call])[] =>
  calls.map((call, index) => [calls[index - 1]?.versions.at(-1) ?? 0, call])

/** The source has not ended it, and it has not ended itself. */
const goesOn = ({ ended, ends }: PolicyRun): boolean => ended === undefined && ends.length === 0

const GIVEN_UP: readonly string[] = ['unsubscribed', 'complete', 'error', 'policy-error']

/** Whether a run that goes on has ended on the newest version. */
export function endsOnNewest(run: PolicyRun): boolean | undefined {
  const { settled } = run
  if (!goesOn(run) || settled === undefined || settled.published === 0) return undefined
  return settled.lastVersion === settled.published
}

export const POLICY_LAWS: readonly PolicyLaw[] = [
  {
    name: 'throws nothing',
    broken({ ends, faults }) {
      const thrown = ends.find((end) => typeof end === 'object')
      const error = thrown === undefined ? faults[0] : (thrown as { thrown: unknown }).thrown
      return error === undefined ? undefined : `it threw ${error instanceof Error ? error.stack : error}`
    },
  },
  {
    name: 'accounts for every version, at every instant',
    broken: ({ imbalances }) => imbalances[0],
  },
  {
    name: 'hands over in order, each version once',
    broken({ calls }) {
      const versions = calls.flatMap((call) => call.versions)
      const wrong = versions.findIndex((version, index) => index > 0 && version <= (versions[index - 1] ?? 0))
      return wrong < 0 ? undefined : `version ${versions[wrong]} came after ${versions[wrong - 1]}`
    },
  },
  {
    name: 'tells with each delivery how many were lost before it',
    broken({ calls }) {
      for (const [before, { versions, missed }] of pairs(calls)) {
        const lost = (versions.at(-1) ?? 0) - before - versions.length
        if (missed !== lost)
          return `${missed} missed were told with version ${versions[0]}, and ${lost} were lost before it${
            missed > lost ? '; deliver() is given how many of them come later' : ''
          }`
      }
      return undefined
    },
  },
  {
    name: 'holds no more than its capacity',
    broken: ({ pendingMax }, { capacity }) =>
      pendingMax > capacity ? `${pendingMax} were held, and its capacity is ${capacity}` : undefined,
  },
  {
    name: 'hands over one version a call, or arrays, as it says',
    broken({ calls }, { batches }) {
      const wrong = calls.find(({ isArray, versions }) => isArray !== batches || versions.length === 0)
      return wrong === undefined
        ? undefined
        : `a call was given ${wrong.isArray ? `an array of ${wrong.versions.length}` : 'one version'}`
    },
  },
  {
    name: 'waits until the consumer is idle, and until one that is pulled asks',
    applies: ({ waits }) => waits,
    broken({ calls }) {
      // What the consumer writes inside a replay or a delivery is no call beside it.
      const early = calls.find(({ running, asked }) => running > 0 || asked <= 0)
      return early === undefined ? undefined : `version ${early.versions[0]} came while the consumer was busy`
    },
  },
  {
    name: 'hands a replay over at once',
    broken({ timeline, calls }) {
      if (!timeline.replay || timeline.pulled) return undefined
      const [first] = calls
      return first?.versions[0] === 1 && first.atMs === 0
        ? undefined
        : 'version 1 was replayed, and did not come'
    },
  },
  {
    name: 'ends on the newest version, once writes stop and the consumer is idle',
    applies: ({ converges }) => converges,
    broken(run) {
      if (endsOnNewest(run) !== false) return undefined
      return `version ${run.settled?.published} was the last, and ${run.settled?.lastVersion} was delivered last`
    },
  },
  {
    name: 'loses nothing while it goes on',
    applies: ({ lossless }) => lossless,
    broken(run) {
      if (run.ends.includes('overflow')) return undefined
      // Who leaves is not told of an overflow.
      const silent = run.ended === 'leave' ? [...GIVEN_UP, 'overflow'] : GIVEN_UP
      const loss = run.losses.find(({ reason }) => !silent.includes(reason))
      return loss === undefined ? undefined : `version ${loss.version} was lost (${loss.reason})`
    },
  },
  {
    name: 'lets the end through, once, behind all that it delivers',
    broken({ ended, ends, settled }) {
      if (ends.length > 1) return `${ends.length} ends were told`
      if (ended === undefined || ended === 'leave') return undefined
      if (ends.length === 0) return `the source ended, and ${settled?.pending} are still held`
      return undefined
    },
  },
  {
    name: 'lets go of everything at the end',
    broken({ left, late, unclear }) {
      if (unclear.length > 0) return unclear[0]
      if (late > 0) return `${late} calls came after the end`
      if (left === undefined || left.pending + left.inFlight + left.timers === 0) return undefined
      return `${left.pending} held, ${left.inFlight} in flight and ${left.timers} timers were left`
    },
  },
]
