import { describe, expect, test } from '@jest/globals'
import { expectTypeOf } from 'expect-type'
import {
  createMachineStore,
  createStore,
  isInitialized,
  type MachineStore,
  type QCoreCells,
  type QCoreContext,
  qCoreMachine,
  type Readable,
  type Snapshot,
  type StateOf,
  type Store,
} from '../../src/index.ts'

describe('Readable', () => {
  test('is what stores and machine stores are, without their writes', () => {
    expectTypeOf<Store<{ n: number }>>().toExtend<Readable<{ n: number }>>()
    expectTypeOf<MachineStore<QCoreContext, QCoreCells>>().toExtend<Readable<StateOf<typeof qCoreMachine>>>()
    expectTypeOf<Readable<number>>().not.toHaveProperty('set')
    expectTypeOf<Readable<number>>().not.toHaveProperty('destroy')
    expectTypeOf<Readable<{ n: number }>>().toExtend<Readable<unknown>>()
    const name = <S>(readable: Readable<S>): string => `${readable.name} ${readable.published.version}`
    expect(name(createStore(0))).toBe('store 0')
    expect(name(createMachineStore(qCoreMachine))).toBe('q-core 0')
  })
})

describe('published', () => {
  test('is the snapshot from before a batch as long as the batch runs', () => {
    const store = createStore(0)
    const before = store.snapshot
    store.batch(() => {
      const written = store.set(1)
      expect(store.snapshot).toBe(written)
      expect(store.published).toBe(before)
    })
    expect(store.published).toBe(store.snapshot)
    expect(store.published.state).toBe(1)
  })

  test('never is what a batch that throws had written', () => {
    const store = createStore(0)
    const seen: unknown[] = []
    const attempt = (): void =>
      store.batch(() => {
        store.set(1)
        seen.push(store.published.state)
        throw new Error('no')
      })
    expect(attempt).toThrow('no')
    expect([...seen, store.published.state]).toEqual([0, 0])
  })

  test('is what a subscriber that joins inside a batch is given first', () => {
    const store = createMachineStore(qCoreMachine)
    store.batch(() => {
      store.updateContext(() => {})
      const given: Snapshot<unknown>[] = []
      store.subscribe((snapshot) => void given.push(snapshot))
      expect(given).toEqual([store.published])
    })
  })

  test('has version -1 as long as a store has no state, and counts as a read', () => {
    const store = createStore<number>()
    expect(store.published).toMatchObject({ version: -1, state: undefined })
    store.initialize(3)
    if (isInitialized(store)) expect(store.published.state).toBe(3)
    expect(store.metrics().reads).toBeGreaterThanOrEqual(2)
  })
})

describe('closed', () => {
  test.each([
    ['a store', () => createStore(0)],
    ['a machine store', () => createMachineStore(qCoreMachine)],
  ])('tells of %s that it was destroyed, and what was newest stays readable', (_what, create) => {
    const store = create()
    expect(store.closed).toBe(false)
    const { published } = store
    store.destroy()
    expect(store.closed).toBe(true)
    expect(store.published).toBe(published)
  })
})
