import { describe, expect, jest, test } from '@jest/globals'
import { createStore } from '../../src/index.ts'
import { onAbort } from '../../src/kit/index.ts'

function watched(): { controller: AbortController; added: () => number; removed: () => number } {
  const controller = new AbortController()
  const add = jest.spyOn(controller.signal, 'addEventListener')
  const remove = jest.spyOn(controller.signal, 'removeEventListener')
  return { controller, added: () => add.mock.calls.length, removed: () => remove.mock.calls.length }
}

describe('onAbort', () => {
  test('gives a signal one listener, however many wait for it', () => {
    const { controller, added, removed } = watched()
    const called: number[] = []
    const ends = Array.from({ length: 10_000 }, (_, n) => onAbort(controller.signal, () => called.push(n)))
    expect(added()).toBe(1)
    for (const end of ends.slice(1)) end()
    expect(removed()).toBe(0)
    controller.abort()
    expect(called).toEqual([0])
    ends[0]?.()
    controller.abort()
    expect(called).toEqual([0])
  })

  test('takes the listener away with the last who leaves, and brings it back with the next', () => {
    const { controller, added, removed } = watched()
    const end = onAbort(controller.signal, () => {})
    end()
    end()
    expect([added(), removed()]).toEqual([1, 1])
    const called = jest.fn()
    onAbort(controller.signal, called)
    controller.abort()
    expect(called).toHaveBeenCalledTimes(1)
  })

  test('calls in order, passes whoever left meanwhile, and is not stopped by one that throws', () => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask'] })
    const controller = new AbortController()
    const called: string[] = []
    const ends: (() => void)[] = []
    onAbort(controller.signal, () => {
      called.push('first')
      for (const end of ends) end()
    })
    ends.push(onAbort(controller.signal, () => called.push('left')))
    onAbort(controller.signal, () => called.push('last'))
    controller.abort()
    expect(called).toEqual(['first', 'last'])
    jest.useRealTimers()
  })
})

describe('subscriptions of one signal', () => {
  test('raise no warning, in any number and of any kind, and all end with it', () => {
    const { controller, added } = watched()
    const { signal } = controller
    const warned = jest.spyOn(process, 'emitWarning')
    const store = createStore(0)
    for (let n = 0; n < 100; n += 1) {
      store.subscribe(() => {}, { signal })
      store.stream({ signal })
      void store.waitFor(() => false, { signal }).catch(() => {})
      void store.modify(() => new Promise(() => {}), { signal }).catch(() => {})
    }
    expect(store.metrics().subscriberCount).toBe(300)
    controller.abort()
    expect(store.metrics().subscriberCount).toBe(0)
    expect(added()).toBe(1)
    expect(warned).not.toHaveBeenCalled()
  })
})
