/** A state that no recipe, path or codec could walk is refused at every way in, and nothing is changed. */
import { describe, expect, jest, test } from '@jest/globals'
import { collection, createMachineStore, createStore, defineMachine, type Store } from '../../src/index.ts'
import { kernelOf } from '../../src/store/index.ts'

interface World {
  pose: { x: number }
  box?: unknown
}

const cyclic = (): unknown => {
  const box: { self?: unknown } = {}
  box.self = box
  return box
}

const deep = (): unknown => {
  let box: object = {}
  for (let level = 0; level < 100_000; level += 1) box = { box }
  return box
}

const ended = (): unknown => {
  let kept: unknown
  createStore<World>({ pose: { x: 1 } }).update((draft) => {
    kept = draft.pose
  })
  return kept
}

const UNFIT = [
  [
    'cyclic',
    cyclic,
    'leads back to itself at state.box.self. A state is a tree: keep ids instead of references.',
  ],
  [
    'deep',
    deep,
    'has more than 1000 levels at state.box.box.box.box.box.box.box.box.box.box.box.box…. Keep long chains as a list, or as a collection by id.',
  ],
  [
    'draft',
    ended,
    "holds an immer draft at state.box, whose recipe has ended or which lies inside something frozen. Copy it inside its recipe, with immer's current(draft).",
  ],
] as const

type Way = (store: Store<World>, box: unknown) => unknown

const WAYS: readonly (readonly [string, Way])[] = [
  ['set()', (store, box) => store.set({ ...store.state, box })],
  ['put()', (store, box) => store.put({ ...store.snapshot, version: 9, state: { ...store.state, box } })],
  [
    'update()',
    (store, box) =>
      store.update((draft) => {
        draft.box = box
      }),
  ],
  ['update()', (store, box) => store.update(() => ({ pose: { x: 1 }, box }))],
  ['set()', (store, box) => store.batch(() => store.set({ ...store.state, box }))],
  ['commit()', (store, box) => kernelOf<World>(store).commit((state) => ({ ...state, box }) as never)],
]

describe.each(UNFIT)('a %s state', (problem, make, what) => {
  test.each(WAYS)('is refused by %s, case %#', (operation, write) => {
    const store = createStore<World>({ pose: { x: 0 } }, { name: 'arm' })
    const before = store.snapshot
    const expected = { code: 'STATE_INVALID', details: expect.objectContaining({ problem, operation }) }
    expect(() => write(store, make())).toThrow(expect.objectContaining(expected))
    expect(store.snapshot).toBe(before)
    store.update((draft) => {
      draft.pose.x = 5
    })
    expect([store.snapshot.version, store.state]).toEqual([1, { pose: { x: 5 } }])
  })

  test('is refused with its path and what to do', () => {
    const store = createStore<World>({ pose: { x: 0 } }, { name: 'arm' })
    expect(() => store.set({ ...store.state, box: make() } as World)).toThrow(
      `set() on store "arm" was refused, and nothing was written: the value ${what}`,
    )
  })

  test('is refused as a first state, as a context, and as an entity', async () => {
    const refused = expect.objectContaining({ code: 'STATE_INVALID' })
    expect(() => createStore({ box: make() })).toThrow(refused)
    expect(() => createStore<World>().initialize({ pose: { x: 0 }, box: make() })).toThrow(refused)
    expect(() => collection([['a', { box: make() }]])).toThrow(refused)
    expect(() =>
      defineMachine({ id: 'm', initial: 'A', context: { box: make() }, states: { A: { description: '' } } }),
    ).toThrow(refused)
    const store = createStore<World>({ pose: { x: 0 } })
    await expect(store.modify(async (state) => ({ ...state, box: make() }) as World)).rejects.toEqual(refused)
  })

  test('is refused from a recipe of a machine', () => {
    const machine = defineMachine({
      id: 'door',
      initial: 'A',
      context: { box: null as unknown },
      types: {} as { events: { type: 'FILL'; box: unknown } },
      states: {
        A: {
          description: 'the only one',
          on: {
            FILL: {
              update: (draft, event) => {
                draft.box = event.box
              },
            },
          },
        },
      },
    })
    const store = createMachineStore(machine)
    const before = store.snapshot
    expect(() => store.send({ type: 'FILL', box: make() })).toThrow(
      expect.objectContaining({ code: 'STATE_INVALID' }),
    )
    expect(store.snapshot).toBe(before)
  })
})

