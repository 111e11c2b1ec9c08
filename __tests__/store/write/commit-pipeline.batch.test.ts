import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createStore, type Snapshot } from '../../../src/index.ts'
import { caught, microtasks, noteStates, noteVersions, refusal } from '../support.ts'

describe('Store.batch', () => {
  test('publishes its writes as one version when it returns, and returns the result of its work', () => {
    const store = createStore({ a: 0, b: 0 })
    const seen: Snapshot<{ a: number; b: number }>[] = []
    store.subscribe((snapshot) => void seen.push(snapshot), { replay: false })
    const result = store.batch(() => {
      store.update((draft) => {
        draft.a = 1
      })
      store.update((draft) => {
        draft.b = 2
      })
      return 'done'
    })
    expect(result).toBe('done')
    expect(seen).toHaveLength(1)
    expect(seen[0]).toMatchObject({ version: 1, state: { a: 1, b: 2 } })
    expect(seen[0]).toBe(store.snapshot)
    expect(store.metrics().commits).toBe(1)
  })

  test('shows its writes inside, with the version that it will have, and to nobody else', () => {
    const store = createStore(0)
    const seen: number[] = []
    const published: number[] = []
    store.subscribe(noteVersions(seen))
    store.snapshot$.subscribe(noteVersions(published))
    store.batch(() => {
      expect(store.set(1).version).toBe(1)
      expect(store.state).toBe(1)
      expect(store.set(2).version).toBe(1)
      expect(store.snapshot).toMatchObject({ version: 1, state: 2 })
      expect(seen).toEqual([0])
    })
    expect(seen).toEqual([0, 1])
    expect(published).toEqual([0, 1])
  })

  test('without a write publishes nothing', () => {
    const store = createStore(0)
    const before = store.snapshot
    expect(store.batch(() => 5, 'LABEL')).toBe(5)
    store.batch(() => store.update(() => {}))
    expect(store.snapshot).toBe(before)
    expect(store.metrics()).toMatchObject({ commits: 0, noopWrites: 1 })
  })

  test('that ends with the very state it began with commits nothing, and is one write without effect', () => {
    const store = createStore(0)
    const before = store.snapshot
    store.batch(() => {
      store.set(1)
      store.set(0)
    })
    expect(store.snapshot).toBe(before)
    expect(store.metrics()).toMatchObject({ commits: 0, noopWrites: 1 })
    // A snapshot from elsewhere brings a version of its own.
    store.batch(() => store.put({ ...before, version: 7 }))
    expect(store.snapshot.version).toBe(7)
  })

  test('is labelled as told, else as its last write', () => {
    const store = createStore(0)
    let n = 0
    const write = (): void => {
      store.set(++n, { reason: 'FIRST', metadata: { n: '1' } })
      store.set(++n, { reason: 'LAST', source: 'arm', metadata: { n: '2' } })
    }
    const label = (): unknown => [store.snapshot.reason, store.snapshot.source, store.snapshot.metadata]
    store.batch(write)
    expect(label()).toEqual(['LAST', 'arm', { n: '2' }])
    store.batch(write, 'WHOLE')
    expect(label()).toEqual(['WHOLE', 'arm', { n: '2' }])
    store.batch(write, { source: 'planner', metadata: {} })
    expect(label()).toEqual(['LAST', 'planner', {}])
    store.batch(() => store.batch(write, 'INNER'))
    expect(label()).toEqual(['INNER', 'arm', { n: '2' }])
    store.batch(() => store.batch(write, 'INNER'), 'OUTER')
    expect(label()).toEqual(['OUTER', 'arm', { n: '2' }])
    expect(store.snapshot).toBeFrozen()
  })

  test('that throws takes back its writes, and tells nobody', () => {
    const store = createStore(0)
    const seen: number[] = []
    store.subscribe(noteVersions(seen))
    const before = store.snapshot
    const error = new Error('batch')
    expect(
      caught(() =>
        store.batch(() => {
          store.set(1)
          throw error
        }),
      ),
    ).toBe(error)
    expect(store.snapshot).toBe(before)
    expect(seen).toEqual([0])
    expect(store.metrics()).toMatchObject({ commits: 0, failedWrites: 1 })
  })

  test('goes on when its work catches the error of a write', () => {
    const store = createStore(0)
    store.batch(() => {
      store.set(1)
      caught(() => store.set(undefined as unknown as number))
      caught(() =>
        store.update(() => {
          throw new Error('recipe')
        }),
      )
      store.update((n) => n + 1)
    })
    expect(store.snapshot).toMatchObject({ version: 1, state: 2 })
  })
})

