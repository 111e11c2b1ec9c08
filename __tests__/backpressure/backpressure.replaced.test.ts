import { describe, expect, test } from '@jest/globals'
import { of, Subject } from 'rxjs'
import { backpressure, batch, switchLatest } from '../../src/index.ts'

describe('backpressure', () => {
  test.each<[string, (n: number) => unknown]>([
    ['a value', (n) => `result ${n}`],
    ['an observable', (n) => of(`result ${n}`)],
  ])('emits nothing of a projection that has replaced itself before it returned %s', (_what, make) => {
    const source$ = new Subject<number>()
    const seen: unknown[] = []
    const project = (n: number): unknown => {
      if (n === 1) source$.next(2)
      return make(n)
    }
    source$.pipe(backpressure(switchLatest(), project)).subscribe((value) => void seen.push(value))
    source$.next(1)
    expect(seen).toEqual(['result 2'])
  })

  test('does not leave the rejection of such a projection unhandled', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    const source$ = new Subject<number>()
    const project = async (n: number): Promise<number> => {
      if (n === 1) source$.next(2)
      if (n === 1) throw new Error('replaced')
      return n
    }
    const seen: number[] = []
    source$.pipe(backpressure(switchLatest(), project)).subscribe((value) => void seen.push(value))
    source$.next(1)
    await new Promise((done) => setImmediate(done))
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
    expect(seen).toEqual([2])
  })
})

describe('batch', () => {
  test('refuses a fixed window of 0 ms, which would never rest', () => {
    expect(() => batch({ ms: 0, window: 'fixed' })).toThrow(
      'Expected "ms" to be milliseconds, an integer from 1 to 2147483647, got 0 (number).',
    )
    expect(batch({ ms: 0 }).ms).toBe(0)
  })
})
