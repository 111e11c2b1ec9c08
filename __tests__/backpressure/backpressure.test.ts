import { describe, expect, test } from '@jest/globals'
import { EMPTY, NEVER, Observable, of, Subject, take, throwError } from 'rxjs'
import {
  backpressure,
  batch,
  buffer,
  type Delivery,
  direct,
  exhaust,
  latest,
  type SinglePolicy,
  switchLatest,
} from '../../src/backpressure/index.ts'
import { observe, toSubjects } from './support/observe.ts'
import { settle } from './support/virtual-clock.ts'

describe('backpressure', () => {
  test('emits nothing on a source that never emits', () => {
    expect(observe(NEVER.pipe(backpressure(latest()))).seen).toEqual([])
  })

  test('completes with an empty source', () => {
    expect(observe(EMPTY.pipe(backpressure(latest()))).seen).toEqual(['complete'])
  })

  test('emits the values themselves where it is given no projection', () => {
    expect(observe(of(1, undefined, null, [2]).pipe(backpressure(buffer()))).seen).toEqual([
      1,
      undefined,
      null,
      [2],
      'complete',
    ])
  })

  test('does not subscribe to its source before it is subscribed to', () => {
    let subscriptions = 0
    const source = new Observable(() => {
      subscriptions += 1
    })
    const result = source.pipe(backpressure(latest()))
    expect(subscriptions).toBe(0)
    observe(result)
    expect(subscriptions).toBe(1)
  })

  describe('takes what a projection returns', () => {
    test('as a value', () => {
      expect(observe(of(1, 2).pipe(backpressure(latest(), (n) => n * 10))).seen).toEqual([10, 20, 'complete'])
    })

    test('as one value where it is an array, a set, a string or an iterable', () => {
      const values = [[1, 2], new Set([1]), 'ab', { *[Symbol.iterator]() {} }]
      const { seen } = observe(of(...values.keys()).pipe(backpressure(latest(), (index) => values[index])))
      expect(seen).toEqual([...values, 'complete'])
      expect(seen[0]).toBe(values[0])
    })

    test('as a promise, whose value it emits when it comes', async () => {
      const { seen } = observe(of(1, 2).pipe(backpressure(buffer(), async (n) => n * 10)))
      expect(seen).toEqual([])
      await settle()
      expect(seen).toEqual([10, 20, 'complete'])
    })

    test('as an observable, whose values it emits while it runs', () => {
      const { running, project } = toSubjects()
      const source = new Subject<number>()
      const { seen } = observe(source.pipe(backpressure(buffer(), project)))
      source.next(1)
      source.next(2)
      running[0]?.next('1a')
      running[0]?.next('1b')
      expect(running).toHaveLength(1)
      running[0]?.complete()
      running[1]?.next('2a')
      expect(seen).toEqual(['1a', '1b', '2a'])
    })

    test('as an async iterable', async () => {
      const { seen } = observe(
        of(1, 2).pipe(
          backpressure(buffer(), async function* (n) {
            yield `${n}a`
            yield `${n}b`
          }),
        ),
      )
      await settle()
      expect(seen).toEqual(['1a', '1b', '2a', '2b', 'complete'])
    })
  })

  test('tells the projection its version from 1, what it missed, and the id', () => {
    const source = new Subject<string>()
    const deliveries: unknown[] = []
    const work = new Subject<void>()
    const project = (value: string, { version, missed, subscriberId }: Delivery) => {
      deliveries.push([value, version, missed, subscriberId])
      return work
    }
    observe(source.pipe(backpressure(latest(), project, { id: 'log' })))
    for (const value of ['a', 'b', 'c']) source.next(value)
    work.complete()
    expect(deliveries).toEqual([
      ['a', 1, 0, 'log'],
      ['c', 3, 1, 'log'],
    ])
  })

  test('gives the projection of a batch arrays, and emits them where there is none', () => {
    expect(observe(of(1, 2, 3).pipe(backpressure(batch({ maxSize: 2 })))).seen).toEqual([
      [1, 2],
      [3],
      'complete',
    ])
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value)
    expect(observe(of(1, 2, 3).pipe(backpressure(batch({ maxSize: 2 }), sum))).seen).toEqual([
      3,
      3,
      'complete',
    ])
  })

  test('drops for an exhausted projection, replaces for switchLatest, overlaps for direct', () => {
    const outcomes = ([exhaust(), switchLatest(), direct()] as SinglePolicy[]).map((policy) => {
      const { running, project } = toSubjects()
      const source = new Subject<number>()
      const { seen } = observe(source.pipe(backpressure(policy, project)))
      source.next(1)
      source.next(2)
      for (const [index, work] of running.entries()) work.next(`from ${index + 1}`)
      return seen
    })
    expect(outcomes).toEqual([['from 1'], ['from 2'], ['from 1', 'from 2']])
  })

  test('completes after what it holds and after the projection that is running', () => {
    const { running, project } = toSubjects()
    const source = new Subject<number>()
    const { seen } = observe(source.pipe(backpressure(latest(), project)))
    source.next(1)
    source.next(2)
    source.complete()
    running[0]?.complete()
    expect(seen).toEqual([])
    running[1]?.next('last')
    running[1]?.complete()
    expect(seen).toEqual(['last', 'complete'])
  })

  test('passes a source error on after what it holds', () => {
    const { running, project } = toSubjects()
    const source = new Subject<number>()
    const { seen } = observe(source.pipe(backpressure(buffer(), project)))
    source.next(1)
    source.next(2)
    source.error(new Error('gone'))
    running[0]?.complete()
    expect(seen).toEqual([])
    running[1]?.complete()
    expect(seen).toEqual(['error gone'])
  })

  describe('ends with what a projection fails with, and lets go of its source,', () => {
    const failures: [string, () => unknown][] = [
      [
        'thrown',
        () => {
          throw new Error('broken')
        },
      ],
      ['rejected', () => Promise.reject(new Error('broken'))],
      ['from an observable', () => throwError(() => new Error('broken'))],
    ]
    test.each(failures)('%s', async (_name, project) => {
      const source = new Subject<number>()
      const { seen } = observe(source.pipe(backpressure(latest(), project)))
      source.next(1)
      await settle()
      source.next(2)
      expect(seen).toEqual(['error broken'])
      expect(source.observed).toBe(false)
    })

    test('and tells of what waited as lost by that', () => {
      const { running, project } = toSubjects()
      const source = new Subject<number>()
      const drops: unknown[] = []
      observe(source.pipe(backpressure(latest(), project, { onDrop: (drop) => drops.push(drop) })))
      source.next(1)
      source.next(2)
      running[0]?.error(new Error('broken'))
      expect(drops).toEqual([{ value: 2, version: 2, reason: 'consumer-error', dropped: 1 }])
    })

    test('and so with a projection that fails on a synchronous source', () => {
      const { seen } = observe(
        of(1, 2, 3).pipe(
          backpressure(direct(), (n) => {
            if (n === 2) throw new Error('broken')
            return n
          }),
        ),
      )
      expect(seen).toEqual([1, 'error broken'])
    })
  })

  test('ends with BUFFER_OVERFLOW after what it holds', () => {
    const { running, project } = toSubjects()
    const source = new Subject<number>()
    const policy = buffer({ capacity: 1, overflow: 'error' })
    const { seen } = observe(source.pipe(backpressure(policy, project, { id: 'sink' })))
    for (const value of [1, 2, 3]) source.next(value)
    running[0]?.complete()
    expect(seen).toEqual([])
    running[1]?.complete()
    expect(seen).toEqual([
      'error Subscriber "sink" was closed: its buffer of 1 was full when version 3 arrived. ' +
        'Raise the capacity, consume faster, or choose another overflow.',
    ])
    expect(source.observed).toBe(false)
  })

  test('ends its source, the running projection and its signal at an early unsubscribe', () => {
    const source = new Subject<number>()
    const work = new Subject<number>()
    const signals: AbortSignal[] = []
    const drops: unknown[] = []
    const project = (_value: number, { signal }: Delivery) => {
      signals.push(signal)
      return work
    }
    const onDrop = (drop: unknown): void => void drops.push(drop)
    const { subscription, seen } = observe(source.pipe(backpressure(latest(), project, { onDrop })))
    source.next(1)
    source.next(2)
    subscription.unsubscribe()
    expect([source.observed, work.observed]).toEqual([false, false])
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    expect(drops).toEqual([{ value: 2, version: 2, reason: 'unsubscribed', dropped: 1 }])
    expect(seen).toEqual([])
  })

  test('stops a synchronous source once nobody listens', () => {
    const made: number[] = []
    const source = new Observable<number>((observer) => {
      for (let n = 0; n < 1000 && !observer.closed; n += 1) {
        made.push(n)
        observer.next(n)
      }
    })
    const { seen } = observe(source.pipe(backpressure(direct()), take(3)))
    expect(seen).toEqual([0, 1, 2, 'complete'])
    expect(made.length).toBeLessThanOrEqual(4)
  })

  describe('ends a synchronous projection', () => {
    const counting = () => {
      const made: number[] = []
      const project = (first: number) =>
        new Observable<number>((observer) => {
          for (let n = first; n < first + 1000 && !observer.closed; n += 1) {
            made.push(n)
            observer.next(n)
          }
        })
      return { made, project }
    }

    test('once nobody listens', () => {
      const { made, project } = counting()
      const { seen } = observe(of(0).pipe(backpressure(latest(), project), take(2)))
      expect(seen).toEqual([0, 1, 'complete'])
      expect(made).toEqual([0, 1])
    })

    test('once it is replaced', () => {
      const { made, project } = counting()
      const source = new Subject<number>()
      const seen: number[] = []
      source.pipe(backpressure(switchLatest(), project), take(3)).subscribe((n) => {
        seen.push(n)
        if (n === 0) source.next(5000)
      })
      source.next(0)
      expect(seen).toEqual([0, 5000, 5001])
      expect(made).toEqual(seen)
    })

    test('with its first value, where it was replaced before it began', () => {
      const { made, project } = counting()
      const source = new Subject<number>()
      const replaced = backpressure(switchLatest(), (n: number) => {
        if (n === 0) source.next(5000)
        return project(n)
      })
      const { seen } = observe(source.pipe(replaced, take(1)))
      source.next(0)
      expect(seen).toEqual([5000, 'complete'])
      expect(made).toEqual([5000, 0])
    })
  })

  test('takes what an observer writes into the source', () => {
    const source = new Subject<number>()
    const seen: number[] = []
    source.pipe(backpressure(buffer())).subscribe((value) => {
      seen.push(value)
      if (value < 3) source.next(value + 1)
    })
    source.next(1)
    expect(seen).toEqual([1, 2, 3])
  })

  test('gives each subscription a mailbox of its own', () => {
    const { running, project } = toSubjects()
    const source = new Subject<number>()
    const result = source.pipe(backpressure(latest(), project))
    const early = observe(result)
    source.next(1)
    const late = observe(result)
    source.next(2)
    expect(running).toHaveLength(2)
    running[1]?.next('late 2')
    early.subscription.unsubscribe()
    source.next(3)
    running[1]?.complete()
    running[2]?.next('late 3')
    expect([early.seen, late.seen]).toEqual([[], ['late 2', 'late 3']])
  })
})
