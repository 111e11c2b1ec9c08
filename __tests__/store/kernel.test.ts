/** What a store offers to the rooms above it. */
import { describe, expect, jest, test } from '@jest/globals'
import {
  createMachineStore,
  createStore,
  HeadgateError,
  qCoreMachine,
  type Store,
  type StoreOptions,
  type SubscriberFault,
} from '../../src/index.ts'
import { type Commit, type Kernel, kernelOf } from '../../src/store/index.ts'
import { isDeeplyFrozen, refusal } from './support.ts'

interface Bench {
  readonly store: Store<number>
  readonly kernel: Kernel<number>
  readonly faults: SubscriberFault[]
}

function open(options: StoreOptions = {}): Bench {
  const faults: SubscriberFault[] = []
  const store = createStore(1, { name: 'arm', onFault: (fault) => void faults.push(fault), ...options })
  return { store, kernel: kernelOf<number>(store), faults }
}

/** Follows a kernel and notes each commit: `0→1 by journal`. */
function follow(kernel: Kernel<number>, place: 'before' | 'after' = 'after') {
  const told: string[] = []
  const commits: Commit<number>[] = []
  const leave = kernel.follow(
    {
      next(commit) {
        commits.push(commit)
        told.push(`${commit.before.version}→${commit.snapshot.version} by ${String(commit.origin)}`)
      },
      complete: () => void told.push('complete'),
    },
    { place },
  )
  return { told, commits, leave }
}

describe('kernelOf', () => {
  test('gives the same kernel each time, of a machine store too', () => {
    const { store, kernel } = open()
    expect(kernelOf(store)).toBe(kernel)
    expect(kernel.store).toBe(store)
    const robot = createMachineStore(qCoreMachine)
    expect(kernelOf(robot).store).toBe(robot)
  })

  test('refuses what is no store', () => {
    const expected = expect.objectContaining({
      code: 'KERNEL_ABSENT',
      message:
        'kernelOf() expected a store of Headgate, or something built on one. Pass what createStore() or createMachineStore() returned.',
    })
    for (const other of [{ state: 1 }, undefined, null]) {
      expect(() => kernelOf(other as { state: number })).toThrow(expected)
    }
  })
})

describe('commit', () => {
  test('commits what a step makes of the state', () => {
    const { store, kernel } = open()
    expect(kernel.commit((n) => n + 1)).toMatchObject({
      version: 1,
      state: 2,
      reason: 'COMMIT',
      source: 'arm',
    })
    expect(kernel.commit((n) => n + 1, 'TICK')).toMatchObject({ version: 2, state: 3, reason: 'TICK' })
    expect(store.snapshot.version).toBe(2)
  })

  test('gives the step the time that the snapshot is stamped with', () => {
    let ms = 0
    const { kernel } = open({ clock: { wall: () => 7_000 + ms++, mono: () => ms++ } })
    const times: unknown[] = []
    const { tsWall, tsMono } = kernel.commit((n, at) => {
      times.push(at)
      return n + 1
    })
    expect(times).toEqual([{ tsWall, tsMono }])
  })

  test('commits nothing where the step returns the state as it was', () => {
    const { store, kernel } = open()
    const before = store.snapshot
    expect(kernel.commit((n) => n)).toBe(before)
    expect(store.metrics()).toMatchObject({ commits: 0, failedWrites: 0, noopWrites: 0 })
  })

  test('a step that throws or writes changes nothing', () => {
    const { store, kernel } = open()
    const before = store.snapshot
    const broken = new Error('broken')
    expect(() =>
      kernel.commit(() => {
        throw broken
      }),
    ).toThrow(broken)
    expect(() => kernel.commit(() => store.set(5).state)).toThrow(refusal('WRITE_IN_RECIPE'))
    expect(() =>
      kernel.commit(
        (n) => {
          store.destroy()
          return n + 1
        },
        undefined,
        'step()',
      ),
    ).toThrow(
      'step() on store "arm" was refused: the store is destroyed. Stop writing before destroy(), or create a new store.',
    )
    expect(store.snapshot).toBe(before)
    expect(store.metrics()).toMatchObject({ commits: 0, failedWrites: 4 })
  })

  test('freezes all of what a step returns, also below something frozen', () => {
    const store = createStore({ pose: { x: 0 } })
    kernelOf(store).commit(() => Object.freeze({ pose: { x: 1 } }))
    expect(isDeeplyFrozen(store.state)).toBe(true)
  })

  test('refuses a step that returns a promise', () => {
    const { store, kernel } = open()
    expect(() => kernel.commit(() => Promise.resolve(2) as never)).toThrow(
      'Expected "the state" to be a state; await a promise first, or write in modify(), got a promise.',
    )
    expect(store.snapshot.version).toBe(0)
  })

  test('takes part in a batch and in compare-and-set', () => {
    const { store, kernel } = open()
    store.batch(() => {
      kernel.commit((n) => n + 1)
      expect([kernel.inBatch, kernel.head.state, store.metrics().reads]).toEqual([true, 2, 0])
      kernel.commit((n) => n * 10)
    })
    expect(kernel.inBatch).toBe(false)
    expect(store.snapshot).toMatchObject({ version: 1, state: 20 })
    expect(() => kernel.commit((n) => n + 1, { expectedVersion: 0 })).toThrow(refusal('VERSION_CONFLICT'))
  })
})

