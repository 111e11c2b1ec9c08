import { describe, expect, jest, test } from '@jest/globals'
import { createStore, type WriteOptions } from '../../../src/index.ts'

describe('expectedVersion', () => {
  test('is compared after a getter of the state has written', () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {})
    const store = createStore<{ n: number }>({ n: 0 })
    const state = {
      get n(): number {
        if (store.snapshot.version === 0) store.set({ n: 5 })
        return 1
      },
    }
    expect(() => store.set(state, { expectedVersion: 0 })).toThrow(/expected version 0 was refused/)
    expect(store.state).toEqual({ n: 5 })
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('state.n is a getter'))
  })

  test('is compared after a getter of the options has written', () => {
    const store = createStore(0)
    const write: WriteOptions = {
      expectedVersion: 0,
      get source() {
        if (store.snapshot.version === 0) store.set(5)
        return 'arm'
      },
    }
    expect(() => store.set(1, write)).toThrow(/expected version 0 was refused/)
    expect(() => store.update((n) => n + 1, write)).toThrow(/expected version 0 was refused/)
    expect(store.state).toBe(5)
  })

  test('does not let a getter inside put() make two writes of one version', () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {})
    const store = createStore<{ n: number }>({ n: 0 })
    const seen: number[] = []
    store.subscribe(({ version }) => void seen.push(version))
    let asked = false
    const state = {
      get n(): number {
        if (!asked) {
          asked = true
          store.set({ n: 5 })
        }
        return 1
      },
    }
    store.put({ ...store.snapshot, version: 1, state })
    expect(seen).toEqual([0, 1, 2])
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('state.n is a getter'))
  })
})
