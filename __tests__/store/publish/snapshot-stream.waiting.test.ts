import { describe, expect, jest, test } from '@jest/globals'
import { buffer, createStore, type Drop } from '../../../src/index.ts'

describe('a stream with very many calls that wait', () => {
  test('moves none of them when one is served', async () => {
    const store = createStore(0)
    const stream = store.stream({ replay: false })
    const shift = jest.spyOn(Array.prototype, 'shift')
    const waiting = Array.from({ length: 100_000 }, () => stream.next())
    for (let n = 1; n <= 1_000; n += 1) store.set(n)
    expect(shift).not.toHaveBeenCalled()
    shift.mockRestore()
    expect((await waiting[999])?.value?.state).toBe(1_000)
    await stream.return()
    expect(await waiting.at(-1)).toEqual({ done: true, value: undefined })
  })
})

describe('return', () => {
  test('gives what it was given, awaited, as a generator does', async () => {
    const stream = createStore(0).stream()
    expect(await stream.return(5)).toEqual({ done: true, value: 5 })
    expect(await stream.return(Promise.resolve(6))).toEqual({ done: true, value: 6 })
    expect([await stream.return(), stream.closed]).toEqual([{ done: true, value: undefined }, true])
  })
})

describe("onDrop's number", () => {
  test('is that of each drop, also where several go at once', () => {
    const store = createStore(0)
    const told: number[][] = []
    const handle = store.subscribe(() => new Promise(() => {}), {
      policy: buffer({ capacity: 3 }),
      onDrop: ({ version, dropped }: Drop<number>) => void told.push([version, dropped]),
    })
    for (let n = 1; n <= 5; n += 1) store.set(n)
    handle.unsubscribe()
    expect(told).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
      [5, 5],
    ])
    expect(handle.stats().dropped).toBe(5)
  })
})
