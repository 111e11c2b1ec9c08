import { checkKeys, type KnownKeys } from '../kit/index.ts'
import { refuseOption, requireCount, requireFlag } from './options.ts'
import { type BatchingPolicy, madePolicy, type Open, type Policy, type SinglePolicy } from './policy.ts'

/** What {@link definePolicy} is told: the facts of a {@link Policy}, and what opens it. */
export interface PolicyDefinition<Kind extends string = string, Batches extends boolean = boolean> {
  /** One word, as in `'everyNth'`. */
  readonly kind: Kind
  /** The kind, and its parameters behind colons; default the kind. It is the policy's name in figures. */
  readonly label?: string
  /** The most versions that it holds for one subscriber: an integer from 0, or `Infinity`. */
  readonly capacity: number
  /** Whether the last version delivered is the newest, once writes stop and the consumer is idle. */
  readonly converges: boolean
  /** Whether every version is handed over, or else the subscription ends with an error. */
  readonly lossless: boolean
  /** Whether it waits until the consumer is idle; default true. */
  readonly waits?: boolean
  /** Whether it hands over arrays, with `port.deliverAll`; default false. */
  readonly batches?: Batches
  /** Whether a store refuses a write that it could not hold; default false. */
  readonly suspends?: boolean
  /** Opens what it holds and decides for one subscriber. Called once for each; what it throws, `subscribe()` throws. */
  readonly open: Open
}

const KEYS: KnownKeys<PolicyDefinition> = {
  kind: true,
  label: true,
  capacity: true,
  converges: true,
  lossless: true,
  waits: true,
  batches: true,
  suspends: true,
  open: true,
}

/**
 * Makes a back-pressure policy of your own, which everything that takes a policy takes.
 *
 * It decides, its mailbox acts and counts: so the accounting, the isolation of a consumer that throws and the release
 * at the end are not its business. What it throws ends its subscription with that error. Hold it to the laws of
 * policies with `describePolicy` of `headgate/testing`.
 *
 * @example
 * ```ts
 * import { createStore, definePolicy } from 'headgate'
 *
 * const everyOther = definePolicy({
 *   kind: 'everyOther',
 *   capacity: 0,
 *   converges: false,
 *   lossless: false,
 *   open(port) {
 *     let offered = 0
 *     return {
 *       size: 0,
 *       ready: false,
 *       offer(entry) {
 *         offered += 1
 *         if (offered % 2 === 1 && port.idle) port.deliver(entry)
 *         else port.drop(entry, 'window')
 *       },
 *       release() {},
 *       clear: () => [],
 *     }
 *   },
 * })
 *
 * const store = createStore(0)
 * const seen: number[] = []
 * const handle = store.subscribe(({ state }) => { seen.push(state) }, { policy: everyOther, replay: false })
 * for (let n = 1; n <= 5; n += 1) store.set(n)
 * console.log(seen, handle.stats().dropped) // → [ 1, 3, 5 ] 2
 * ```
 *
 * @throws `POLICY_INVALID`
 */
export function definePolicy<const Kind extends string, const Batches extends boolean = false>(
  definition: PolicyDefinition<Kind, Batches>,
): Batches extends true ? BatchingPolicy<Kind> : SinglePolicy<Kind>
export function definePolicy(definition: PolicyDefinition): Policy {
  checkKeys(definition, KEYS, 'definePolicy()')
  const { kind, label = kind, capacity, open, converges, lossless } = definition
  const { waits = true, batches = false, suspends = false } = definition
  if (typeof kind !== 'string' || !/^\w+$/.test(kind)) refuseOption('kind', 'one word', kind)
  if (typeof label !== 'string' || label.split(':')[0] !== kind) {
    refuseOption('label', `"${kind}", with its parameters behind colons`, label)
  }
  if (capacity !== 0) requireCount('capacity', capacity)
  for (const [name, value] of Object.entries({ converges, lossless, waits, batches, suspends })) {
    requireFlag(name, value)
  }
  if (typeof open !== 'function') refuseOption('open', 'a function from a port to a strategy', open)
  // The cast holds: which of the two it is, is what `batches` says.
  const facts = { kind, label, capacity, converges, lossless, waits, batches, suspends }
  return madePolicy(facts, open) as Policy
}
