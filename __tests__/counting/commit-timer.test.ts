import { describe, expect, jest, test } from '@jest/globals'
import { build } from 'hdr-histogram-js'
import {
  commitTimes,
  createStore,
  type LatencyHistogram,
  type LatencySummary,
  type Store,
} from '../../src/index.ts'
import { caught, ManualClock, refusal } from '../store/support.ts'

/** A histogram that keeps what it is given, in milliseconds. */
class Recorder implements LatencyHistogram {
  readonly times: number[] = []
  readonly mean = 0
  readonly maxValue = 0

  get totalCount(): number {
    return this.times.length
  }

  recordValue(value: number): void {
    this.times.push(value / 1e6)
  }

  getValueAtPercentile(): number {
    return 0
  }
}

/** A store whose commits are timed, and whose time only the test moves. */
function timed(initial = 0): { store: Store<number>; clock: ManualClock; times: number[] } {
  const clock = new ManualClock()
  const recorder = new Recorder()
  const store = createStore(initial, { clock, timing: commitTimes(recorder), onFault: () => {} })
  return { store, clock, times: recorder.times }
}

const latencyOf = (store: Store<number>): LatencySummary => {
  const { commitLatencyMs } = store.metrics()
  if (commitLatencyMs === null) throw new Error('Expected the store to time its commits.')
  return commitLatencyMs
}

/** Histograms keep three digits. */
const near = (ms: number): unknown => expect.closeTo(ms, ms > 100 ? 0 : 2)

describe('timing', () => {
  test('is off unless asked for: commitLatencyMs is null', () => {
    const store = createStore(0)
    store.set(1)
    expect(store.metrics().commitLatencyMs).toBeNull()
    expect(createStore(0, { timing: false }).metrics().commitLatencyMs).toBeNull()
  })

  test.each([
    ['of Node', () => undefined],
    ['of hdr-histogram-js', () => build()],
  ])('with the histogram %s counts, averages and ranks', (_, histogram) => {
    const clock = new ManualClock()
    const store = createStore(0, { clock, timing: commitTimes(histogram()) })
    expect(latencyOf(store)).toEqual({ count: 0, mean: 0, p50: 0, p95: 0, p99: 0, max: 0, lost: 0 })
    const handle = store.subscribe(({ state }) => clock.advance(state), { policy: undefined })
    for (let ms = 1; ms <= 100; ms += 1) store.set(ms)
    expect(latencyOf(store)).toEqual({
      count: 100,
      mean: near(50.5),
      p50: expect.closeTo(50, 1),
      p95: expect.closeTo(95, 0),
      p99: expect.closeTo(99, 0),
      max: expect.closeTo(100, 0),
      lost: 0,
    })
    handle.unsubscribe()
  })

  test('is refused on a platform that has no histogram', () => {
    // Node's own way to its modules, absent in browsers.
    jest.replaceProperty(globalThis, 'process', {
      ...process,
      getBuiltinModule: undefined,
    } as unknown as NodeJS.Process)
    expect(caught(() => commitTimes())).toEqual(
      refusal(
        'OPTION_INVALID',
        'Expected "histogram" to be given on a platform that has none of its own, such as build() of hdr-histogram-js, got undefined.',
      ),
    )
    expect(createStore(0, { timing: commitTimes(build()) }).metrics().commitLatencyMs).not.toBeNull()
  })

  test('is refused for what is no histogram', () => {
    expect(caught(() => commitTimes({} as LatencyHistogram))).toEqual(
      refusal(
        'OPTION_INVALID',
        'Expected "histogram" to be a histogram, such as build() of hdr-histogram-js, got an object.',
      ),
    )
    expect(caught(() => createStore(0, { timing: build() as never }))).toEqual(
      refusal('OPTION_INVALID', 'Expected "timing" to be false or commitTimes(), got an object.'),
    )
  })

  test('may be given to several stores: each has a histogram of Node to itself', () => {
    const timing = commitTimes()
    const [one, two] = [createStore(0, { timing }), createStore(0, { timing })]
    one.set(1)
    expect([latencyOf(one).count, latencyOf(two).count]).toEqual([1, 0])
  })
})