describe('follow', () => {
  test('tells every commit with what was before and who wrote, whichever way it came', () => {
    const { store, kernel } = open()
    const { told, commits } = follow(kernel)
    const first = store.snapshot
    store.set(2, { origin: 'undo' })
    store.update((n) => n + 1)
    store.put({ ...store.snapshot, version: 9 })
    kernel.adopt({ ...store.snapshot, version: 12 }, { origin: 'sync' })
    expect(told).toEqual(['0→1 by undo', '1→2 by undefined', '2→9 by undefined', '9→12 by sync'])
    expect(commits[0]?.before).toBe(first)
    expect(commits[3]?.snapshot).toBe(store.snapshot)
  })

  test('tells a batch once, with what was before it and the origin of the batch, else of its last write', () => {
    const { store, kernel } = open()
    const { told } = follow(kernel)
    store.batch(() => {
      store.set(2, { origin: 'a' })
      store.batch(() => store.set(3, { origin: 'b' }))
    })
    store.batch(() => store.set(4, { origin: 'c' }), { origin: 'batch' })
    expect(told).toEqual(['0→1 by b', '1→2 by batch'])
  })

  test('tells nothing of what was rolled back', () => {
    const { store, kernel } = open()
    const { told } = follow(kernel)
    store.batch(() => {
      store.set(2, { origin: 'kept' })
      expect(() =>
        store.batch(() => {
          store.set(3, { origin: 'rolled back' })
          throw new Error('broken')
        }),
      ).toThrow('broken')
    })
    expect(told).toEqual(['0→1 by kept'])
    expect(store.state).toBe(2)
  })

  test('tells those before ahead of all subscribers, those after behind them, and counts them nowhere', () => {
    const { store, kernel } = open()
    const order: string[] = []
    kernel.follow({ next: () => void order.push('after'), complete() {} })
    store.subscribe(() => void order.push('subscriber'), { replay: false })
    kernel.follow({ next: () => void order.push('before'), complete() {} }, { place: 'before' })
    store.set(5)
    expect(order).toEqual(['before', 'subscriber', 'after'])
    expect(store.metrics()).toMatchObject({ subscriberCount: 1, published: 1 })
  })

  test('tells each commit once and in order, also of those that a subscriber and a sink set off', () => {
    const { store, kernel } = open()
    const { told } = follow(kernel, 'before')
    kernel.follow({
      next: ({ snapshot }) => {
        if (snapshot.version === 2) store.set(30)
      },
      complete() {},
    })
    store.subscribe(({ version }) => {
      if (version === 1) store.set(20)
    })
    store.set(10)
    expect(told).toEqual(['0→1 by undefined', '1→2 by undefined', '2→3 by undefined'])
  })

  test('is over when its end is called, and is completed by destroy()', () => {
    const { store, kernel } = open()
    const [leaving, staying] = [follow(kernel), follow(kernel)]
    leaving.leave()
    leaving.leave()
    store.set(2)
    store.destroy()
    expect([leaving.told, staying.told]).toEqual([[], ['0→1 by undefined', 'complete']])
    expect(kernel.destroyed).toBe(true)
  })

  test('tells nothing behind the end: not those who were to be told yet, and the end to those who come later', () => {
    const { store, kernel } = open()
    kernel.follow({ next: () => store.destroy(), complete() {} }, { place: 'before' })
    const [same, after] = [follow(kernel, 'before'), follow(kernel)]
    store.set(2)
    const late = follow(kernel)
    late.leave()
    expect([same.told, after.told, late.told]).toEqual([['complete'], ['complete'], ['complete']])
  })

  test('refuses what could not be told, and a place that there is not', () => {
    const { kernel } = open()
    const sink = { next() {}, complete() {} }
    expect(() => kernel.follow(undefined as never)).toThrow(
      'Expected "sink" to be an object with next() and complete(), got null.',
    )
    expect(() => kernel.follow({ next() {} } as never)).toThrow(refusal('OPTION_INVALID'))
    expect(() => kernel.follow(sink, { place: 'behind' as never })).toThrow(
      `Expected "place" to be 'before' or 'after', got "behind" (string).`,
    )
  })

  test('what a sink throws is a fault, and stops nobody', () => {
    const { store, kernel, faults } = open()
    const error = new Error('disk full')
    kernel.follow(
      {
        next() {
          throw error
        },
        complete() {
          throw error
        },
      },
      { place: 'before' },
    )
    const { told } = follow(kernel)
    store.set(2)
    store.destroy()
    expect(told).toEqual(['0→1 by undefined', 'complete'])
    expect(faults).toEqual([
      { subscriberId: 'kernel', phase: 'kernel', error, version: 1, failures: 1 },
      { subscriberId: 'kernel', phase: 'kernel', error, version: -1, failures: 1 },
    ])
  })
})

