/** Work that puts out items on its way, or is another machine; and what the tools of work can do. */
import { describe, expect, test } from '@jest/globals'
import { expectTypeOf } from 'expect-type'
import { interval, Observable, of, Subject, take, throwError } from 'rxjs'
import {
  backpressure,
  batch,
  buffer,
  createMachineStore,
  defineMachine,
  type InvokeTools,
  type MachineStoreOptions,
} from '../../src/index.ts'
import type { EventObject } from '../../src/machine/index.ts'
import { microtasks } from '../store/support.ts'
import { defineLoose, historyOf, Timeline } from './support.ts'

interface Context {
  items: unknown[]
  output: unknown
}

const push = (draft: Context, { value }: { value: unknown }): void => void draft.items.push(value)

/** A machine that begins with work, and ends in DONE, BROKEN or LEFT. */
function working(src: unknown, options: MachineStoreOptions = {}, onNext: unknown = { update: push }) {
  const take = (draft: Context, event: { output?: unknown; error?: unknown }): void => {
    draft.output = event.output ?? event.error
  }
  const machine = defineLoose<Context>({
    id: 'm',
    initial: 'WORKING',
    context: { items: [], output: undefined },
    states: {
      WORKING: {
        invoke: {
          src,
          onNext,
          onDone: { target: 'DONE', update: take },
          onError: { target: 'BROKEN', update: take },
        },
        on: { LEAVE: 'LEFT' },
      },
      DONE: {},
      BROKEN: {},
      LEFT: { on: { AGAIN: 'WORKING' } },
    },
  })
  return createMachineStore(machine, options)
}

describe('an async iterable as work', () => {
  test('gives an event for each item, and its output in the end', async () => {
    const store = working(async function* () {
      yield 1
      yield 2
      return 'all'
    })
    await store.waitFor(({ current }) => current === 'DONE')
    expect([store.context.items, store.context.output]).toEqual([[1, 2], 'all'])
    expect(historyOf(store.state)).toEqual(['WORKING → DONE : done.invoke (SUCCESS)'])
    expect(store.snapshot.version).toBe(3)
  })

  test('is not asked for the next item before the machine has taken one', async () => {
    const log: string[] = []
    const store = working(async function* () {
      for (let item = 1; item <= 3; item += 1) {
        log.push(`made ${item}`)
        yield item
      }
    })
    const ended: (() => void)[] = []
    store.subscribe(
      ({ state }) => {
        log.push(`told ${state.context.items.length}`)
        return new Promise<void>((resolve) => ended.push(resolve))
      },
      { policy: buffer({ capacity: 1, overflow: 'suspend' }), replay: false },
    )
    await microtasks()
    expect(log).toEqual(['made 1', 'told 1', 'made 2', 'made 3'])
    while (store.current !== 'DONE') {
      for (const end of ended.splice(0)) end()
      await microtasks()
    }
    expect(store.context.items).toEqual([1, 2, 3])
    store.destroy()
  })

  test('ends when the state is left, and nothing of it is taken any more', async () => {
    let hasEnded = false
    const store = working(async function* () {
      try {
        for (let item = 0; ; item += 1) yield item
      } finally {
        hasEnded = true
      }
    })
    await store.waitFor(({ context }) => context.items.length > 5)
    store.send({ type: 'LEAVE' })
    const count = store.context.items.length
    await microtasks()
    expect([hasEnded, store.context.items.length, store.current]).toEqual([true, count, 'LEFT'])
  })

  test('that throws is failed work', async () => {
    const broken = new Error('broken')
    const store = working(async function* () {
      yield 1
      throw broken
    })
    await store.waitFor(({ current }) => current === 'BROKEN')
    expect(store.context).toEqual({ items: [1], output: broken })
  })

  test('lets a step of its own lead out of the state', async () => {
    const store = working(
      async function* () {
        yield 1
        yield 2
        yield 3
      },
      {},
      {
        target: 'LEFT',
        guard: (_context: unknown, event: { value: number }) => event.value === 2,
        update: push,
      },
    )
    await store.waitFor(({ current }) => current === 'LEFT')
    await microtasks()
    expect([store.context.items, store.current]).toEqual([[2], 'LEFT'])
  })

  test('whose step throws goes on, and has a fault', async () => {
    const faults: string[] = []
    const store = working(
      async function* () {
        yield 1
        yield 2
      },
      { onFault: ({ phase, error }) => void faults.push(`${phase} ${error}`) },
      {
        update: (draft: Context, event: { value: unknown }) => {
          if (event.value === 1) throw new Error('broken')
          push(draft, event)
        },
      },
    )
    await store.waitFor(({ current }) => current === 'DONE')
    expect([store.context.items, faults]).toEqual([[2], ['invoke Error: broken']])
  })

  test('without onNext runs to its end', async () => {
    const store = working(
      async function* (_context: Context, _event: EventObject, { update }: InvokeTools<Context>) {
        yield 1
        update((draft) => void draft.items.push('written'))
        yield 2
      },
      {},
      [],
    )
    await store.waitFor(({ current }) => current === 'DONE')
    expect(store.context.items).toEqual(['written'])
  })
})

