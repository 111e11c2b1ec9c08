import { describe, expect, test } from '@jest/globals'
import { observable, of, Subject } from 'rxjs'
import { backpressure, latest, switchLatest } from '../../src/index.ts'

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

  test('emits nothing more of a projection that is replaced while it emits', () => {
    const source$ = new Subject<number>()
    const seen: string[] = []
    source$.pipe(backpressure(switchLatest(), (n: number) => of(`${n}a`, `${n}b`))).subscribe((value) => {
      seen.push(value)
      if (value === '1a') source$.next(2)
    })
    source$.next(1)
    expect(seen).toEqual(['1a', '2a', '2b'])
  })

  test('does not wait for the promise of a projection that was replaced', () => {
    const source$ = new Subject<number>()
    const seen: unknown[] = []
    const project = (n: number): unknown => (n === 1 ? new Promise(() => {}) : n)
    source$
      .pipe(backpressure(switchLatest(), project))
      .subscribe({ next: (value) => seen.push(value), complete: () => seen.push('complete') })
    source$.next(1)
    source$.next(2)
    source$.complete()
    expect(seen).toEqual([2, 'complete'])
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

describe('backpressure', () => {
  test('flattens whatever RxJS takes for an observable', () => {
    const seen: unknown[] = []
    const inner = { [observable as never]: () => of('a', 'b') }
    of(1)
      .pipe(backpressure(latest(), () => inner))
      .subscribe((value) => void seen.push(value))
    expect(seen).toEqual(['a', 'b'])
  })
})
