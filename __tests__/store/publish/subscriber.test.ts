import { describe, expect, jest, test } from '@jest/globals'
import { Mailbox } from '../../../src/backpressure/index.ts'
import { createStore, type SubscriberHandle } from '../../../src/index.ts'
import { collectGarbage, microtasks } from '../support.ts'

describe('a handle that is kept', () => {
  test('keeps nothing of a consumer that was closed by its failure, long after it had got a mailbox', async () => {
    const store = createStore(0, { onFault: () => {} })
    const handles: SubscriberHandle[] = []
    const subscribe = (): WeakRef<object> => {
      const captured = { calls: 0 }
      const consumer = (): Promise<void> => {
        captured.calls += 1
        if (captured.calls === 3) throw new Error('failed')
        return Promise.resolve()
      }
      handles.push(store.subscribe(consumer, { onError: 'close' }))
      return new WeakRef(captured)
    }
    const captured = subscribe()
    for (let n = 1; n <= 2; n += 1) {
      await microtasks()
      store.set(n)
    }
    expect(handles[0]?.closed).toBe(true)
    // A WeakRef keeps what it refers to until the end of the job that made it.
    await microtasks()
    collectGarbage()
    expect(captured.deref()).toBeUndefined()
  })
})

describe('a subscriber', () => {
  test.each([
    ['nothing', () => undefined, false],
    ['a number', () => 1, false],
    ['a Set', () => new Set([1]), false],
    ['a promise', () => Promise.resolve(), true],
  ])('whose consumer returns %s: whether it has a mailbox', (_what, consumer, boxed) => {
    const taken = jest.spyOn(Mailbox.prototype, 'takeOver')
    const store = createStore(0)
    store.subscribe(consumer)
    store.set(1)
    expect(taken.mock.calls).toHaveLength(boxed ? 1 : 0)
    store.destroy()
  })

  test('that another unsubscribes while the store ends is counted once', () => {
    const store = createStore(0)
    store.subscribe({ next: () => {}, complete: () => second.unsubscribe() })
    const second = store.subscribe(() => {})
    store.destroy()
    expect(store.metrics()).toMatchObject({ published: 2, delivered: 2 })
  })
})
