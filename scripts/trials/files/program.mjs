/** What every runtime and package manager must be able to run: the root, and each room that needs no browser. */
import { deepEqual, equal, ok } from 'node:assert/strict'
import { buffer, createMachineStore, createStore, defineMachine, derive } from 'headgate'
import { applyDelta, diff } from 'headgate/delta'
import { health } from 'headgate/health'
import { createHistory, memoryEngine, openJournal } from 'headgate/journal'
import { kernelOf } from 'headgate/kernel'
import { mirror, serve, socketPair } from 'headgate/sync'
import { assertNoLeaks } from 'headgate/testing'
import { map } from 'rxjs'

// The root: a write, a policy, an exact account, an observable for RxJS's own operators.
const store = createStore({ n: 0, deep: { a: 1, b: 2 } }, { name: 'trial' })
/** @type {number[]} */
const seen = []
const watching = store
  .select('n')
  .pipe(map((n) => n * 2))
  .subscribe((n) => seen.push(n))
const archive = store.subscribe(() => new Promise(() => {}), { policy: buffer({ capacity: 1 }) })
for (let n = 1; n <= 3; n += 1)
  store.update((draft) => {
    draft.n = n
  })
deepEqual(seen, [0, 2, 4, 6])
const { published, delivered, dropped, conflated, pending } = archive.stats()
equal(published, delivered + dropped + conflated + pending)
ok(Object.isFrozen(store.state.deep))
equal(kernelOf(store).head.version, 3)
ok(Array.isArray(health(store).issues))

const sum = derive([store.select('n'), store.select('deep', 'a')], (n, a) => n + a)
equal(sum.state, 4)

// A machine.
const light = createMachineStore(
  defineMachine({
    id: 'light',
    initial: 'RED',
    context: {},
    types: {},
    states: { RED: { on: { GO: 'GREEN' } }, GREEN: { on: { STOP: 'RED' } } },
  }),
)
equal(light.send({ type: 'GO' }).handled, true)
equal(light.current, 'GREEN')
light.destroy()

// A delta, a history, a journal, a mirror.
const before = store.state
store.update((draft) => {
  draft.deep.a = 9
})
deepEqual(applyDelta(before, diff(before, store.state)), store.state)
const history = createHistory(store)
store.update((draft) => {
  draft.n = 10
})
history.undo()
equal(store.state.n, 3)
history.dispose()

const engine = memoryEngine()
const journal = await openJournal(store, engine)
store.update((draft) => {
  draft.n = 11
})
await journal.durable()
await journal.close()
const again = createStore({ n: 0, deep: { a: 0, b: 0 } }, { name: 'trial' })
await (await openJournal(again, engine)).close()
deepEqual(again.state, store.state)

const server = serve(store, { authorize: () => ({ read: true, write: true }) })
const elsewhere = mirror(() => {
  const [here, there] = socketPair()
  server.accept(here)
  return there
})
await elsewhere.store.waitFor(({ n }) => n === 11)
deepEqual(
  await elsewhere.update((draft) => {
    draft.n = 12
  }),
  { committed: true, version: store.snapshot.version },
)
equal(store.state.n, 12)
elsewhere.close()
server[Symbol.dispose]()

watching.unsubscribe()
archive.unsubscribe()
await assertNoLeaks(store)
store.destroy()
again.destroy()
console.log('headgate works')