describe('an Observable as work', () => {
  test('gives an event for each item, and ends when it completes', async () => {
    const store = working(() => of(1, 2, 3))
    expect(store.context.items).toEqual([1, 2, 3])
    await store.waitFor(({ current }) => current === 'DONE')
    expect(store.context.output).toBeUndefined()
  })

  test('is left with the state, also by one of its own items', () => {
    let followers = 0
    const items = new Observable<number>((observer) => {
      followers += 1
      for (let item = 0; item < 10 && !observer.closed; item += 1) observer.next(item)
      return () => {
        followers -= 1
      }
    })
    const store = working(() => items, {}, { target: 'LEFT', update: push })
    expect([store.context.items, store.current, followers]).toEqual([[0], 'LEFT', 0])
    const waiting = working(() => new Observable(() => () => void followers++))
    waiting.send({ type: 'LEAVE' })
    expect(followers).toBe(1)
  })

  test('that fails is failed work', async () => {
    const broken = new Error('broken')
    const store = working(() => throwError(() => broken))
    await store.waitFor(({ current }) => current === 'BROKEN')
    expect(store.context.output).toBe(broken)
  })

  test('may come in the middle of a batch: its items are taken in order afterwards', async () => {
    const items = new Subject<number>()
    const store = working(() => items)
    store.batch(() => {
      items.next(1)
      items.next(2)
      items.complete()
      expect(store.context.items).toEqual([])
    })
    await store.waitFor(({ current }) => current === 'DONE')
    expect(store.context.items).toEqual([1, 2])
  })

  test('of which too many come while the store takes no writes has failed, and is listened to no more', async () => {
    const items = new Subject<number>()
    const store = working(() => items)
    store.batch(() => {
      for (let item = 0; item < 1_026; item += 1) items.next(item)
      expect(items.observed).toBe(false)
    })
    await store.waitFor(({ current }) => current === 'BROKEN')
    expect(store.context.items).toHaveLength(1_025)
    expect(store.context.output).toMatchObject({ code: 'BUFFER_OVERFLOW' })
  })

  test('of 2 000 items a second makes the commits that its policy allows', async () => {
    const scheduler = new Timeline()
    const tokens = interval(0.5, scheduler).pipe(take(2_000))
    const store = working(
      () => tokens.pipe(backpressure(batch({ ms: 100, maxSize: 10_000 }), undefined, { scheduler })),
      { scheduler },
      {
        update: (draft: Context, { value }: { value: number[] }) => void draft.items.push(value.length),
      },
    )
    scheduler.advanceTo(2_000)
    await store.waitFor(({ current }) => current === 'DONE')
    const counts = store.context.items as number[]
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2_000)
    expect(counts.length).toBeLessThanOrEqual(11)
    expect(store.metrics().commits).toBe(counts.length + 1)
  })
})

