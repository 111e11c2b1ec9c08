/** A tab: what a test does in it, through `globalThis.tab`. */
import { BrowserLevel } from 'browser-level'
import { type Journal, levelEngine, openJournal } from '../../../src/journal/index.ts'
import { isHeadgateError } from '../../../src/kit/index.ts'
import { createStore, type Store } from '../../../src/store/index.ts'

interface State {
  n: number
}

/** The durability of each transaction that wrote. */
const durabilities: unknown[] = []
const database = (globalThis as unknown as { IDBDatabase: { prototype: { transaction: unknown } } })
  .IDBDatabase
const transaction = database.prototype.transaction as (this: unknown, ...given: unknown[]) => object
database.prototype.transaction = function (this: unknown, ...given: unknown[]) {
  const made = transaction.apply(this, given) as { mode: string; durability: unknown }
  if (made.mode === 'readwrite') durabilities.push(made.durability)
  return made
}

let store: Store<State>
let journal: Journal<State>

const tab = {
  durabilities,
  /** Opens the journal of this origin; says its status, or the code that it was refused with. */
  async open(follow: boolean): Promise<string> {
    store = createStore<State>({ n: 0 }, { name: 'rover' })
    try {
      journal = await openJournal(store, levelEngine(new BrowserLevel('data')), { follow, snapshotEvery: 5 })
      return journal.status
    } catch (error) {
      return isHeadgateError(error) ? error.code : String(error)
    }
  },
  /** Writes so many versions; resolves with the one that is on the disk. */
  async write(times: number): Promise<number> {
    for (let time = 0; time < times; time += 1) store.set({ n: store.state.n + 1 })
    return journal.durable()
  },
  look: () => ({ n: store.state.n, version: store.snapshot.version, status: journal.status }),
  verify: () => journal.verify(),
  close: () => journal.close(),
}
Object.assign(globalThis, { tab })
