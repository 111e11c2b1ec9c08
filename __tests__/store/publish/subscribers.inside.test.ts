/** Joining and leaving while a version is being delivered. */
import { describe, expect, test } from '@jest/globals'
import { buffer, createStore, type SubscriberHandle } from '../../../src/index.ts'
import { noteVersions } from '../support.ts'

describe('subscribing inside a callback', () => {
  test('replays the newest to the newcomer, and tells it nothing older', () => {
    const store = createStore(0)
    const late: number[] = []
    const order: string[] = []
    store.subscribe(({ version }) => {
      order.push(`first ${version}`)
      if (version !== 1) return
      store.set(20)
      store.set(30)
      store.subscribe(({ version: mine }) => {
        order.push(`late ${mine}`)
        late.push(mine)
      })
    })
    store.set(10)
    expect(late).toEqual([3])
    expect(order).toEqual(['first 0', 'first 1', 'late 3', 'first 2', 'first 3'])
    store.set(40)
    expect(late).toEqual([3, 4])
  })

  test('without replay begins with the first write made after it', () => {
    const store = createStore(0)
    const late: number[] = []
    store.subscribe(({ version }) => {
      if (version !== 1) return
      store.set(20)
      store.subscribe(noteVersions(late), { replay: false })
      store.set(30)
    })
    store.set(10)
    expect(late).toEqual([3])
  })

  test('of the replay tells each newcomer its own', () => {
    const store = createStore(0)
    const seen: string[] = []
    const join = (depth: number): void => {
      store.subscribe(({ version }) => {
        seen.push(`${depth}:${version}`)
        if (version === 0 && depth < 3) join(depth + 1)
      })
    }
    join(1)
    expect(seen).toEqual(['1:0', '2:0', '3:0'])
    store.set(1)
    expect(seen.slice(3)).toEqual(['1:1', '2:1', '3:1'])
  })
})

describe('unsubscribing inside a callback', () => {
  test('ends the own subscription after this delivery', () => {
    const store = createStore(0)
    const seen: number[] = []
    const handle = store.subscribe(({ version }) => {
      seen.push(version)
      if (version === 1) handle.unsubscribe()
    })
    const after: number[] = []
    store.subscribe(noteVersions(after))
    store.set(1)
    store.set(2)
    expect(seen).toEqual([0, 1])
    expect(after).toEqual([0, 1, 2])
    expect(handle.stats()).toMatchObject({ published: 2, delivered: 2, inFlight: 0 })
  })

  test('ends another one, which is then not told even the version being delivered', () => {
    const store = createStore(0)
    const seen: Record<string, number[]> = { before: [], after: [], last: [] }
    const before = store.subscribe(({ version }) => void seen.before?.push(version))
    store.subscribe(({ version }) => {
      if (version !== 1) return
      before()
      after()
    })
    const after: SubscriberHandle = store.subscribe(({ version }) => void seen.after?.push(version))
    store.subscribe(({ version }) => void seen.last?.push(version))
    store.set(1)
    store.set(2)
    expect(seen).toEqual({ before: [0, 1], after: [0], last: [0, 1, 2] })
  })

  test('drops what waits for the one that leaves', () => {
    const store = createStore(0)
    const reasons: string[] = []
    const waiting = store.subscribe(() => new Promise(() => {}), {
      policy: buffer(),
      onDrop: ({ version, reason }) => reasons.push(`${version} ${reason}`),
    })
    store.subscribe(({ version }) => {
      if (version === 2) waiting()
    })
    store.set(1)
    store.set(2)
    store.set(3)
    expect(reasons).toEqual(['1 unsubscribed', '2 unsubscribed'])
    expect(waiting.stats()).toMatchObject({ published: 3, delivered: 1, dropped: 2 })
  })

  test('and subscribing again there joins at the end', () => {
    const store = createStore(0)
    const order: string[] = []
    let handle = store.subscribe(({ version }) => {
      order.push(`a ${version}`)
      if (version !== 1) return
      handle()
      handle = store.subscribe(({ version: mine }) => void order.push(`a2 ${mine}`))
    })
    store.subscribe(({ version }) => void order.push(`b ${version}`))
    order.length = 0
    store.set(1)
    store.set(2)
    expect(order).toEqual(['a 1', 'a2 1', 'b 1', 'b 2', 'a2 2'])
  })
})