describe('nested batches', () => {
  test('publish once, when the outer one returns', () => {
    const store = createStore(0)
    const seen: number[] = []
    store.subscribe(noteStates(seen))
    store.batch(() => {
      store.set(1)
      store.batch(() => {
        store.set(2)
        store.batch(() => store.set(3))
      })
      expect(seen).toEqual([0])
      store.update((n) => n * 10)
    })
    expect(seen).toEqual([0, 30])
    expect(store.snapshot.version).toBe(1)
    expect(store.metrics().commits).toBe(1)
  })

  test('keep the writes around an inner one that throws and is caught', () => {
    const store = createStore<string[]>([])
    const add = (word: string): void => {
      store.update((draft) => {
        draft.push(word)
      })
    }
    store.batch(() => {
      add('before')
      const error = caught(() =>
        store.batch(() => {
          add('inner')
          throw new Error('inner')
        }),
      )
      expect(error).toEqual(new Error('inner'))
      expect(store.state).toEqual(['before'])
      add('after')
    })
    expect(store.snapshot).toMatchObject({ version: 1, state: ['before', 'after'] })
    expect(store.metrics()).toMatchObject({ commits: 1, failedWrites: 1 })
  })

  test('take back everything when the inner and the outer one throw', () => {
    const store = createStore(0)
    const before = store.snapshot
    expect(() =>
      store.batch(() => {
        store.set(1)
        caught(() =>
          store.batch(() => {
            store.set(2)
            throw new Error('inner')
          }),
        )
        store.set(3)
        throw new Error('outer')
      }),
    ).toThrow('outer')
    expect(store.snapshot).toBe(before)
    expect(store.set(4).version).toBe(1)
  })

  test('take back an inner one that had returned when the outer one throws', () => {
    const store = createStore(0)
    const before = store.snapshot
    expect(() =>
      store.batch(() => {
        store.batch(() => store.set(2), 'INNER')
        throw new Error('outer')
      }),
    ).toThrow('outer')
    expect(store.snapshot).toBe(before)
  })
})

describe('subscribers of a batch', () => {
  test('that join inside it see the published version first, then the one of the batch', () => {
    const store = createStore('old')
    const seen: Record<string, string[]> = { subscribe: [], state$: [], path: [], stream: [] }
    store.batch(() => {
      store.set('new')
      store.subscribe(({ state }) => void seen.subscribe?.push(state))
      store.state$.subscribe((state) => seen.state$?.push(state))
      store.select((state) => state.length).subscribe((length) => seen.path?.push(String(length)))
      seen.stream?.push(store.stream().poll()?.state ?? 'nothing')
      expect(seen).toEqual({ subscribe: ['old'], state$: ['old'], path: ['3'], stream: ['old'] })
    })
    expect(seen).toEqual({ subscribe: ['old', 'new'], state$: ['old', 'new'], path: ['3'], stream: ['old'] })
  })

  test('that join inside it see nothing of a batch that throws', () => {
    const store = createStore('old')
    const seen: string[] = []
    caught(() =>
      store.batch(() => {
        store.set('new')
        store.subscribe(noteStates(seen))
        throw new Error('batch')
      }),
    )
    store.set('next')
    expect(seen).toEqual(['old', 'next'])
  })

  test('may batch while they are told: that is one more version, told later', () => {
    const store = createStore(0)
    const seen: number[] = []
    store.subscribe(({ version }) => {
      if (version !== 1) return
      store.batch(() => {
        store.set(10)
        store.set(11)
      })
    })
    store.subscribe(noteStates(seen))
    store.set(1)
    expect(seen).toEqual([0, 1, 11])
    expect(store.snapshot.version).toBe(2)
  })

  test('that write while they join inside it take part in it', () => {
    const store = createStore(0)
    const seen: number[] = []
    store.subscribe(noteStates(seen))
    store.batch(() => {
      store.subscribe(({ version }) => {
        if (version === 0) store.set(5)
      })
      expect(store.state).toBe(5)
      expect(seen).toEqual([0])
    })
    expect(seen).toEqual([0, 5])
  })
})

describe('a batch whose work is async', () => {
  const rejections: unknown[] = []
  const note = (reason: unknown): void => void rejections.push(reason)
  beforeEach(() => {
    rejections.length = 0
    process.on('unhandledRejection', note)
  })
  afterEach(() => void process.off('unhandledRejection', note))

  test('is refused and rolled back, and its own rejection is taken care of', async () => {
    const store = createStore(0, { name: 'arm' })
    const before = store.snapshot
    expect(() =>
      // @ts-expect-error: the work of a batch is synchronous
      store.batch(async () => {
        store.set(1)
        throw new Error('unseen')
      }),
    ).toThrow(
      refusal(
        'BATCH_ASYNC',
        'The work of a batch on store "arm" returned a promise; it was rolled back. Await first and batch the writes afterwards, or use modify().',
      ),
    )
    expect(store.snapshot).toBe(before)
    await microtasks()
    expect(rejections).toEqual([])
    expect(store.metrics()).toMatchObject({ commits: 0, failedWrites: 1 })
  })
})

describe('destroy inside a batch', () => {
  test('refuses the batch; the state is the one from before it', () => {
    const store = createStore(0, { name: 'arm' })
    const seen: number[] = []
    const before = store.snapshot
    store.subscribe(noteVersions(seen))
    expect(() =>
      store.batch(() => {
        store.set(1)
        store.destroy()
      }),
    ).toThrow(
      refusal(
        'STORE_DESTROYED',
        'batch() on store "arm" was refused: the store is destroyed. Stop writing before destroy(), or create a new store.',
      ),
    )
    expect(store.snapshot).toBe(before)
    expect(seen).toEqual([0])
    expect(store.metrics().commits).toBe(0)
  })

  test('refuses the writes that follow in it', () => {
    const store = createStore(0)
    expect(() =>
      store.batch(() => {
        store.destroy()
        store.set(1)
      }),
    ).toThrow(refusal('STORE_DESTROYED'))
    expect(store.state).toBe(0)
  })
})