describe('guard', () => {
  test('refuses a write before it happens, whoever writes it', () => {
    const { store, kernel } = open()
    const before = store.snapshot
    const error = new RangeError('-1 is below 0')
    const end = kernel.guard((_write, state) => {
      if (state < 0) throw error
    })
    expect(() => store.set(-1)).toThrow(error)
    expect(() => store.update(() => -1)).toThrow(error)
    expect(() => store.put({ ...before, version: 4, state: -1 })).toThrow(error)
    expect(() => kernel.commit(() => -1)).toThrow(error)
    expect(() => store.batch(() => store.set(-1))).toThrow(error)
    expect(store.snapshot).toBe(before)
    expect(store.metrics()).toMatchObject({ commits: 0, failedWrites: 6 })
    expect(store.set(2).version).toBe(1)
    end()
    end()
    expect(store.set(-2).version).toBe(2)
  })

  test('writes as little as a recipe does: no write is made of a state that is not current any more', () => {
    const { store, kernel } = open()
    const end = kernel.guard(() => {
      if (!kernel.inRecipe) throw new Error('not as a recipe')
      store.update((n) => n + 10)
    })
    expect(() => store.update((n) => n + 1)).toThrow(refusal('WRITE_IN_RECIPE'))
    end()
    expect(store.update((n) => n + 1)).toMatchObject({ version: 1, state: 2 })
  })

  test('that destroys the store refuses the write, as a getter of the state does', () => {
    const { store, kernel } = open()
    kernel.guard(() => store.destroy())
    expect(() => store.set(2)).toThrow(refusal('STORE_DESTROYED'))
    expect([store.state, store.metrics().commits, store.metrics().failedWrites]).toEqual([1, 0, 1])
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {})
    const other = createStore<{ n: number }>({ n: 1 })
    const state = {
      get n(): number {
        other.destroy()
        return 2
      },
    }
    expect(() => other.set(state)).toThrow(refusal('STORE_DESTROYED'))
    expect(other.state).toEqual({ n: 1 })
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('state.n is a getter'))
  })

  test('is told what the writer said', () => {
    const { store, kernel } = open()
    const said: unknown[] = []
    kernel.guard((write) => void said.push(write))
    store.set(2)
    store.set(3, 'WHY')
    store.set(4, { source: 'arm', origin: 7 })
    expect(said).toEqual([undefined, { reason: 'WHY' }, { source: 'arm', origin: 7 }])
  })
})