describe('a draft that leaves its recipe while it runs', () => {
  class Selection {
    readonly of: unknown
    constructor(of: unknown) {
      this.of = of
    }
  }

  test('as the field of an instance that is not drafted, is what it stood for, or is refused with its path', () => {
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {})
    const store = createStore<World>({ pose: { x: 1 } })
    const other = createStore<World>({ pose: { x: 0 } })
    store.update((draft) => {
      draft.pose.x = 7
      other.set({ pose: { x: 1 }, box: new Selection(draft.pose) })
    })
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('state.box is an instance of Selection'))
    expect((other.state.box as Selection).of).toEqual({ x: 7 })
    const before = store.snapshot
    const keep = () =>
      store.update((draft) => {
        draft.box = new Selection(draft.pose)
      })
    expect(keep).toThrow(
      expect.objectContaining({
        code: 'STATE_INVALID',
        details: expect.objectContaining({ problem: 'draft', path: 'state.box.of' }),
      }),
    )
    expect(store.snapshot).toBe(before)
  })

  test('as the key of a Map, is refused with the path of the Map', () => {
    const store = createStore<World>({ pose: { x: 1 } })
    const other = createStore<World>({ pose: { x: 0 } })
    const before = other.snapshot
    store.update((draft) => {
      expect(() => other.set({ pose: { x: 1 }, box: new Map([[draft.pose, 1]]) })).toThrow(
        expect.objectContaining({
          code: 'STATE_INVALID',
          details: expect.objectContaining({
            problem: 'draft',
            path: expect.stringMatching(/^state\.box\./),
          }),
        }),
      )
    })
    expect(other.snapshot).toBe(before)
  })

  test('and has ended, as the field of an instance, is refused with its path', () => {
    let kept: unknown
    createStore<World>({ pose: { x: 1 } }).update((draft) => {
      kept = draft.pose
    })
    const store = createStore<World>({ pose: { x: 0 } })
    expect(() => store.set({ pose: { x: 1 }, box: new Selection(kept) })).toThrow(
      expect.objectContaining({
        code: 'STATE_INVALID',
        details: expect.objectContaining({ problem: 'draft', path: 'state.box.of' }),
      }),
    )
  })

  test.each<[string, (other: Store<World>, draft: object) => unknown]>([
    ['set', (other, box) => other.set({ pose: { x: 1 }, box })],
    ['put', (other, box) => other.put({ ...other.snapshot, state: { pose: { x: 1 }, box } })],
    [
      'update',
      (other, box) =>
        other.update((draft) => {
          draft.box = box
        }),
    ],
    [
      'update below something new',
      (other, box) =>
        other.update((draft) => {
          draft.box = [{ box }]
        }),
    ],
    ['batch', (other, box) => other.batch(() => other.set({ pose: { x: 1 }, box }))],
  ])('stays in another store as what it stood for, by %s', (_way, write) => {
    const [store, other] = [createStore<World>({ pose: { x: 1 } }), createStore<World>({ pose: { x: 0 } })]
    store.update((draft) => {
      draft.pose.x = 7
      write(other, draft.pose)
      draft.pose.x = 8
    })
    expect(JSON.stringify(other.state)).toContain('{"x":7}')
    expect(store.state.pose.x).toBe(8)
    other.update((draft) => {
      draft.pose.x = 3
    })
    expect(other.state.pose.x).toBe(3)
  })

  test('is refused in a wrapper that is frozen', () => {
    const [store, other] = [createStore<World>({ pose: { x: 1 } }), createStore<World>({ pose: { x: 0 } })]
    store.update((draft) => {
      const box = Object.freeze({ pose: draft.pose })
      const refused = expect.objectContaining({
        code: 'STATE_INVALID',
        details: expect.objectContaining({ problem: 'draft', path: 'state.box.pose' }),
      })
      expect(() => other.set({ pose: { x: 1 }, box })).toThrow(refused)
      expect(() =>
        other.update((inner) => {
          inner.box = box
        }),
      ).toThrow(refused)
    })
    expect(other.state).toEqual({ pose: { x: 0 } })
  })
})
