/** Whose asynchronous context a delivery has. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, expect, test } from '@jest/globals'
import { createStore } from '../../../src/index.ts'
import { kernelOf } from '../../../src/store/index.ts'

describe('a delivery', () => {
  test('has the context of its own write, also where it waited behind the one that was being told', () => {
    const requests = new AsyncLocalStorage<string>()
    const store = createStore(0)
    const seen: string[] = []
    store.subscribe(
      ({ state }) => {
        if (state === 1) requests.run('B', () => store.set(2))
        if (state === 2) requests.run('C', () => store.set(3))
      },
      { replay: false },
    )
    store.subscribe(({ state }) => void seen.push(`${state} in ${requests.getStore()}`), { replay: false })
    requests.run('A', () => store.set(1))
    expect(seen).toEqual(['1 in A', '2 in B', '3 in C'])
    expect(requests.getStore()).toBeUndefined()
  })

  test('has it behind a hold too, whoever releases it', () => {
    const requests = new AsyncLocalStorage<string>()
    const store = createStore(0)
    const seen: string[] = []
    store.subscribe(({ state }) => void seen.push(`${state} in ${requests.getStore()}`), { replay: false })
    const release = kernelOf<number>(store).hold()
    requests.run('A', () => store.set(1))
    requests.run('B', () => store.set(2))
    requests.run('C', release)
    expect(seen).toEqual(['1 in A', '2 in B'])
  })
})