describe('measure', () => {
  test('adds numbers to the metrics and names the state, until it is ended', () => {
    const { store, kernel } = open()
    const ends = [
      kernel.measure(() => ({ unhandledEvents: 2, currentState: 'OPEN' })),
      kernel.measure(() => ({ unhandledEvents: 1, noopWrites: 4 })),
    ]
    store.update((n) => n)
    expect(store.metrics()).toMatchObject({ unhandledEvents: 3, noopWrites: 5, currentState: 'OPEN' })
    for (const end of ends) end()
    expect(store.metrics()).toMatchObject({
      unhandledEvents: 0,
      noopWrites: 1,
      currentState: 'INITIALIZED',
    })
  })
})

describe('report', () => {
  test('reaches onFault', () => {
    const { kernel, faults } = open()
    const error = new HeadgateError('STORE_DESTROYED', { store: 'arm', operation: 'step()' })
    const fault: SubscriberFault = { subscriberId: 'arm', error, phase: 'after', version: 3, failures: 1 }
    kernel.report(fault)
    expect(faults).toEqual([fault])
  })
})

describe('begin', () => {
  test('ends once, whatever is called after it', () => {
    const { store, kernel } = open()
    const { told } = follow(kernel)
    const batch = kernel.begin()
    store.set(2)
    batch.commit()
    batch.commit()
    batch.rollBack()
    expect([store.state, kernel.inBatch, told]).toEqual([2, false, ['0→1 by undefined']])
    store.set(3)
    expect(told).toEqual(['0→1 by undefined', '1→2 by undefined'])
  })

  test('ends what is open inside it', () => {
    const { store, kernel } = open()
    const { told } = follow(kernel)
    for (const way of ['commit', 'rollBack'] as const) {
      const outer = kernel.begin()
      const inner = kernel.begin()
      store.set(store.state + 1)
      outer[way]()
      expect([outer.isInnermost, inner.isInnermost, kernel.inBatch]).toEqual([false, false, false])
      inner.commit()
    }
    expect([store.state, told]).toEqual([2, ['0→1 by undefined']])
  })

  test('takes its writes back where the store was destroyed meanwhile', () => {
    const { store, kernel } = open()
    const batch = kernel.begin()
    store.set(2)
    store.destroy()
    batch.commit()
    expect([store.state, store.metrics().commits, kernel.inBatch]).toEqual([1, 0, false])
  })
})

describe('hold', () => {
  test('ends once, and not with the store', () => {
    const { store, kernel } = open()
    const { told } = follow(kernel)
    const [one, other] = [kernel.hold(), kernel.hold()]
    store.set(2)
    one()
    one()
    expect(told).toEqual([])
    store.destroy()
    other()
    expect(told).toEqual(['complete'])
  })

  test('keeps commits of several stores from being told until all are written', () => {
    const [one, other] = [open(), open()]
    const seen: string[] = []
    for (const { store } of [one, other]) {
      store.subscribe(() => void seen.push(`${one.store.state} ${other.store.state}`), { replay: false })
    }
    const releases = [one.kernel.hold(), other.kernel.hold()]
    one.store.set(2)
    one.store.set(3)
    other.store.set(9)
    expect(seen).toEqual([])
    for (const release of releases) release()
    expect(seen).toEqual(['3 9', '3 9', '3 9'])
  })
})
