// @ts-check
/**
 * 1 434 building-permit cases as small machines, all in one collection in one store, each with a subscriber.
 *
 *     node examples/permits/permits.js [FILE] [--journal FOLDER]      default: ../shared/data/permits.ndjson
 *
 *   RECEIVED ──> CONFIRMING <──> ADVISING <──> STOPPING          from any phase but the first to any
 *                    └─> REFUSING, HOLDING                       other: the clerks did go back
 *
 * A record is `{ t, case, activity, … }`. The first one of a case opens it; each later one is an event of its
 * machine, named after the phase to which the activity belongs. The machine is run by `transition`, which is
 * pure: a case is one entity of the collection, and a step replaces it.
 *
 * What it shows: a write to one case wakes the one subscriber of that case, among 1 434. And with a journal: killed at
 * any moment and started again, it goes on where it was.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { collection, createStore, defineMachine, initialState, transition } from 'headgate'

/**
 * @typedef {'CONFIRM' | 'ADVISE' | 'STOP' | 'REFUSE' | 'HOLD'} Step
 * @typedef {{ type: Step, activity: string }} CaseEvent
 * @typedef {{ case: string, activity: string }} PermitRecord
 */

const { values, positionals } = parseArgs({
  options: { journal: { type: 'string' } },
  allowPositionals: true,
})
const FILE = positionals[0] ?? join(import.meta.dirname, '../../../shared/data/permits.ndjson')
/** Records between two waits for the disk. */
const GROUP = 250
const FIRST = 'Confirmation of receipt'

/** @type {(draft: { last: string, steps: number }, event: CaseEvent) => void} */
const note = (draft, { activity }) => {
  draft.last = activity
  draft.steps += 1
}
/** @template {string} Name @param {Name} target */
const to = (target) => ({ target, update: note })

const on = {
  CONFIRM: to('CONFIRMING'),
  ADVISE: to('ADVISING'),
  STOP: to('STOPPING'),
  REFUSE: to('REFUSING'),
  HOLD: to('HOLDING'),
}

const machine = defineMachine({
  id: 'permit',
  initial: 'RECEIVED',
  historyLimit: 0,
  context: { last: FIRST, steps: 1 },
  types: /** @type {{ events: CaseEvent }} */ ({}),
  states: {
    RECEIVED: { on },
    CONFIRMING: { on },
    ADVISING: { on },
    STOPPING: { on },
    REFUSING: { on },
    HOLDING: { on },
  },
})

/**
 * The phase to which an activity belongs, by its number: "T07-1 Draft intern advice …" is one of ADVISE.
 *
 * @type {(activity: string) => Step}
 */
function stepOf(activity) {
  const number = Number(activity.slice(1, 3))
  if (number <= 5) return 'CONFIRM'
  if (number <= 9) return 'ADVISE'
  if (number === 10) return 'STOP'
  return number <= 15 ? 'REFUSE' : 'HOLD'
}

/**
 * A journal that keeps, with each commit, how many records have led to it.
 *
 * @param {import('headgate').Store<any>} store
 * @param {string} folder
 * @param {() => number} done
 */
async function keep(store, folder, done) {
  const [{ levelEngine, openJournal }, { ClassicLevel }] = await Promise.all([
    import('headgate/journal'),
    import('classic-level'),
  ])
  return openJournal(store, levelEngine(new ClassicLevel(folder)), { note: () => String(done()) })
}

/**
 * @param {readonly PermitRecord[]} records
 * @param {string} [folder] of the journal
 */
async function replay(records, folder) {
  const opened = initialState(machine)
  const store = createStore({
    cases: /** @type {import('headgate').Collection<typeof opened>} */ (collection()),
  })
  const woken = { first: 0, later: 0 }
  let unhandled = 0

  /** @param {string} id */
  const follow = (id) => {
    let isFirst = true
    store.select('cases', id).subscribe(() => {
      woken[isFirst ? 'first' : 'later'] += 1
      isFirst = false
    })
  }

  let done = 0
  const journal = folder === undefined ? undefined : await keep(store, folder, () => done)
  const start = Number(journal?.stats().recovered.note ?? 0)
  for (const id of new Set(records.map((record) => record.case))) follow(id)
  for (done = start + 1; done <= records.length; done += 1) {
    const { case: id, activity } = /** @type {PermitRecord} */ (records[done - 1])
    store.update((draft) => {
      const known = draft.cases.get(id)
      if (known === undefined) {
        draft.cases = draft.cases.set(id, opened)
        return
      }
      const result = transition(machine, known, { type: stepOf(activity), activity })
      if (!result.handled) unhandled += 1
      draft.cases = draft.cases.set(id, result.state)
    }, activity)
    if (done % GROUP === 0) await journal?.durable()
  }
  await journal?.close()
  return { store, woken, unhandled }
}

/**
 * How often each key occurs, the most frequent first.
 *
 * @param {Iterable<string>} keys
 */
function tally(keys) {
  /** @type {Map<string, number>} */
  const counts = new Map()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return [...counts].sort(([, one], [, other]) => other - one)
}

/** @param {readonly [string, number][]} rows */
const show = (rows) =>
  rows.forEach(([name, count]) => void console.log(`${String(count).padStart(7)}  ${name}`))

if (!existsSync(FILE)) {
  console.error(`There is no ${FILE}. Give the file of the records: node examples/permits/permits.js FILE`)
  process.exitCode = 1
} else {
  /** @type {PermitRecord[]} */
  const records = readFileSync(FILE, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const { store, woken, unhandled } = await replay(records, values.journal)
  const { cases } = store.state
  const ends = tally([...cases.values()].map(({ context }) => context.last))
  const others = ends.slice(5).reduce((sum, [, count]) => sum + count, 0)

  console.log(`${cases.size} cases, ended with`)
  show([...ends.slice(0, 5), ['others', others]])
  console.log('and in the phase')
  show(tally([...cases.values()].map(({ current }) => current)))
  console.log(`${records.length} events, ${store.metrics().commits} commits, ${unhandled} unhandled`)
  console.log(
    `${woken.later} wake-ups of ${store.metrics().subscriberCount} subscribers, and ${woken.first} initial replays`,
  )
  store.destroy()
}
