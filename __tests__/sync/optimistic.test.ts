import { afterEach, describe, expect, test } from '@jest/globals'
import { buffer, isHeadgateError } from '../../src/index.ts'
import { closeBenches, type Robot, statusOf, to, turn, versionOf, writable } from './support/bench.ts'

afterEach(closeBenches)

const add = (draft: Robot): void => {
  draft.x += 1
}

describe('optimistic', () => {
  test('shows a write at once, and never twice', async () => {
    const bench = writable()
    const one = bench.mirror()
    await versionOf(one, 0)
    const seen: number[] = []
    one.optimistic.subscribe(({ state }) => void seen.push(state.x))
    const result = one.update(add, { optimistic: true })
    expect([one.optimistic.state.x, one.store.state.x]).toEqual([1, 0])
    expect(await result).toEqual({ committed: true, version: 1 })
    expect([one.optimistic.state.x, one.store.snapshot.version]).toEqual([1, 1])
    await turn()
    expect([...new Set(seen)]).toEqual([0, 1])
    expect(seen).toEqual([...seen].sort())
  })

  test('runs it again on what comes meanwhile', async () => {
    const bench = writable()
    const one = bench.mirror()
    await versionOf(one, 0)
    const seen: number[] = []
    one.optimistic.subscribe(({ state }) => void seen.push(state.x))
    bench.store.update(to(10))
    const results = [one.update(add, { optimistic: true }), one.update(add, { optimistic: true })]
    expect(one.optimistic.state.x).toBe(2)
    expect(await Promise.all(results)).toMatchObject([{ committed: true }, { committed: true }])
    expect([bench.store.state.x, one.optimistic.state.x]).toEqual([12, 12])
    await turn()
    expect(seen.at(-1)).toBe(12)
    expect(seen.every((x) => x <= 12)).toBe(true)
  })

  test('takes back what is refused, and tells why', async () => {
    const bench = writable({ write: () => 'sold out' })
    const faults: unknown[] = []
    const one = bench.mirror({ onFault: ({ error }) => void faults.push(error) })
    await versionOf(one, 0)
    const result = one.update(add, { optimistic: true })
    expect(one.optimistic.state.x).toBe(1)
    expect(await result).toMatchObject({ committed: false, reason: 'refused' })
    expect(one.optimistic.state.x).toBe(0)
    expect(faults).toEqual([expect.objectContaining({ code: 'WRITE_TAKEN_BACK' })])
  })

  test('shows nothing of a recipe that throws, which its writer is thrown', async () => {
    const bench = writable()
    const faults: unknown[] = []
    const one = bench.mirror({ onFault: ({ error }) => void faults.push(error) })
    await versionOf(one, 0)
    const error = new Error('no')
    const throwing = (): void => {
      throw error
    }
    await expect(one.update(throwing, { optimistic: true })).rejects.toBe(error)
    expect([one.optimistic.state.x, faults]).toEqual([0, []])
  })

  test('is not shown twice where its answer was lost with the connection', async () => {
    const bench = writable()
    const one = bench.mirror()
    await versionOf(one, 0)
    const seen: number[] = []
    one.optimistic.subscribe(({ state }) => void seen.push(state.x))
    const result = one.update(add, { optimistic: true })
    while (bench.store.state.x === 0) await Promise.resolve() // it is committed, and the answer under way
    bench.cut()
    await statusOf(one, 'stale')
    expect(await result).toMatchObject({ committed: true })
    await turn()
    expect(one.optimistic.state.x).toBe(1)
    expect(new Set(seen)).toEqual(new Set([0, 1]))
  })

  test('shows nothing ever of a write whose state is none, which its writer is thrown', async () => {
    const bench = writable()
    const one = bench.mirror()
    await versionOf(one, 0)
    const loop: { again?: unknown } = {}
    loop.again = loop
    await expect(one.update(() => loop as never, { optimistic: true })).rejects.toThrow()
    bench.store.update(to(3))
    await versionOf(one, 1)
    expect(one.optimistic.state.x).toBe(3)
    expect(await one.update(add, { optimistic: true })).toMatchObject({ committed: true })
    expect(one.optimistic.state.x).toBe(4)
  })

  test('waits for a subscriber of its own that has no room, and decides writes meanwhile', async () => {
    const bench = writable()
    const faults: unknown[] = []
    const one = bench.mirror({ onFault: ({ error }) => void faults.push(error) })
    await versionOf(one, 0)
    const waits: (() => void)[] = []
    const seen: number[] = []
    one.optimistic.subscribe(
      ({ state }) => {
        seen.push(state.x)
        return new Promise<void>((resolve) => waits.push(resolve))
      },
      { policy: buffer({ capacity: 1, overflow: 'suspend' }) },
    )
    const results = await Promise.all([1, 2, 3, 4].map(() => one.update(add, { optimistic: true })))
    expect(results.every(({ committed }) => committed)).toBe(true)
    expect(one.store.state.x).toBe(4)
    for (let at = 0; at < 10; at += 1) {
      waits.shift()?.()
      await turn()
    }
    expect([one.optimistic.state.x, seen.at(-1), faults]).toEqual([4, 4, []])
  })

  test('refuses to be written, and ends with the mirror', async () => {
    const bench = writable()
    const one = bench.mirror()
    await versionOf(one, 0)
    const { optimistic } = one as unknown as { optimistic: { set(state: Robot): void; closed: boolean } }
    let refused: unknown
    try {
      optimistic.set({ x: 1, log: [] })
    } catch (error) {
      refused = error
    }
    expect(isHeadgateError(refused, 'WRITE_ELSEWHERE')).toBe(true)
    one.close()
    expect(optimistic.closed).toBe(true)
  })
})
