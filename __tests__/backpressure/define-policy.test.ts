import { describe, expect, test } from '@jest/globals'
import { of, toArray } from 'rxjs'
import {
  type BatchingPolicy,
  backpressure,
  createStore,
  definePolicy,
  type Open,
  type Port,
  type SinglePolicy,
  type Strategy,
  type Versioned,
} from '../../src/index.ts'
import { expectBalance, openMailbox } from './support/open-mailbox.ts'

/** Holds one, the oldest, and drops what comes while it does. */
class First implements Strategy {
  readonly #port: Port
  #held: Versioned | undefined

  constructor(port: Port) {
    this.#port = port
  }

  get size(): number {
    return this.#held === undefined ? 0 : 1
  }

  get ready(): boolean {
    return this.#held !== undefined
  }

  offer(entry: Versioned): void {
    if (this.#held !== undefined) this.#port.drop(entry, 'overflow')
    else if (this.#port.idle) this.#port.deliver(entry)
    else this.#held = entry
  }

  release(): void {
    for (const entry of this.clear()) this.#port.deliver(entry)
  }

  clear(): Versioned[] {
    const held = this.#held
    this.#held = undefined
    return held === undefined ? [] : [held]
  }
}

const facts = { kind: 'first', capacity: 1, converges: false, lossless: false } as const
const open: Open = (port) => new First(port)
const first = definePolicy({ ...facts, open })

/** Hands over pairs. */
const pairs = definePolicy({
  kind: 'pairs',
  capacity: 2,
  converges: false,
  lossless: false,
  batches: true,
  open(port) {
    let held: Versioned[] = []
    const clear = (): Versioned[] => held.splice(0)
    return {
      get size() {
        return held.length
      },
      get ready() {
        return held.length === 2
      },
      offer(entry) {
        if (held.length === 2) port.drop(entry, 'overflow')
        else held = [...held, entry]
        port.pump()
      },
      release: () => port.deliverAll(clear()),
      clear,
    }
  },
})

describe('definePolicy', () => {
  test('makes a frozen policy with what it was told, and what is usual', () => {
    expect(first).toBeFrozen()
    expect({ ...first }).toEqual({
      kind: 'first',
      label: 'first',
      capacity: 1,
      converges: false,
      lossless: false,
      waits: true,
      batches: false,
      suspends: false,
      straight: false,
    })
    expect(definePolicy({ ...facts, label: 'first:2', open }).label).toBe('first:2')
  })

  test('makes one for the consumers of single versions, or of arrays', () => {
    const single: SinglePolicy<'first'> = first
    const batching: BatchingPolicy<'pairs'> = pairs
    const store = createStore(0)
    const seen: unknown[] = []
    store.subscribe(({ state }) => void seen.push(state), { policy: single })
    store.subscribe((snapshots) => void seen.push(snapshots.map(({ state }) => state)), { policy: batching })
    store.set(1)
    store.set(2)
    expect(seen).toEqual([0, [0], 1, 2, [1, 2]])
  })

  test('makes one that a stream takes, if it waits', async () => {
    const store = createStore(0)
    const stream = store.stream({ policy: first })
    store.set(1)
    expect(await stream.next()).toMatchObject({ value: { state: 0 } })
    expect(stream.stats()).toMatchObject({ policy: 'first', published: 2, dropped: 1 })
    for (const policy of [pairs, definePolicy({ ...facts, waits: false, open })]) {
      expect(() => store.stream({ policy: policy as SinglePolicy })).toThrow(
        expect.objectContaining({ code: 'POLICY_INVALID' }),
      )
    }
  })

  test('makes one that the operator takes', () => {
    const seen: unknown[] = []
    of(1, 2, 3, 4)
      .pipe(backpressure<number>(pairs), toArray())
      .subscribe((values) => seen.push(values))
    expect(seen).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
    ])
  })

  test('makes one whose writers are refused where it could not hold what they write', () => {
    const policy = definePolicy({ ...facts, label: 'first:suspend', suspends: true, open })
    const store = createStore(0)
    const handle = store.subscribe(() => new Promise(() => {}), { policy, id: 'slow' })
    store.set(1)
    expect(() => store.set(2)).toThrow(expect.objectContaining({ code: 'SUBSCRIBER_FULL' }))
    expect(handle.stats()).toMatchObject({ published: 2, pending: 1, dropped: 0 })
    expect(() => backpressure(policy)).toThrow(expect.objectContaining({ code: 'POLICY_INVALID' }))
  })

  test.each<[string, object, string]>([
    ['kind', { kind: 'a:b' }, 'one word, got "a:b" (string)'],
    ['kind', { kind: undefined }, 'one word, got undefined'],
    ['label', { label: 'last:2' }, '"first", with its parameters behind colons, got "last:2" (string)'],
    ['capacity', { capacity: -1 }, 'an integer from 1, got -1 (number)'],
    ['converges', { converges: undefined }, 'true or false, got undefined'],
    ['lossless', { lossless: 'yes' }, 'true or false, got "yes" (string)'],
    ['waits', { waits: 1 }, 'true or false, got 1 (number)'],
    ['open', { open: undefined }, 'a function from a port to a strategy, got undefined'],
  ])('refuses a wrong %s: %j', (option, wrong, sentence) => {
    expect(() => definePolicy({ ...facts, open, ...wrong } as never)).toThrow(
      expect.objectContaining({
        code: 'POLICY_INVALID',
        message: `Expected "${option}" to be ${sentence}.`,
      }),
    )
  })
})

