/** The options, refusals and types of the operator; what it does is tested in backpressure.test.ts. */
import { describe, expect, jest, test } from '@jest/globals'
import { expectTypeOf } from 'expect-type'
import { NEVER, type Observable, of, Subject } from 'rxjs'
import {
  backpressure,
  batch,
  buffer,
  type Delivery,
  debounce,
  exhaust,
  Ledger,
  latest,
  type Policy,
  type SinglePolicy,
  sample,
  throttle,
} from '../../src/backpressure/index.ts'
import { observe, toSubjects } from './support/observe.ts'
import { VirtualClock } from './support/virtual-clock.ts'

describe('backpressure', () => {
  test('counts into a ledger, that of its newest subscription', () => {
    const ledger = new Ledger()
    const { project } = toSubjects()
    const source = new Subject<number>()
    const result = source.pipe(backpressure(latest(), project, { ledger, id: 'sink' }))
    expect(ledger.stats()).toBeUndefined()
    const { subscription } = observe(result)
    for (const value of [1, 2, 3]) source.next(value)
    expect(ledger.stats()).toMatchObject({
      id: 'sink',
      policy: 'latest',
      published: 3,
      delivered: 1,
      conflated: 1,
      pending: 1,
      inFlight: 1,
    })
    subscription.unsubscribe()
    expect(ledger.stats()).toMatchObject({ published: 3, dropped: 1, pending: 0, inFlight: 0 })
    observe(result)
    expect(ledger.stats()).toMatchObject({ id: 'sink', published: 0 })
  })

  test('is called "backpressure" unless it has an id', () => {
    const ledger = new Ledger()
    observe(NEVER.pipe(backpressure(latest(), undefined, { ledger })))
    expect(ledger.stats()?.id).toBe('backpressure')
  })

  test('tells onDrop each value that is lost, after it was counted', () => {
    const ledger = new Ledger()
    const { project } = toSubjects()
    const drops: unknown[] = []
    const onDrop = (drop: unknown): void => void drops.push([drop, ledger.stats()?.dropped])
    const source = new Subject<string>()
    observe(source.pipe(backpressure(exhaust(), project, { ledger, onDrop })))
    for (const value of ['a', 'b', 'c']) source.next(value)
    expect(drops).toEqual([
      [{ value: 'b', version: 2, reason: 'busy', dropped: 1 }, 1],
      [{ value: 'c', version: 3, reason: 'busy', dropped: 2 }, 2],
    ])
  })

  test('ends with what onDrop throws', () => {
    const { project } = toSubjects()
    const source = new Subject<number>()
    const onDrop = (): never => {
      throw new Error('broken')
    }
    const { seen } = observe(source.pipe(backpressure(exhaust(), project, { onDrop })))
    source.next(1)
    source.next(2)
    expect(seen).toEqual(['error broken'])
    expect(source.observed).toBe(false)
  })

  describe('with a scheduler', () => {
    test('runs the timers of the policy on it', () => {
      const clock = new VirtualClock()
      const source = new Subject<number>()
      const { seen } = observe(
        source.pipe(backpressure(throttle({ ms: 10 }), undefined, { scheduler: clock })),
      )
      for (const value of [1, 2, 3]) source.next(value)
      expect([seen, clock.liveTimers]).toEqual([[1], 1])
      clock.advance(10)
      expect(seen).toEqual([1, 3])
    })

    test('measures by the monotonic clock that it is given since when a projection is busy', () => {
      const ledger = new Ledger()
      const clock = { wall: () => 1_700_000_000_000, mono: () => 7 }
      observe(of(1).pipe(backpressure(latest(), () => NEVER, { clock, ledger })))
      expect(ledger.stats()?.busySince).toBe(7)
    })

    test("measures by the platform's monotonic clock, not by the scheduler's time of day", () => {
      const ledger = new Ledger()
      const before = performance.now()
      observe(of(1).pipe(backpressure(latest(), () => NEVER, { ledger })))
      expect(ledger.stats()?.busySince).toBeWithin(before, performance.now() + 1)
    })

    test.each<[string, Policy]>([
      ['throttle', throttle({ ms: 10 })],
      ['debounce', debounce({ ms: 10 })],
      ['sample', sample({ ms: 10 })],
      ['fixed batch', batch({ ms: 10, window: 'fixed' })],
    ])('leaves no timer of %s at an unsubscribe', (_name, policy) => {
      const clock = new VirtualClock()
      const source = new Subject<number>()
      const { subscription } = observe(
        source.pipe(backpressure(policy as SinglePolicy, undefined, { scheduler: clock })),
      )
      source.next(1)
      expect(clock.liveTimers).toBe(1)
      subscription.unsubscribe()
      expect(clock.liveTimers).toBe(0)
    })

    test('uses the one of RxJS where none is given', () => {
      jest.useFakeTimers()
      try {
        const source = new Subject<number>()
        const { seen } = observe(source.pipe(backpressure(debounce({ ms: 10 }))))
        source.next(1)
        jest.advanceTimersByTime(10)
        expect(seen).toEqual([1])
        expect(jest.getTimerCount()).toBe(0)
      } finally {
        jest.useRealTimers()
      }
    })
  })

  test('refuses a buffer that suspends, with the whole sentence', () => {
    expect(() => backpressure(buffer({ overflow: 'suspend' }))).toThrow(
      expect.objectContaining({
        code: 'POLICY_INVALID',
        message:
          'Expected "overflow" to be "drop-oldest", "drop-incoming" or "error": a source cannot be suspended, ' +
          'got "suspend" (string).',
      }),
    )
  })

  test.each<[unknown, string]>([
    [undefined, 'undefined'],
    ['latest', '"latest" (string)'],
    [latest, 'a function'],
  ])('ends with a refusal of %p, which is no policy', (policy, received) => {
    const { seen } = observe(of(1).pipe(backpressure(policy as SinglePolicy)))
    expect(seen).toEqual([
      `error Expected "policy" to be a policy made by a factory, such as latest() or buffer({ capacity: 64 }), and no copy of one, got ${received}.`,
    ])
  })

  test('has the types of what it emits', () => {
    const source = NEVER as Observable<number>
    expectTypeOf(source.pipe(backpressure(latest()))).toEqualTypeOf<Observable<number>>()
    expectTypeOf(source.pipe(backpressure(latest(), (n) => `${n}`))).toEqualTypeOf<Observable<string>>()
    expectTypeOf(source.pipe(backpressure(latest(), async (n) => `${n}`))).toEqualTypeOf<Observable<string>>()
    expectTypeOf(source.pipe(backpressure(latest(), (n) => of(`${n}`)))).toEqualTypeOf<Observable<string>>()
    expectTypeOf(source.pipe(backpressure(latest(), (n) => [n]))).toEqualTypeOf<Observable<number[]>>()
    expectTypeOf(
      source.pipe(
        backpressure(latest(), async function* (n) {
          yield n > 0
        }),
      ),
    ).toEqualTypeOf<Observable<boolean>>()
    expectTypeOf(source.pipe(backpressure(batch({ ms: 1 })))).toEqualTypeOf<Observable<readonly number[]>>()
    source.pipe(
      backpressure(batch({ ms: 1 }), (values, delivery) => {
        expectTypeOf(values).toEqualTypeOf<readonly number[]>()
        expectTypeOf(delivery).toEqualTypeOf<Delivery>()
        return values.length
      }),
    )
    // @ts-expect-error: a policy is no string
    backpressure('latest')
    // @ts-expect-error: a misspelt option
    void (() => backpressure(latest(), undefined, { onDrops: () => {} }))
  })
})
