import { describe, expect, test } from '@jest/globals'
import { type Collection, collection } from '../../src/collection/index.ts'
import { createHistory } from '../../src/journal/index.ts'
import { createMachineStore, qCoreMachine } from '../../src/machine/index.ts'
import { createStore, kernelOf, type Store, type SubscriberFault } from '../../src/store/index.ts'

interface Page {
  title: string
  cursor: number
  list: { name: string; done: boolean }[]
}
const page = (options: object = {}): Store<Page> =>
  createStore<Page>(
    {
      title: '',
      cursor: 0,
      list: [
        { name: 'a', done: false },
        { name: 'b', done: false },
        { name: 'c', done: false },
      ],
    },
    options,
  )
const refusing = (): never => {
  throw new Error('no')
}
const me = { source: 'me' }
const other = { source: 'other' }
const titled = (store: Store<Page>, title: string, write: object = me): unknown =>
  store.update((draft) => void Object.assign(draft, { title }), write)

describe('createHistory', () => {
  test('commits the inverse of a step as a new version, with a reason of its own', () => {
    const store = page()
    const history = createHistory(store)
    titled(store, 'one')
    expect(history.undo()).toEqual({ handled: true, snapshot: store.snapshot })
    expect(store.snapshot).toMatchObject({ version: 2, reason: 'UNDO', state: { title: '' } })
    history.redo()
    expect(store.snapshot).toMatchObject({ version: 3, reason: 'REDO', state: { title: 'one' } })
  })

  test('writes as the source that it is of', () => {
    const store = page()
    const history = createHistory(store, me)
    titled(store, 'one')
    history.undo()
    expect(store.snapshot.source).toBe('me')
  })

  test('keeps what others have written, and the identity of what the step did not touch', () => {
    const store = page()
    const history = createHistory(store, me)
    titled(store, 'one')
    store.update((draft) => void draft.list.push({ name: 'd', done: true }), other)
    const { list } = store.state
    history.undo()
    expect(store.state).toMatchObject({ title: '', list: [{}, {}, {}, {}] })
    expect(store.state.list).toBe(list)
  })

  test('says that there is nothing to undo, and writes nothing', () => {
    const store = page()
    const history = createHistory(store)
    expect(history.undo()).toEqual({ handled: false, reason: 'empty', snapshot: store.snapshot })
    expect(history.redo()).toEqual({ handled: false, reason: 'empty', snapshot: store.snapshot })
    expect(store.snapshot.version).toBe(0)
  })

  test('knows nothing of what was written before it was made', () => {
    const store = page()
    titled(store, 'one')
    expect(createHistory(store).undo()).toMatchObject({ reason: 'empty' })
  })

  test('takes a batch for one step', () => {
    const store = page()
    const history = createHistory(store)
    store.batch(() => {
      titled(store, 'one')
      titled(store, 'two')
    })
    history.undo()
    expect(store.state.title).toBe('')
  })

  test('undoes put() and set() as it does update(), and the writes of machines', () => {
    const store = createStore({ n: 0 })
    const history = createHistory(store)
    store.put({ ...store.snapshot, version: 7, state: { n: 7 } })
    store.set({ n: 8 })
    history.undo()
    history.undo()
    expect(store.state).toEqual({ n: 0 })

    const robot = createMachineStore(qCoreMachine)
    const steps = createHistory(robot)
    robot.send('BOOT_COMPLETE')
    expect(steps.undo()).toMatchObject({ handled: true })
    expect(robot.current).toBe('BOOTING')
  })

  test('has no step that leads to a store without a state', () => {
    const store = createStore<{ n: number }>()
    const history = createHistory(store)
    store.initialize({ n: 0 })
    store.set({ n: 1 })
    expect([history.undo(), history.undo()]).toMatchObject([{ handled: true }, { reason: 'empty' }])
    expect(store.state).toEqual({ n: 0 })
  })

  test('keeps the newest steps up to its limit', () => {
    const store = createStore(0)
    const history = createHistory(store, { limit: 2 })
    for (const n of [1, 2, 3, 4]) store.set(n)
    expect(history.depth).toEqual({ undo: 2, redo: 0 })
    while (history.undo().handled);
    expect(store.state).toBe(2)
  })

  test('puts an entity of a collection back at its place', () => {
    const store = createStore<{ robots: Collection<number> }>({
      robots: collection([
        ['a', 1],
        ['b', 2],
        ['c', 3],
      ]),
    })
    const history = createHistory(store, me)
    store.update((draft) => void Object.assign(draft, { robots: draft.robots.remove('b') }), me)
    store.update((draft) => void Object.assign(draft, { robots: draft.robots.set('c', 9) }), other)
    expect(history.undo()).toMatchObject({ handled: true })
    expect([...store.state.robots]).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 9],
    ])
  })

  describe('where others have written', () => {
    test('refuses a step whose path they wrote, names the path, and keeps the step', () => {
      const store = page()
      const history = createHistory(store, me)
      titled(store, 'one')
      titled(store, 'theirs', other)
      expect(history.undo()).toEqual({
        handled: false,
        reason: 'conflict',
        paths: ['/title'],
        snapshot: store.snapshot,
      })
      expect([store.snapshot.version, store.state.title, history.depth.undo]).toEqual([2, 'theirs', 1])
    })

    test('refuses to write into a list whose items have moved, though the same may stand there', () => {
      const store = page()
      const history = createHistory(store, me)
      store.update((draft) => void Object.assign(draft.list[1] ?? {}, { done: true }), me)
      store.update((draft) => void draft.list.unshift({ name: 'z', done: true }), other)
      store.update((draft) => void Object.assign(draft.list[1] ?? {}, { done: true }), other)
      expect(history.undo()).toMatchObject({ reason: 'conflict', paths: ['/list/1/done'] })
    })

    test('counts what they have taken back themselves as not written', () => {
      const store = page()
      const history = createHistory(store, me)
      titled(store, 'one')
      titled(store, 'theirs', other)
      titled(store, 'one', other)
      expect(history.undo()).toMatchObject({ handled: true })
      expect(store.state.title).toBe('')
    })

    test('remembers between steps when it was written', () => {
      const store = page()
      const history = createHistory(store, me)
      titled(store, 'one')
      titled(store, 'theirs', other)
      titled(store, 'two')
      expect(history.undo()).toMatchObject({ handled: true })
      expect(store.state.title).toBe('theirs')
      expect(history.undo()).toMatchObject({ reason: 'conflict' })
    })

    test('refuses a redo likewise', () => {
      const store = page()
      const history = createHistory(store, me)
      titled(store, 'one')
      history.undo()
      titled(store, 'theirs', other)
      expect(history.redo()).toMatchObject({ reason: 'conflict', paths: ['/title'] })
      store.update((draft) => void Object.assign(draft, { cursor: 3 }), other)
      titled(store, '', other)
      expect(history.redo()).toMatchObject({ handled: true })
      expect(store.state).toMatchObject({ title: 'one', cursor: 3 })
    })

    test('overwrites where it may, also what they have removed', () => {
      const store = createStore<{ a?: { x: number }; b?: number }>({ a: { x: 0 } })
      const history = createHistory(store, { ...me, onConflict: 'overwrite' })
      store.set({ a: { x: 1 } }, me)
      store.set({ a: { x: 1 }, b: 1 }, me)
      store.set({ a: {} as { x: number } }, other)
      expect(history.undo()).toMatchObject({ handled: true }) // b is gone already
      expect(history.undo()).toMatchObject({ handled: true })
      expect(store.state).toEqual({ a: { x: 0 } })
    })

    test('cannot overwrite where what it leads into is gone', () => {
      const store = createStore<{ a?: { x: number } }>({ a: { x: 0 } })
      const history = createHistory(store, { ...me, onConflict: 'overwrite' })
      store.set({ a: { x: 1 } }, me)
      store.set({}, other)
      expect(history.undo()).toMatchObject({ handled: false, reason: 'conflict', paths: ['/a/x'] })
    })

    test('holds its bound however often it goes back and forth, and is careful then', () => {
      const store = page()
      const history = createHistory(store, { ...me, limit: 2 })
      titled(store, 'one')
      store.update((draft) => void Object.assign(draft, { cursor: 1 }), me)
      for (let n = 2; n < 50; n += 1) {
        store.update((draft) => void draft.list.push({ name: `${n}`, done: false }), other)
        expect(history[n % 2 === 0 ? 'undo' : 'redo']()).toMatchObject({ handled: true })
      }
      expect(history.undo()).toMatchObject({ handled: true })
      expect(store.state).toMatchObject({ title: 'one', cursor: 0 })
      expect(history.undo()).toMatchObject({ handled: true })
      expect(store.state).toMatchObject({ title: '', cursor: 0 })
    })
  })

  describe('with groups', () => {
    const options = {
      ...me,
      group: ({ reason }: { reason: string }) => (reason === 'TYPE' ? 'typing' : undefined),
    }
    const type = (store: Store<Page>, title: string) => titled(store, title, { ...me, reason: 'TYPE' })

    test('takes neighbours for one step, others between them or not', () => {
      const store = page()
      const history = createHistory(store, options)
      type(store, 'a')
      type(store, 'ab')
      store.update((draft) => void Object.assign(draft, { cursor: 2 }), other)
      type(store, 'abc')
      expect(history.depth.undo).toBe(1)
      history.undo()
      expect(store.state).toMatchObject({ title: '', cursor: 2 })
      history.redo()
      expect(store.state).toMatchObject({ title: 'abc', cursor: 2 })
    })

    test('ends a group with another step, with an undo, and takes no name for no group', () => {
      const store = page()
      const history = createHistory(store, options)
      type(store, 'a')
      titled(store, 'b')
      titled(store, 'c')
      type(store, 'd')
      expect(history.depth.undo).toBe(4)
      history.undo()
      type(store, 'e')
      type(store, 'f')
      expect(history.depth).toEqual({ undo: 4, redo: 0 })
    })

    test('ends a group in which others have written too often', () => {
      const store = createStore({ mine: 0, theirs: 0 })
      const history = createHistory(store, { ...me, group: () => 'all' })
      for (let n = 1; n <= 250; n += 1) {
        store.update((draft) => void Object.assign(draft, { mine: n }), me)
        store.update((draft) => void Object.assign(draft, { theirs: n }), other)
      }
      expect(history.depth.undo).toBe(3)
      while (history.undo().handled);
      expect(store.state).toEqual({ mine: 0, theirs: 250 })
    })
  })

  describe('whose functions fail', () => {
    test.each<[name: string, skip: () => unknown, message: string]>([
      ['throws', refusing, 'no'],
      ['is async', async () => true, 'Expected "skip" to be synchronous, got one that returned a promise.'],
    ])('takes a write for a step where skip %s, and reports it', (_, skip, message) => {
      const faults: SubscriberFault[] = []
      const store = createStore(0, { onFault: (fault) => void faults.push(fault) })
      const history = createHistory(store, { skip: skip as () => boolean })
      store.set(1)
      expect(history.depth.undo).toBe(1)
      expect(faults).toMatchObject([
        { subscriberId: 'history', phase: 'kernel', version: 1, error: { message } },
      ])
    })

    test('takes a write for a step of its own where group throws', () => {
      const store = createStore(0, { onFault: () => {} })
      const history = createHistory(store, {
        group: refusing,
      })
      store.set(1)
      store.set(2)
      expect(history.depth.undo).toBe(2)
    })
  })

  describe('when it is called from foreign code', () => {
    test('is refused inside a batch, and inside a recipe', () => {
      const store = page({ name: 'page' })
      const history = createHistory(store)
      titled(store, 'one')
      expect(() => store.batch(() => history.undo())).toThrow(
        'undo() was called inside a batch on store "page"',
      )
      expect(() => store.update(() => void history.redo())).not.toThrow()
      expect(() => store.update(() => void history.undo())).toThrow('undo() was called inside a recipe')
      expect([store.state.title, history.depth.undo]).toEqual(['one', 1])
    })

    test('keeps the step where the write is refused', () => {
      const store = page()
      const history = createHistory(store)
      titled(store, 'one')
      const open = kernelOf<Page>(store).guard(() => {
        throw new Error('closed')
      })
      expect(() => history.undo()).toThrow('closed')
      open()
      expect(history.undo()).toMatchObject({ handled: true })
      expect(history.depth).toEqual({ undo: 0, redo: 1 })
    })

    test('takes one step a call from subscribers too, of what has been told', () => {
      const store = createStore(0)
      const history = createHistory(store)
      const seen: number[] = []
      store.subscribe(({ state, reason }) => {
        seen.push(state)
        if (reason === 'GO') history.undo()
      })
      store.set(1)
      store.set(2, { reason: 'GO' })
      expect(seen).toEqual([0, 1, 2, 1])
      expect(history.depth).toEqual({ undo: 1, redo: 1 })
      history.redo()
      expect(store.state).toBe(2)
    })

    test('counts what was written in the same callback as another writer does', () => {
      const store = createStore({ a: 0, b: 0 })
      const history = createHistory(store)
      store.subscribe(({ reason }) => {
        if (reason !== 'GO') return
        store.update((draft) => void Object.assign(draft, { b: 1 }))
        history.undo()
      })
      store.update((draft) => void Object.assign(draft, { a: 1 }), { reason: 'GO' })
      expect(store.state).toEqual({ a: 0, b: 1 })
      expect(history.depth).toEqual({ undo: 0, redo: 1 })
    })

    test('undoes further from a follower that is told ahead of it', () => {
      const store = createStore(0)
      let rest = 1
      kernelOf<number>(store).follow(
        {
          next({ snapshot }) {
            if (snapshot.reason === 'UNDO' && rest-- > 0) history.undo()
          },
          complete() {},
        },
        { place: 'before' },
      )
      const history = createHistory(store)
      store.set(1)
      store.set(2)
      history.undo()
      expect([store.state, history.depth]).toEqual([0, { undo: 0, redo: 2 }])
      store.set(5)
      expect(history.depth).toEqual({ undo: 1, redo: 0 })
    })
  })

  describe('changes$', () => {
    test('tells each change of depth, and completes with the store', () => {
      const store = createStore(0)
      const history = createHistory(store, { group: ({ reason }) => reason })
      const seen: unknown[] = []
      history.changes$.subscribe({
        next: () => seen.push(history.depth),
        complete: () => seen.push('complete'),
      })
      store.set(1)
      store.set(2) // joins the step
      history.undo()
      store.set(3)
      store.destroy()
      expect(seen).toEqual([{ undo: 1, redo: 0 }, { undo: 0, redo: 1 }, { undo: 1, redo: 0 }, 'complete'])
    })

    test('reports what a follower throws', () => {
      const faults: SubscriberFault[] = []
      const store = createStore(0, { onFault: (fault) => void faults.push(fault) })
      const history = createHistory(store)
      history.changes$.subscribe(() => {
        throw new Error('mine')
      })
      store.set(1)
      expect(faults).toMatchObject([{ subscriberId: 'changes$', error: { message: 'mine' } }])
      expect(history.undo()).toMatchObject({ handled: true })
    })
  })

  test('forgets everything, and follows nothing, when it is disposed', () => {
    const store = createStore(0)
    const history = createHistory(store)
    store.set(1)
    let ended = 0
    history.changes$.subscribe({ complete: () => (ended += 1) })
    history[Symbol.dispose]()
    history.dispose()
    store.set(2)
    expect([history.depth, history.canUndo, history.canRedo, ended]).toEqual([
      { undo: 0, redo: 0 },
      false,
      false,
      1,
    ])
    expect(history.undo()).toMatchObject({ reason: 'empty' })
  })

  test.each([
    [{ limit: 0 }, 'Expected "limit" to be an integer from 1, got 0 (number).'],
    [{ onConflict: 'ignore' }, 'Expected "onConflict" to be "refuse" or "overwrite", got "ignore" (string).'],
  ])('refuses %j', (options, message) => {
    expect(() => createHistory(createStore(0), options as object)).toThrow(message)
  })
})