describe('a policy that throws', () => {
  const broken = new Error('broken')
  const fail = (): never => {
    throw broken
  }

  const opened = (part: Partial<Strategy<Versioned>>, pulled = false) => {
    const breaks: Open = (port) => Object.assign(new First(port), part as object)
    const setup = openMailbox({ policy: definePolicy({ ...facts, open: breaks }), slow: true, pulled })
    return setup
  }

  test('when it opens, is an error of whoever subscribes', () => {
    const store = createStore(0)
    const policy = definePolicy({ ...facts, open: fail })
    expect(() => store.subscribe(() => {}, { policy })).toThrow(broken)
    expect(store.metrics().subscriberCount).toBe(0)
  })

  test('when it is offered something, ends its subscription with that error', () => {
    const { mailbox, offer, lines, closings } = opened({ offer: fail })
    offer(1, 2)
    expect(lines()).toEqual(['error broken'])
    expect(mailbox.stats()).toMatchObject({ published: 1, dropped: 1, pending: 0 })
    expect(closings()).toBe(1)
    expectBalance()
  })

  test('when it releases what it holds, ends its subscription with that error', () => {
    const { mailbox, offer, finish, lines } = opened({ release: fail })
    offer(1, 2, 3)
    finish()
    expect(lines()).toEqual(['next 1', 'drop 3 overflow', 'drop 2 policy-error', 'error broken'])
    expect(mailbox.closed).toBe(true)
    expectBalance()
  })

  test('when it is replayed something, ends its subscription with that error', () => {
    for (const part of [{ replayed: fail }, { replayed() {}, replay: fail }]) {
      const { mailbox, lines } = opened(part, 'replay' in part)
      mailbox.replay({ version: 1 })
      expect(lines()).toEqual(['error broken'])
      expectBalance()
    }
  })

  test('when it is told the end, ends its subscription with that error', () => {
    const { offer, complete, lines } = opened({ end: fail })
    offer(1, 2)
    complete()
    expect(lines()).toEqual(['next 1', 'drop 2 policy-error', 'error broken'])
    expectBalance()
  })

  test('when it is to let go, is reported, and loses what it held', () => {
    const { mailbox, offer, lines } = opened({ clear: fail })
    offer(1, 2)
    mailbox.close('unsubscribed')
    expect(lines()).toEqual(['next 1', 'fault policy 1 broken'])
    expect(mailbox.stats()).toMatchObject({ published: 2, delivered: 1, dropped: 1, pending: 0 })
    expectBalance()
  })

  test('stops nobody else, and no writer', () => {
    const store = createStore(0)
    const seen: number[] = []
    const faults: unknown[] = []
    store.faults$.subscribe(({ error, phase }) => faults.push([error, phase]))
    const policy = definePolicy({
      ...facts,
      open: (port) => Object.assign(new First(port), { offer: fail }),
    })
    const handle = store.subscribe(() => {}, { policy })
    store.subscribe(({ state }) => void seen.push(state))
    store.set(1)
    store.set(2)
    expect([handle.closed, seen, faults]).toEqual([true, [0, 1, 2], [[broken, 'error']]])
  })

  test('whose timer goes on after the end hands nothing over', () => {
    let deliver = (): void => {}
    const policy = definePolicy({
      ...facts,
      open(port) {
        const strategy = new First(port)
        return Object.assign(strategy, {
          offer(entry: Versioned) {
            deliver = () => port.deliver(entry)
            port.drop(entry, 'window')
          },
        })
      },
    })
    const { mailbox, offer, lines } = openMailbox({ policy })
    offer(1)
    mailbox.close('unsubscribed')
    deliver()
    expect(lines()).toEqual(['drop 1 window'])
    expect(mailbox.stats()).toMatchObject({ published: 1, delivered: 0, dropped: 1 })
    expectBalance()
  })
})
