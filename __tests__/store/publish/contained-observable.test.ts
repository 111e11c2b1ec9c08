/** What whoever subscribes to an observable of a store throws stops nobody, and ends no process. */
import { describe, expect, test } from '@jest/globals'
import { config, map, type Observable, Subject, Subscriber } from 'rxjs'
import {
  createMachineStore,
  createStore,
  qCoreMachine,
  type Store,
  type SubscriberFault,
} from '../../../src/index.ts'
import { microtasks, reportedByRxjs } from '../support.ts'

interface World {
  n: number
}

const WAYS: readonly (readonly [string, (store: Store<World>) => Observable<unknown>])[] = [
  ['snapshot$', (store) => store.snapshot$],
  ['state$', (store) => store.state$],
  ['select("n")', (store) => store.select('n')],
  ['select(byN)', (store) => store.select(byN)],
]

const byN = ({ n }: Readonly<World>): number => n

function open() {
  const faults: SubscriberFault[] = []
  return { faults, store: createStore<World>({ n: 0 }, { onFault: (fault) => void faults.push(fault) }) }
}

/** Throws at once whatever it is told: RxJS wraps it in nothing. */
class Bare extends Subscriber<unknown> {
  protected override _next(): void {
    throw new Error('bare next')
  }

  protected override _complete(): void {
    throw new Error('bare complete')
  }
}

describe.each(WAYS)('%s', (name, follow) => {
  const broken = (): never => {
    throw new Error('broken')
  }

  test.each([
    ['a callback', (values: Observable<unknown>) => values.subscribe(broken)],
    ['three callbacks', (values: Observable<unknown>) => values.subscribe(broken, null, () => {})],
    ['an observer', (values: Observable<unknown>) => values.subscribe({ next: broken })],
    ['an async callback', (values: Observable<unknown>) => values.subscribe(async () => broken())],
  ])('%s that throws is a fault each time, and goes on beside the others', async (_what, subscribe) => {
    const { store, faults } = open()
    const seen: unknown[] = []
    const reported = reportedByRxjs(() => {
      follow(store).subscribe((value) => seen.push(value))
      subscribe(follow(store))
      follow(store).subscribe((value) => seen.push(value))
      store.set({ n: 1 })
    })
    await microtasks()
    expect(seen).toHaveLength(4)
    expect(reported).toEqual([])
    expect(faults).toMatchObject([
      { subscriberId: name, phase: 'next', version: expect.any(Number), failures: 1 },
      { subscriberId: name, phase: 'next', version: 1, failures: 1 },
    ])
    expect(faults.map(({ error }) => (error as Error).message)).toEqual(['broken', 'broken'])
  })

  test('complete that throws is a fault, and the others are completed', () => {
    const { store, faults } = open()
    const told: string[] = []
    const complete = (who: string) => ({ complete: () => void told.push(who) })
    follow(store).subscribe(complete('before'))
    follow(store).subscribe({ complete: broken })
    follow(store).subscribe(complete('behind'))
    store.destroy()
    expect(told).toEqual(['before', 'behind'])
    expect(faults).toMatchObject([{ subscriberId: name, phase: 'complete', version: -1 }])
  })

  test('a Subscriber made by hand stops nobody, neither with a value nor at the end', () => {
    const { store, faults } = open()
    const seen: unknown[] = []
    const noting = { next: (value: unknown) => seen.push(value), complete: () => seen.push('complete') }
    follow(store).subscribe(noting)
    follow(store).subscribe(new Bare())
    follow(store).subscribe(noting)
    seen.length = 0
    faults.length = 0
    store.set({ n: 1 })
    store.destroy()
    expect(seen).toHaveLength(4)
    expect(seen.slice(2)).toEqual(['complete', 'complete'])
    for (const { error } of faults) expect(String(error)).toStartWith('Error: bare')
  })

  test("behind an operator RxJS's own rule holds: it is reported later, and nobody is stopped", () => {
    const { store, faults } = open()
    const seen: unknown[] = []
    const reported = reportedByRxjs(() => {
      follow(store).pipe(map(String)).subscribe(broken)
      follow(store).subscribe((value) => seen.push(value))
      store.set({ n: 1 })
    })
    expect(reported.map(String)).toEqual(['Error: broken', 'Error: broken'])
    expect([seen.length, faults]).toEqual([2, []])
  })

  test('with the deprecated synchronous errors of RxJS nothing is lost either', () => {
    const { store, faults } = open()
    config.useDeprecatedSynchronousErrorHandling = true
    try {
      follow(store).subscribe(broken)
      store.set({ n: 1 })
    } finally {
      config.useDeprecatedSynchronousErrorHandling = false
    }
    expect(faults).toHaveLength(2)
  })

  test('hands values to a Subject', () => {
    const { store } = open()
    const subject = new Subject<unknown>()
    const seen: unknown[] = []
    subject.subscribe((value) => seen.push(value))
    follow(store).subscribe(subject)
    store.set({ n: 1 })
    expect(seen).toHaveLength(2)
  })

  test('does not lead to the subject behind it', () => {
    const { store } = open()
    expect((follow(store) as { source?: unknown }).source).toBeUndefined()
  })
})

describe('transitions$', () => {
  test('a callback that throws is a fault, and goes on', () => {
    const faults: SubscriberFault[] = []
    const robot = createMachineStore(qCoreMachine, { onFault: (fault) => void faults.push(fault) })
    const seen: string[] = []
    robot.transitions$.subscribe(() => {
      throw new Error('broken')
    })
    robot.transitions$.subscribe(({ to }) => seen.push(to))
    robot.send('BOOT_COMPLETE')
    robot.send('SHUTDOWN')
    expect(seen).toEqual(['IDLE', 'SHUTDOWN'])
    expect(faults).toMatchObject([
      { subscriberId: 'transitions$', phase: 'next', version: 1 },
      { subscriberId: 'transitions$', phase: 'next', version: 2 },
    ])
  })
})
