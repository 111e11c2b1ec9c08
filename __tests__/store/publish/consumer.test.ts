import { describe, expect, test } from '@jest/globals'
import { EMPTY, of } from 'rxjs'
import { buffer, type Consumer, createStore, type Snapshot } from '../../../src/index.ts'
import { refusal } from '../support.ts'

describe('a consumer', () => {
  test.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    ['next', '"next" (string)'],
    [[], 'an array'],
    [{}, 'an object'],
    [{ next: 1 }, 'an object'],
  ])('is refused where it is %p', (consumer, received) => {
    const store = createStore(0)
    expect(() => store.subscribe(consumer as Consumer<Snapshot<number>>)).toThrow(
      refusal(
        'CONSUMER_INVALID',
        `Expected the consumer to be a function, or an object with a "next" function, got ${received}.`,
      ),
    )
    expect(store.metrics().subscriberCount).toBe(0)
  })

  test('that is an object keeps its own this', () => {
    class Log {
      readonly lines: string[] = []
      next({ version }: { version: number }): void {
        this.lines.push(`next ${version}`)
      }
      complete(): void {
        this.lines.push('complete')
      }
    }
    const store = createStore(0)
    const log = new Log()
    store.subscribe(log)
    store.set(1)
    store.destroy()
    expect(log.lines).toEqual(['next 0', 'next 1', 'complete'])
  })

  test('is told with error, after what is held, that an overflow ended its subscription', () => {
    const store = createStore(0)
    const told: unknown[] = []
    const policy = buffer({ capacity: 1, overflow: 'error', dispatch: 'microtask' })
    const handle = store.subscribe(
      {
        next: ({ version }) => void told.push(version),
        error: (error) => told.push(error),
        complete: () => told.push('complete'),
      },
      { policy, id: 'archive' },
    )
    store.set(1)
    store.set(2)
    store.set(3)
    expect(handle.closed).toBe(false)
    return Promise.resolve().then(() => {
      expect(told).toEqual([
        0,
        1,
        refusal(
          'BUFFER_OVERFLOW',
          'Subscriber "archive" was closed: its buffer of 1 was full when version 2 arrived. Raise the capacity, consume faster, or choose another overflow.',
        ),
      ])
      expect(handle.closed).toBe(true)
      expect(handle.stats()).toMatchObject({ published: 3, delivered: 2, dropped: 1 })
    })
  })

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 5],
    ['a string', 'text'],
    ['an array', [1, 2]],
    ['an object without an end', { pipe: 5 }],
    ['an observable that has ended', EMPTY],
    ['an observable of values', of(1, 2)],
    ['an iterable', new Set([1])],
  ])('that returned %s is idle again', (_name, result) => {
    const store = createStore(0)
    const seen: number[] = []
    const handle = store.subscribe(({ version }) => {
      seen.push(version)
      return result as undefined
    })
    store.set(1)
    expect(seen).toEqual([0, 1])
    expect(handle.stats()).toMatchObject({ inFlight: 0, busySince: null, errors: 0 })
  })
})
