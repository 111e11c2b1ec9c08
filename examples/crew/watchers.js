// @ts-check
/** Who watches the crew, each at a pace of its own; and what became of every version for each of them. */
import { buffer } from 'headgate'
import { interruptsOf } from 'headgate/agents'
import { timer } from 'rxjs'
import { ledgers } from './machines.js'

/**
 * @typedef {import('headgate').Store<import('headgate/actors').SystemSnapshot>} CrewStore
 * @typedef {import('headgate').SubscriberStats} SubscriberStats
 */

/** What the archive takes for one version, in milliseconds: too long for what comes. */
const ARCHIVE_MS = 400

/**
 * @param {CrewStore} store
 * @param {{ readonly name: string }} desk the store of the crew's own machine
 * @param {(line: string) => void} print
 */
export function watch(store, desk, print) {
  let before = ''
  // Every version counts: a change of state that is not in the log has not happened.
  store.subscribe(
    ({ version, state: { root } }) => {
      const now = String(root.snapshot?.state.current)
      const [interrupt] = interruptsOf(desk)
      const waits = interrupt === undefined ? '' : `  waits for a person: ${interrupt.id}`
      if (now !== before) print(`v${version}  ${now}${waits}`)
      before = now
    },
    { id: 'log', policy: buffer({ capacity: 256, overflow: 'error' }) },
  )
  // One that is too slow loses the oldest, is told how many, and holds nobody up.
  store.subscribe(() => timer(ARCHIVE_MS), { id: 'archive', policy: buffer({ capacity: 4 }) })
}

/**
 * The ledger: a line for everybody who watches, those who have left together.
 *
 * @param {CrewStore} store
 */
export function ledgerOf(store) {
  const { subscribers, ...all } = store.metrics()
  /** @param {'published' | 'delivered' | 'dropped' | 'conflated' | 'pending'} fate */
  const rest = (fate) => subscribers.reduce((sum, one) => sum - one[fate], all[fate])
  const left = {
    id: 'who have left',
    policy: '',
    published: rest('published'),
    delivered: rest('delivered'),
    dropped: rest('dropped'),
    conflated: rest('conflated'),
    pending: rest('pending'),
  }
  const sources = Object.values(ledgers).flatMap((ledger) => ledger.stats() ?? [])
  return [...subscribers, ...(left.published > 0 ? [left] : []), ...sources].map(lineOf)
}

/** @param {Pick<SubscriberStats, 'id' | 'policy' | 'published' | 'delivered' | 'dropped' | 'conflated' | 'pending'>} stats */
function lineOf({ id, policy, published, delivered, dropped, conflated, pending }) {
  const account = `${published} = ${delivered} + ${dropped} + ${conflated} + ${pending}`
  return `${id.padEnd(24)} ${policy.padEnd(24)} ${account}`
}