describe('a machine store as work', () => {
  const child = defineMachine({
    id: 'child',
    initial: 'ON',
    types: {} as { events: { type: 'END' }; output: number },
    context: ({ input }: { input: number }) => ({ n: input }),
    states: { ON: { on: { END: 'OFF' } }, OFF: { type: 'final', output: (context) => context.n * 2 } },
  })

  test('puts out what its machine does, and is destroyed', async () => {
    const inner = createMachineStore(child, { input: 21 })
    const store = working(() => inner)
    inner.send('END')
    await store.waitFor(({ current }) => current === 'DONE')
    expect(store.context.output).toBe(42)
    expect(inner.closed).toBe(true)
  })

  test('is destroyed when the state is left', () => {
    const inner = createMachineStore(child, { input: 21 })
    const store = working(() => inner)
    store.send({ type: 'LEAVE' })
    expect(inner.closed).toBe(true)
  })

  test('that is destroyed before its end is failed work', async () => {
    const inner = createMachineStore(child, { input: 21 })
    const store = working(() => inner)
    inner.destroy()
    await store.waitFor(({ current }) => current === 'BROKEN')
    expect(store.context.output).toMatchObject({ code: 'STORE_DESTROYED' })
  })
})

describe('the tools of work', () => {
  function toolsOf(options: MachineStoreOptions = {}) {
    let given: InvokeTools<Context> | undefined
    const store = working((_context: Context, _event: EventObject, tools: InvokeTools<Context>) => {
      given = tools
      return new Promise(() => {})
    }, options)
    const emitted: string[] = []
    store.events$.subscribe(({ type }) => void emitted.push(type))
    return { store, emitted, tools: given as InvokeTools<Context> | undefined as InvokeTools<Context> }
  }

  test('have the input, and emit', () => {
    const { tools, emitted } = toolsOf({ input: 7 })
    expect([tools.input, tools.emit({ type: 'hello' }), emitted]).toEqual([7, true, ['hello']])
  })

  test('emit nothing once the state was left, and are counted', () => {
    const { store, tools, emitted } = toolsOf()
    store.send({ type: 'LEAVE' })
    expect([tools.emit({ type: 'hello' }), tools.send({ type: 'AGAIN' }), emitted]).toEqual([
      false,
      false,
      [],
    ])
    expect(store.metrics().lateWrites).toBe(2)
  })

  test('have signals that abort after some time', () => {
    const scheduler = new Timeline()
    const { tools } = toolsOf({ scheduler })
    const signal = tools.deadline(100)
    scheduler.advanceTo(99)
    expect(signal.aborted).toBe(false)
    scheduler.advanceTo(100)
    expect([signal.aborted, (signal.reason as Error).name, tools.signal.aborted]).toEqual([
      true,
      'TimeoutError',
      false,
    ])
  })

  test('have signals that abort with the stay in the state, and leave no timer', () => {
    const scheduler = new Timeline()
    const { store, tools } = toolsOf({ scheduler })
    const signal = tools.deadline(100)
    store.send({ type: 'LEAVE' })
    expect([signal.aborted, scheduler.timerCount, signal.reason]).toEqual([true, 0, tools.signal.reason])
    expect(tools.deadline(100).aborted).toBe(true)
    expect(scheduler.timerCount).toBe(0)
  })
})

test('streamed work is typed', async () => {
  const machine = defineMachine({
    id: 'm',
    initial: 'READING',
    types: {} as {
      events: { type: 'STOP' }
      items: { READING: string }
      outputs: { READING: number }
      emitted: { type: 'read'; size: number }
    },
    context: ({ input }: { input: { url: string } }) => ({ url: input.url, text: '', size: 0 }),
    states: {
      READING: {
        invoke: {
          src: async function* (context, _event, tools) {
            expectTypeOf(tools.input).toEqualTypeOf<{ url: string }>()
            expectTypeOf(context.url).toEqualTypeOf<string>()
            tools.emit({ type: 'read', size: 0 })
            // @ts-expect-error only what is declared is emitted
            if (context.size > 9) tools.emit({ type: 'unread' })
            yield 'a'
            yield 'b'
            return 2
          },
          onNext: {
            update: (draft, event) => {
              expectTypeOf(event.value).toEqualTypeOf<string>()
              draft.text += event.value
            },
          },
          onDone: {
            target: 'DONE',
            update: (draft, event) => {
              expectTypeOf(event.output).toEqualTypeOf<number>()
              draft.size = event.output
            },
          },
        },
      },
      DONE: {},
    },
  })
  const store = createMachineStore(machine, { input: { url: 'a' } })
  await store.waitFor(({ current }) => current === 'DONE')
  expect(store.context).toEqual({ url: 'a', text: 'ab', size: 2 })
})
