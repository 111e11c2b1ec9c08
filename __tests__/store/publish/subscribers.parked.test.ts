/** Subscribers that are busy cost a write nothing, and nobody can tell. */
import { describe, expect, jest, test } from '@jest/globals'
import { Subject } from 'rxjs'
import { Backlog } from '../../../src/backpressure/backlog.ts'
import { Mailbox } from '../../../src/backpressure/index.ts'
import {
  buffer,
  createStore,
  latest,
  type SinglePolicy,
  type Snapshot,
  type Store,
  type SubscribeOptions,
  type SubscriberHandle,
} from '../../../src/index.ts'
import { collectGarbage, expectAccounted, microtasks, slotsVisited } from '../support.ts'

interface Busy {
  readonly handle: SubscriberHandle
  /** What it was given: a version, and what it missed: `3+2`. */
  readonly seen: string[]
  /** Ends its handler. */
  finish(): void
}

type Options = SubscribeOptions<unknown> & { readonly policy?: SinglePolicy }

/** Subscribes one that is busy with each delivery until the test ends its handler. */
function busy(store: Store<unknown>, options: Options = {}, during?: (version: number) => void): Busy {
  const seen: string[] = []
  const running: Subject<void>[] = []
  const handle = store.subscribe(({ version }: Snapshot<unknown>, { missed }) => {
    seen.push(missed > 0 ? `${version}+${missed}` : String(version))
    during?.(version)
    const handler = new Subject<void>()
    running.push(handler)
    return handler
  }, options)
  return { handle, seen, finish: () => running.shift()?.complete() }
}

/** The figures that say where everything went. */
const account = ({ handle }: { readonly handle: Pick<SubscriberHandle, 'stats'> }): string => {
  const stats = handle.stats()
  expectAccounted(stats)
  const { published, delivered, dropped, conflated, pending } = stats
  return `${published} = ${delivered} + ${dropped} + ${conflated} + ${pending}`
}

const write = (store: Store<unknown>, ...values: number[]): void => {
  for (const value of values) store.set(value)
}

const RESTING = [
  latest(),
  buffer({ capacity: 1 }),
  buffer({ capacity: 3 }),
  buffer({ capacity: Number.POSITIVE_INFINITY }),
].map((policy): [string, SinglePolicy] => [policy.label, policy])