describe('the time of a commit', () => {
  test('runs from the call, over the recipe, to the last synchronous hand-over', () => {
    const { store, clock, times } = timed()
    for (const ms of [10, 200]) store.subscribe(({ version }) => version > 0 && clock.advance(ms))
    store.snapshot$.subscribe(({ version }) => version > 0 && clock.advance(3_000))
    store.update((n) => {
      clock.advance(1)
      return n + 1
    })
    expect(times).toEqual([3_211])
  })

  test('does not run on while a consumer is busy', () => {
    const { store, clock, times } = timed()
    store.subscribe(() => new Promise(() => {}))
    store.set(1)
    clock.advance(1_000)
    store.set(2)
    expect(times).toEqual([0, 0].map(() => 1e-6))
  })

  test('of a write inside a subscriber runs until its own delivery in the drain', () => {
    const { store, clock, times } = timed()
    store.subscribe(({ version }) => {
      clock.advance(1)
      if (version === 1) {
        store.set(2)
        clock.advance(10)
        store.set(3)
      }
    })
    times.length = 0
    store.subscribe(({ version }) => version > 0 && clock.advance(100))
    store.set(1)
    // 1: 1 + 10 + 100. 2: from 1 to 212. 3: from 11 to 313.
    expect(times).toEqual([111, 211, 302])
  })

  test('of a write inside a replay runs until its delivery behind the replay', () => {
    const { store, clock, times } = timed()
    store.subscribe(({ version }) => {
      if (version === 0) {
        clock.advance(1)
        store.set(1)
        clock.advance(20)
      } else clock.advance(300)
    })
    expect(times).toEqual([320])
  })

  test('of a chain of writes is each its own', () => {
    const { store, clock, times } = timed()
    store.subscribe(({ state }) => {
      clock.advance(state)
      if (state > 0 && state < 4) store.set(state + 1)
    })
    store.set(1)
    expect(times).toEqual([1, 2, 3, 4])
  })

  test('of a batch runs from its beginning; its writes have none', () => {
    const { store, clock, times } = timed()
    store.subscribe(({ version }) => version > 0 && clock.advance(1_000))
    store.batch(() => {
      clock.advance(1)
      store.set(1)
      clock.advance(10)
      store.batch(() => store.set(2))
      clock.advance(100)
    })
    expect(times).toEqual([1_111])
  })

  test('is not disturbed by writes that are refused while it is delivered', () => {
    const { store, clock, times } = timed()
    store.subscribe(({ version }) => {
      if (version === 0) return
      clock.advance(5)
      caught(() => store.set(9, { expectedVersion: 77 }))
      store.update(() => {})
      clock.advance(5)
    })
    store.set(1)
    expect(times).toEqual([10])
  })

  // Fails until the pipeline begins no time inside a recipe.
  test('is not disturbed by a write that its own recipe is refused', () => {
    const { store, clock, times } = timed()
    store.update((n) => {
      clock.advance(5)
      caught(() => store.set(9))
      clock.advance(5)
      return n + 1
    })
    expect(times).toEqual([10])
  })

  test('is recorded of no write that is refused, fails or changes nothing', () => {
    const { store, clock, times } = timed()
    caught(() => store.set(9, { expectedVersion: 77 }))
    caught(() => store.set(undefined as unknown as number))
    caught(() =>
      store.update(() => {
        clock.advance(5)
        throw new Error('recipe')
      }),
    )
    caught(() =>
      store.batch(() => {
        store.set(1)
        throw new Error('batch')
      }),
    )
    store.update(() => {})
    store.batch(() => {})
    expect(times).toEqual([])
    clock.advance(7)
    store.set(1)
    expect(times).toEqual([1e-6])
  })

  test('is recorded where a subscriber destroys the store, but not of what waits then', () => {
    const { store, clock, times } = timed()
    store.subscribe(({ version }) => {
      if (version === 0) return
      clock.advance(4)
      store.set(2)
      store.destroy()
    })
    store.set(1)
    expect(times).toEqual([4])
  })

  test('that the histogram does not take is counted as lost, and the store stays well', () => {
    const clock = new ManualClock()
    const timing = commitTimes(build({ highestTrackableValue: 2e6, autoResize: false }))
    const store = createStore(0, { clock, timing })
    const seen: number[] = []
    store.subscribe(({ state }) => {
      seen.push(state)
      clock.advance(state)
    })
    store.set(1_000)
    store.set(1)
    expect(seen).toEqual([0, 1_000, 1])
    expect(latencyOf(store)).toMatchObject({ count: 1, max: near(1), lost: 1 })
    expect(store.metrics()).toMatchObject({ commits: 2, failedWrites: 0 })
  })

  test('that an asynchronous histogram rejects is counted as lost', async () => {
    const histogram = build()
    histogram.recordValue = async () => Promise.reject(new Error('disk full'))
    const store = createStore(0, { timing: commitTimes(histogram) })
    store.set(1)
    await new Promise(setImmediate)
    expect(latencyOf(store)).toMatchObject({ lost: 1 })
  })

  test('is lost with a clock that tells no time', () => {
    const clock = new ManualClock()
    const store = createStore(0, { clock, timing: commitTimes() })
    clock.monoMs = Number.NaN
    store.set(1)
    expect(latencyOf(store)).toMatchObject({ count: 0, lost: 1 })
  })
})
