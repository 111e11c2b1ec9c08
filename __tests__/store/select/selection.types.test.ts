/** What the types of selections and views promise: checked by the compiler; nothing here is called at run time. */
import { expect, test } from '@jest/globals'
import { expectTypeOf } from 'expect-type'
import { combineLatest, firstValueFrom, type Observable, type Subscription } from 'rxjs'
import {
  batch,
  type Collection,
  type Delivery,
  type Immutable,
  latest,
  type MachineStore,
  type Policy,
  paced,
  type QCoreCells,
  type QCoreContext,
  type qCoreMachine,
  type Readable,
  type Selection,
  type StateOf,
  type Store,
  type SubscriberHandle,
  shallow,
  throttle,
  type View,
} from '../../../src/index.ts'

interface World {
  robots: Collection<{ battery: number; tags: string[] }>
  mode: 'idle' | 'busy'
}

const typesOnly = (_body: (store: Store<World>) => unknown): void => expect(_body).toBeFunction()

test('a selection is an Observable of its value, to the compiler and to operators', () => {
  typesOnly((store) => {
    const mode = store.select('mode')
    expectTypeOf(mode).toExtend<Observable<'idle' | 'busy'>>()
    expectTypeOf(mode.value).toEqualTypeOf<'idle' | 'busy'>()
    expectTypeOf(firstValueFrom(mode)).toEqualTypeOf<Promise<'idle' | 'busy'>>()
    expectTypeOf(combineLatest([mode, mode])).toExtend<Observable<['idle' | 'busy', 'idle' | 'busy']>>()
    const takesObservable = (_source: Observable<string>): void => {}
    takesObservable(mode)
    // @ts-expect-error: the value is read only
    mode.value = 'idle'
  })
})

test('what subscribe returns, and gives its consumer, follows from its arguments', () => {
  typesOnly((store) => {
    const mode = store.select('mode')
    expectTypeOf(mode.subscribe()).toEqualTypeOf<Subscription>()
    expectTypeOf(mode.subscribe((value) => void value.length)).toEqualTypeOf<Subscription>()
    expectTypeOf(mode.subscribe({ next: (value) => void value.length })).toEqualTypeOf<Subscription>()
    expectTypeOf(mode.subscribe(null, null, () => {})).toEqualTypeOf<Subscription>()
    const handle = mode.subscribe(
      (value, delivery) => {
        expectTypeOf(value).toEqualTypeOf<'idle' | 'busy'>()
        expectTypeOf(delivery).toEqualTypeOf<Delivery>()
      },
      { policy: latest(), onDrop: ({ snapshot }) => void snapshot.state.length },
    )
    expectTypeOf(handle).toEqualTypeOf<SubscriberHandle>()
    mode.subscribe((values) => void values.map((value) => value.length), { policy: batch({ maxSize: 2 }) })
    mode.subscribe((either) => void either.length, { policy: latest() as Policy })
    // @ts-expect-error: a misspelt option
    mode.subscribe(() => {}, { polcy: latest() })
    // @ts-expect-error: a batch hands over arrays
    mode.subscribe((value: 'idle' | 'busy') => void value, { policy: batch({ maxSize: 2 }) })
  })
})

test('a selection is selected of by path and by selector', () => {
  typesOnly((store) => {
    const robot = store.select('robots').select('r1')
    expectTypeOf(robot.select('tags', 0)).toEqualTypeOf<Selection<string | undefined>>()
    expectTypeOf(robot.select((value) => value?.battery ?? 0)).toEqualTypeOf<Selection<number>>()
    expectTypeOf(store.select(({ robots }) => [...robots.ids()], shallow)).toEqualTypeOf<
      Selection<string[]>
    >()
    // @ts-expect-error: no such key
    robot.select('battry')
    const sameNumber = (one: number, other: number): boolean => one === other
    // @ts-expect-error: an equality of something else
    store.select(({ mode }) => mode, sameNumber)
  })
})

test('a view is a Readable of what its source has, and cannot be written', () => {
  typesOnly((store) => {
    const view = paced(store, throttle({ ms: 100 }))
    const ofWorld: View<World> = view
    expectTypeOf(ofWorld).toExtend<Readable<World>>()
    expectTypeOf(view).toExtend<Readable<World>>()
    expectTypeOf(view.state).toEqualTypeOf<Immutable<World>>()
    expectTypeOf(view.select('mode')).toEqualTypeOf<Selection<'idle' | 'busy'>>()
    expectTypeOf(paced(store.select('mode'), latest()).state).toEqualTypeOf<'idle' | 'busy'>()
    const ofView: View<World> = paced(view, latest())
    expectTypeOf(ofView.source).toExtend<Readable<World> | Selection<World>>()
    const machine = {} as MachineStore<QCoreContext, QCoreCells>
    const ofMachine: View<StateOf<typeof qCoreMachine>> = paced(machine, latest())
    expectTypeOf(ofMachine.state.current).toBeString()
    // @ts-expect-error: a view is read
    view.set({} as World)
    // @ts-expect-error: a batch hands over arrays
    paced(store, batch({ ms: 5 }))
  })
})
