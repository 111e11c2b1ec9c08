/**
 * What the three hot paths cost: writing, telling subscribers, joining and leaving. Run before and after a
 * change; compare the ratios to bare RxJS in the same run, not the times: machines differ and are shared.
 *
 * `npm run bench`, and with `-- --readme` the README's numbers are written anew.
 */

import { produce } from 'immer'
import { barplot, bench, run, summary } from 'mitata'
import { BehaviorSubject } from 'rxjs'
import { buffer, createMachineStore, createStore, defineMachine, direct, latest } from '../dist/esm/index.js'
import { writeNumbers } from './readme-numbers.mjs'

const nothing = () => {}

/** A subject and a store with `count` followers each. */
function followed(count, policy) {
  const subject = new BehaviorSubject(0)
  const store = createStore(0)
  for (let i = 0; i < count; i += 1) {
    subject.subscribe(nothing)
    store.subscribe(nothing, { policy })
  }
  return { subject, store }
}

summary(() => {
  const subject = new BehaviorSubject({ a: 0, b: 0 })
  const store = createStore({ a: 0, b: 0 })
  let n = 0
  bench('write a scalar: BehaviorSubject and spread', () => subject.next({ ...subject.value, a: ++n }))
  bench('write a scalar: store.set', () => store.set({ ...store.state, a: ++n }))
})

summary(() => {
  const subject = new BehaviorSubject({ a: 0, b: 0 })
  const store = createStore({ a: 0, b: 0 })
  let n = 0
  const recipe = (draft) => {
    draft.a = ++n
  }
  bench('recipe on a scalar: BehaviorSubject and immer', () => subject.next(produce(subject.value, recipe)))
  bench('recipe on a scalar: store.update', () => store.update(recipe))
})

for (const [name, policy] of [
  ['direct', direct()],
  ['latest', latest()],
  ['buffer', buffer()],
]) {
  summary(() => {
    const { subject, store } = followed(1_000, policy)
    let n = 0
    bench('tell 1 000: BehaviorSubject', () => subject.next(++n))
    bench(`tell 1 000: store, ${name}`, () => store.set(++n))
  })
}

barplot(() => {
  summary(() => {
    for (const others of [0, 10_000]) {
      const { subject, store } = followed(others, latest())
      bench(`join and leave among ${others}: BehaviorSubject`, () => subject.subscribe(nothing).unsubscribe())
      bench(`join and leave among ${others}: store.subscribe`, () => store.subscribe(nothing)())
    }
  })
})

summary(() => {
  for (const count of [10, 10_000]) {
    const robots = Object.fromEntries(Array.from({ length: 100 }, (_, id) => [id, { pose: 0 }]))
    const store = createStore({ robots, tick: 0 })
    for (let i = 0; i < count; i += 1) store.select('robots', String(i % 100), 'pose').subscribe(nothing)
    let n = 0
    bench(`write beside ${count} path subscribers who look elsewhere`, () =>
      store.update((draft) => {
        draft.tick = ++n
      }),
    )
  }
})

for (const historyLimit of [0, 64]) {
  const toggle = defineMachine({
    id: 'toggle',
    historyLimit,
    initial: 'OFF',
    context: {},
    states: { OFF: { on: { PRESS: 'ON' } }, ON: { on: { PRESS: { target: 'OFF', guard: () => true } } } },
  })
  const store = createMachineStore(toggle)
  bench(`machine event, history of ${historyLimit}`, () => store.send('PRESS'))
}

const { benchmarks } = await run()
if (process.argv.includes('--readme')) writeNumbers(benchmarks)
