/**
 * A process that writes as fast as it can, and says what it did: `opening`, `recovered VERSION STATE`, then
 * `durable VERSION` for all that its journal acknowledges. It never ends; it is killed.
 */
import { writeSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { ClassicLevel } from 'classic-level'
import { levelEngine, openJournal } from '../../../src/journal/index.ts'
import { createStore } from '../../../src/store/index.ts'

/** Writes between two turns of the event loop. */
const WRITES = 10

// What is said stands in the pipe before the call returns: a process that is killed has said it.
const say = (...words: unknown[]): number => writeSync(1, `${words.join(' ')}\n`)

const begin = { n: 0, twin: { n: 0 }, tail: [] as number[], entities: {} as Record<string, number> }
const store = createStore(begin, { name: 'rover' })
say('opening')
const engine = levelEngine(new ClassicLevel(process.argv[2] ?? ''))
const journal = await openJournal(store, engine, { snapshotEvery: 50, keep: 300, pendingMax: 500 })
const { version, state } = store.snapshot
say('recovered', version, JSON.stringify(state))
for (;;) {
  for (let write = 0; write < WRITES; write += 1) {
    store.update((draft) => {
      draft.n += 1
      draft.twin.n = draft.n
      draft.tail = [...draft.tail, draft.n].slice(-3)
      draft.entities[draft.n % 10] = draft.n
    })
  }
  void journal.durable().then((durable) => say('durable', durable))
  await setImmediate()
}