describe('busy subscribers', () => {
  test.each(RESTING)(
    'are offered the first version that finds them busy, and no other: %s',
    (_label, policy) => {
      const store = createStore<unknown>(0)
      const all = Array.from({ length: 5 }, () => busy(store, { policy }))
      const offer = jest.spyOn(Mailbox.prototype, 'offer')
      write(store, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
      expect(offer).toHaveBeenCalledTimes(5)
      for (const { handle } of all) expect(handle.stats().published).toBe(11)
    },
  )

  test.each(RESTING)(
    'are given nothing while they are busy, though they have failed before: %s',
    (label, policy) => {
      const failures: number[] = []
      const store = createStore<unknown>(0, { onFault: (fault) => void failures.push(fault.failures) })
      const running: Subject<void>[] = []
      const seen: number[] = []
      const handle = store.subscribe(
        ({ version }) => {
          seen.push(version)
          if (version === 1) throw new Error('broken')
          const handler = new Subject<void>()
          running.push(handler)
          return handler
        },
        { policy, replay: false },
      )
      write(store, 1, 2) // fails, and is busy while the episode of failures lasts
      write(store, 3, 4)
      expect(seen).toEqual([1, 2])
      expect(handle.stats()).toMatchObject({ published: 4, calls: 2, errors: 1, inFlight: 1 })
      running[0]?.complete() // does well: the episode is over
      const next = label === 'latest' || label.startsWith('buffer:1:') ? 4 : 3
      expect(seen).toEqual([1, 2, next])
      running[1]?.error(new Error('broken again'))
      expect(failures).toEqual([1, 1])
      expect(account({ handle })).toStartWith('4 = ')
    },
  )

  test('of one capacity share what waits', () => {
    const store = createStore<unknown>(0)
    for (const policy of [latest(), buffer({ capacity: 1 }), buffer({ capacity: 3 })]) {
      for (let count = 0; count < 5; count += 1) busy(store, { policy })
    }
    const push = jest.spyOn(Backlog.prototype, 'push')
    write(store, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
    expect(push).toHaveBeenCalledTimes(2 * 10)
  })

  test('are passed by a write, 64 in one step', () => {
    const store = createStore<unknown>(0)
    for (let count = 0; count < 640; count += 1) busy(store)
    write(store, 1)
    // The first 64 slots are not only theirs.
    expect(slotsVisited(() => write(store, 2))).toBeLessThanOrEqual(64 + 10)
  })

  test.each<[string, Options]>([
    ['latest with onDrop', { policy: latest(), onDrop: () => {} }],
    ['buffer with onDrop', { policy: buffer({ capacity: 3 }), onDrop: () => {} }],
    ['drop-incoming', { policy: buffer({ capacity: 3, overflow: 'drop-incoming' }) }],
    ['latest on a microtask', { policy: latest({ dispatch: 'microtask' }) }],
    ['buffer on a microtask', { policy: buffer({ capacity: 3, dispatch: 'microtask' }) }],
  ])('are offered each where they must be told at once, or may not hold the newest: %s', (_name, options) => {
    const store = createStore<unknown>(0)
    for (let count = 0; count < 5; count += 1) busy(store, options)
    const offer = jest.spyOn(Mailbox.prototype, 'offer')
    write(store, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
    expect(offer).toHaveBeenCalledTimes(50)
  })

  test.each(RESTING)('are offered each version again when they are idle: %s', (_label, policy) => {
    const store = createStore<unknown>(0)
    const one = busy(store, { policy })
    write(store, 1, 2)
    while (one.handle.stats().inFlight > 0) one.finish()
    const offer = jest.spyOn(Mailbox.prototype, 'offer')
    for (const value of [3, 4, 5]) {
      write(store, value)
      one.finish()
    }
    expect(offer).toHaveBeenCalledTimes(3)
    expect(one.seen.slice(-3)).toEqual(['3', '4', '5'])
  })

  test('are given what waited, and told what they missed', () => {
    const store = createStore<unknown>(0)
    const newest = busy(store)
    const three = busy(store, { policy: buffer({ capacity: 3 }) })
    write(store, 1, 2, 3, 4, 5)
    expect([account(newest), account(three)]).toEqual(['6 = 1 + 0 + 4 + 1', '6 = 1 + 2 + 0 + 3'])
    for (const one of [newest, three]) while (one.handle.stats().inFlight > 0) one.finish()
    expect(newest.seen).toEqual(['0', '5+4'])
    expect(three.seen).toEqual(['0', '3+2', '4', '5'])
    expect(three.handle.stats()).toMatchObject({ missed: 2, pendingMax: 3, lastVersion: 5, pending: 0 })
    expect(newest.handle.stats()).toMatchObject({ missed: 4, pendingMax: 1, lastVersion: 5, pending: 0 })
  })

  test('of different capacities each hold as many as they may', () => {
    const store = createStore<unknown>(0)
    const all = [1, 2, 5, Number.POSITIVE_INFINITY].map((capacity) =>
      busy(store, { policy: buffer({ capacity }) }),
    )
    all.push(busy(store))
    write(store, 1, 2, 3, 4, 5, 6, 7)
    expect(all.map(account)).toEqual([
      '8 = 1 + 6 + 0 + 1',
      '8 = 1 + 5 + 0 + 2',
      '8 = 1 + 2 + 0 + 5',
      '8 = 1 + 0 + 0 + 7',
      '8 = 1 + 0 + 6 + 1',
    ])
    for (const one of all) one.finish()
    expect(all.map(({ seen }) => seen[1])).toEqual(['7+6', '6+5', '3+2', '1', '7+6'])
  })

  test('follow versions that jump', () => {
    const store = createStore<unknown>(0)
    const one = busy(store, { policy: buffer({ capacity: 2 }) })
    for (const version of [10, 20, 40]) store.put({ ...store.snapshot, version, state: version })
    for (let count = 0; count < 3; count += 1) one.finish()
    expect(one.seen).toEqual(['0', '20+1', '40'])
  })

  test('are told of a batch once', () => {
    const store = createStore<unknown>(0)
    const one = busy(store, { policy: buffer({ capacity: 3 }) })
    write(store, 1)
    store.batch(() => write(store, 2, 3))
    expect(account(one)).toBe('3 = 1 + 0 + 0 + 2')
    expect(() =>
      store.batch(() => {
        write(store, 4)
        throw new Error('gone back')
      }),
    ).toThrow('gone back')
    expect(account(one)).toBe('3 = 1 + 0 + 0 + 2')
  })
})

describe('in the middle of a delivery', () => {
  test('a busy subscriber has been told when its turn has come, and not before', () => {
    const store = createStore<unknown>(0)
    const figures: string[] = []
    const look = (who: string) => () => {
      figures.push(`${who}: ${account(first)}, ${account(second)}; ${store.metrics().published}`)
    }
    store.subscribe(look('before'), { replay: false })
    const first = busy(store, { policy: buffer({ capacity: 2 }) })
    store.subscribe(look('between'), { replay: false })
    const second = busy(store)
    store.subscribe(look('after'), { replay: false })
    write(store, 1, 2, 3)
    expect(figures.slice(-3)).toEqual([
      'before: 3 = 1 + 0 + 0 + 2, 3 = 1 + 0 + 1 + 1; 13',
      'between: 4 = 1 + 1 + 0 + 2, 3 = 1 + 0 + 1 + 1; 15',
      'after: 4 = 1 + 1 + 0 + 2, 4 = 1 + 0 + 2 + 1; 17',
    ])
  })

  test('one that is released before its turn is given what waited first, and the new version in its turn', () => {
    const store = createStore<unknown>(0)
    const order: string[] = []
    let release = (): void => {}
    store.subscribe(({ version }) => {
      order.push(`first ${version}`)
      if (version === 2) release()
    })
    const handlers: Subject<void>[] = []
    store.subscribe(({ version }) => {
      order.push(`second ${version}`)
      const handler = new Subject<void>()
      handlers.push(handler)
      return version === 0 ? handler : undefined
    })
    store.subscribe(({ version }) => void order.push(`third ${version}`))
    release = () => handlers[0]?.complete()
    write(store, 1)
    order.length = 0
    write(store, 2)
    expect(order).toEqual(['first 2', 'second 1', 'second 2', 'third 2'])
    order.length = 0
    write(store, 3)
    expect(order).toEqual(['first 3', 'second 3', 'third 3'])
  })

  test('one that is released after its turn is given the new version at once', () => {
    const store = createStore<unknown>(0)
    const one = busy(store)
    store.subscribe(({ version }) => {
      if (version === 2) one.finish()
    })
    const last: string[] = []
    store.subscribe(() => void last.push(account(one)))
    write(store, 1, 2)
    expect(one.seen).toEqual(['0', '2+1'])
    expect(last.at(-1)).toBe('3 = 2 + 0 + 1 + 0')
  })

  test('one whose subscription ends before its turn is not told of it', () => {
    const store = createStore<unknown>(0)
    let end = (): void => {}
    store.subscribe(({ version }) => {
      if (version === 2) end()
    })
    const one = busy(store, { policy: buffer({ capacity: 5 }) })
    end = one.handle
    write(store, 1, 2)
    expect(account(one)).toBe('2 = 1 + 1 + 0 + 0')
  })

  test('a store that is destroyed has told those whose turn had come', () => {
    const store = createStore<unknown>(0)
    const early = busy(store, { policy: buffer({ capacity: 5 }) })
    store.subscribe(({ version }) => {
      if (version === 2) store.destroy()
    })
    const late = busy(store, { policy: buffer({ capacity: 5 }) })
    write(store, 1, 2)
    expect([account(early), account(late)]).toEqual(['3 = 1 + 2 + 0 + 0', '2 = 1 + 1 + 0 + 0'])
  })

  test('writes made there come after it, for those who are busy too', () => {
    const store = createStore<unknown>(0)
    const early = busy(store, { policy: buffer({ capacity: 5 }) })
    const seen: string[] = []
    store.subscribe(({ version }) => {
      if (version === 1) write(store, 2, 3)
      if (version > 0) seen.push(`${version}: ${early.handle.stats().pending} ${late.handle.stats().pending}`)
    })
    const late: Busy = busy(store, { policy: buffer({ capacity: 5 }) })
    write(store, 1)
    expect(seen).toEqual(['1: 1 0', '2: 2 1', '3: 3 2'])
    for (let count = 0; count < 4; count += 1) for (const one of [early, late]) one.finish()
    expect([early.seen, late.seen]).toEqual([
      ['0', '1', '2', '3'],
      ['0', '1', '2', '3'],
    ])
  })

  test('a write made by one that catches up is told to it after what it does', () => {
    const store = createStore<unknown>(0)
    const one = busy(store, { policy: buffer({ capacity: 5 }) }, (version) => {
      if (version === 1) write(store, 3)
    })
    write(store, 1, 2)
    for (let count = 0; count < 4; count += 1) one.finish()
    expect(one.seen).toEqual(['0', '1', '2', '3'])
    expect(account(one)).toBe('4 = 4 + 0 + 0 + 0')
  })
})

describe('after having been busy', () => {
  test('a subscriber is told in the order of joining', () => {
    const store = createStore<unknown>(0)
    const order: string[] = []
    const follow = (name: string): void => {
      store.subscribe(({ version }) => void order.push(`${name} ${version}`), { replay: false })
    }
    follow('a')
    const b = busy(store, { replay: false }, (version) => order.push(`b ${version}`))
    follow('c')
    write(store, 1, 2, 3)
    b.finish()
    b.finish()
    follow('d')
    order.length = 0
    write(store, 4)
    expect(order).toEqual(['a 4', 'b 4', 'c 4', 'd 4'])
  })

  test('and while the list was closed up, each is told what it waited for', () => {
    const store = createStore<unknown>(0)
    const all = Array.from({ length: 200 }, () => busy(store, { policy: buffer({ capacity: 2 }) }))
    write(store, 1)
    const stay = all.filter((_, index) => index % 10 === 0)
    for (const one of all) if (!stay.includes(one)) one.handle()
    write(store, 2, 3)
    expect(stay.map(account)).toEqual(stay.map(() => '4 = 1 + 1 + 0 + 2'))
    for (const one of stay) {
      one.finish()
      one.finish()
      one.finish()
    }
    write(store, 4)
    expect(stay.map(({ seen }) => seen.join(' '))).toEqual(stay.map(() => '0 2+1 3 4'))
  })
})

describe('what waits for one that is busy', () => {
  test('is dropped when it unsubscribes', () => {
    const store = createStore<unknown>(0)
    const [one, other] = [busy(store), busy(store)]
    write(store, 1, 2)
    one.handle()
    expect(account(one)).toBe('3 = 1 + 1 + 1 + 0')
    expect(store.metrics()).toMatchObject({
      published: 6,
      delivered: 2,
      dropped: 1,
      conflated: 2,
      pending: 1,
    })
    write(store, 3)
    expect([account(one), account(other)]).toEqual(['3 = 1 + 1 + 1 + 0', '4 = 1 + 0 + 2 + 1'])
    one.finish()
    expect(one.seen).toEqual(['0'])
  })

  test('is dropped when its signal aborts', () => {
    const store = createStore<unknown>(0)
    const controller = new AbortController()
    const one = busy(store, { policy: buffer({ capacity: 2 }), signal: controller.signal })
    write(store, 1, 2, 3)
    controller.abort()
    expect([one.handle.closed, account(one)]).toEqual([true, '4 = 1 + 3 + 0 + 0'])
  })

  test('is dropped when the store is destroyed', () => {
    const store = createStore<unknown>(0)
    const all = [busy(store), busy(store, { policy: buffer({ capacity: 4 }) })]
    write(store, 1, 2, 3)
    store.destroy()
    expect(all.map(account)).toEqual(['4 = 1 + 1 + 2 + 0', '4 = 1 + 3 + 0 + 0'])
    for (const one of all) one.finish()
    expect(all.map(({ seen }) => seen)).toEqual([['0'], ['0']])
    expect(store.metrics()).toMatchObject({
      published: 8,
      delivered: 2,
      dropped: 4,
      conflated: 2,
      pending: 0,
    })
  })

  test('is dropped when its handler fails and that closes it', () => {
    const store = createStore<unknown>(0, { onFault: () => {} })
    const handler = new Subject<void>()
    const handle = store.subscribe(() => handler, { onError: 'close' })
    write(store, 1, 2)
    handler.error(new Error('broken'))
    expect(handle.closed).toBe(true)
    expect(account({ handle })).toBe('3 = 1 + 1 + 1 + 0')
  })
})

describe('a stream', () => {
  test('that is polled after each write is given each, and offered the first', () => {
    const store = createStore<unknown>(0)
    const stream = store.stream({ policy: buffer({ capacity: 4 }) })
    expect(stream.poll()?.version).toBe(0)
    const offer = jest.spyOn(Mailbox.prototype, 'offer')
    for (const value of [1, 2, 3, 4]) {
      write(store, value)
      expect([stream.poll()?.version, stream.poll()]).toEqual([value, undefined])
      expect(stream.stats()).toMatchObject({
        published: value + 1,
        delivered: value + 1,
        missed: 0,
        pendingMax: 1,
      })
    }
    expect(offer).toHaveBeenCalledTimes(1)
  })

  test('that is not polled loses its replay first', () => {
    const store = createStore<unknown>(0)
    const stream = store.stream({ policy: buffer({ capacity: 3 }) })
    write(store, 1, 2)
    expect(account({ handle: stream })).toBe('3 = 0 + 0 + 0 + 3')
    write(store, 3, 4)
    expect(account({ handle: stream })).toBe('5 = 0 + 2 + 0 + 3')
    expect([1, 2, 3, 4].map(() => stream.poll()?.version)).toEqual([2, 3, 4, undefined])
    expect(stream.stats()).toMatchObject({ missed: 2, pendingMax: 3 })
  })

  test('that is polled in the middle of a delivery gives what it was told', () => {
    const store = createStore<unknown>(0)
    const polled: unknown[] = []
    const poll = ({ version }: Snapshot<unknown>): void => {
      if (version === 2) polled.push(stream.poll()?.version, stream.poll()?.version)
    }
    store.subscribe(poll, { replay: false })
    const stream = store.stream({ policy: buffer({ capacity: 4 }), replay: false })
    store.subscribe(poll, { replay: false })
    write(store, 1, 2)
    expect(polled).toEqual([1, undefined, 2, undefined])
    expect(account({ handle: stream })).toBe('2 = 2 + 0 + 0 + 0')
  })

  test('that waits is offered each version again', async () => {
    const store = createStore<unknown>(0)
    const stream = store.stream()
    write(store, 1, 2)
    expect((await stream.next()).value?.version).toBe(2)
    const waiting = [stream.next(), stream.next()]
    const offer = jest.spyOn(Mailbox.prototype, 'offer')
    write(store, 3, 4)
    expect(offer).toHaveBeenCalledTimes(2)
    expect((await Promise.all(waiting)).map(({ value }) => value?.version)).toEqual([3, 4])
  })

  test('that is left drops what waits', () => {
    const store = createStore<unknown>(0)
    const stream = store.stream({ policy: buffer({ capacity: 2 }) })
    write(store, 1, 2, 3)
    stream[Symbol.dispose]()
    expect(account({ handle: stream })).toBe('4 = 0 + 4 + 0 + 0')
  })
})

describe('a store keeps for those who are busy', () => {
  /** Writes states that can be told from each other, and returns those that are held afterwards. */
  async function heldAfter(
    store: Store<unknown>,
    act: (set: (n: number) => void) => void,
  ): Promise<number[]> {
    const states: WeakRef<{ n: number }>[] = []
    act((n) => {
      const state = { n }
      states.push(new WeakRef(state))
      store.set(state)
    })
    await microtasks()
    collectGarbage()
    return states.flatMap((state) => state.deref()?.n ?? [])
  }

  test('no more than the most that one of them holds', async () => {
    const store = createStore<unknown>(0)
    const all = [busy(store), busy(store, { policy: buffer({ capacity: 3 }) })]
    const held = await heldAfter(store, (set) => {
      for (let n = 1; n <= 20; n += 1) set(n)
    })
    expect(held).toEqual([18, 19, 20])
    expect(all.map(({ seen }) => seen.length)).toEqual([1, 1])
  })

  test('no replay that nobody asked for and that was lost, though nobody has looked', async () => {
    const store = createStore<unknown>(0)
    const streams: unknown[] = []
    const held = await heldAfter(store, (set) => {
      set(1)
      streams.push(store.stream({ policy: buffer({ capacity: 2 }) }))
      for (let n = 2; n <= 5; n += 1) set(n)
    })
    expect([streams.length, held]).toEqual([1, [4, 5]])
  })

  test('nothing after the last of them has left, or is idle', async () => {
    const store = createStore<unknown>(0)
    const [leaver, idler] = [busy(store, { policy: buffer({ capacity: 9 }) }), busy(store)]
    const push = jest.spyOn(Backlog.prototype, 'push')
    const held = await heldAfter(store, (set) => {
      for (let n = 1; n <= 5; n += 1) set(n)
      leaver.handle()
      idler.finish()
      idler.finish()
      push.mockClear()
      set(6)
    })
    expect(push).not.toHaveBeenCalled()
    expect(held).toEqual([6])
    expect(idler.seen).toEqual(['0', '5+4', '6'])
  })

  test('nothing after its end', async () => {
    const store = createStore<unknown>(0)
    busy(store, { policy: buffer({ capacity: 9 }) })
    const held = await heldAfter(store, (set) => {
      for (let n = 1; n <= 5; n += 1) set(n)
      store.destroy()
    })
    expect(held).toEqual([5])
    expect(store.state).toEqual({ n: 5 })
  })
})
