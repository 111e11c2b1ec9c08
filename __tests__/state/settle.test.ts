import { describe, expect, jest, test } from '@jest/globals'
import { createDraft, finishDraft, freeze, immerable, isDraft, produce } from 'immer'
import { collection } from '../../src/collection/index.ts'
import { STATE_DEPTH_MAX, settle, UnfitState } from '../../src/state/index.ts'
import { isDeeplyFrozen } from '../store/support.ts'

interface Chain {
  next: Chain | null
}

/** A chain of objects with so many levels. */
function chain(levels: number): Chain {
  let state: Chain = { next: null }
  for (let level = 1; level < levels; level += 1) state = { next: state }
  return state
}

function refused(work: () => unknown): { problem: string; path: string } {
  try {
    work()
  } catch (error) {
    if (error instanceof UnfitState) return { problem: error.problem, path: error.path.join('.') }
    throw error
  }
  throw new Error('it was not refused')
}

class Robot {
  readonly [immerable] = true
  pose = { x: 0 }
}

describe('settle', () => {
  test.each([
    ['primitives', { a: 1, b: 'x', c: null, d: undefined }],
    ['frozen values', { a: Object.freeze({ b: 1 }), f: () => 1 }],
    ['something in a frozen part', { a: Object.freeze({ b: { c: 1 } }) }],
    ['an object inside', { a: 1, b: { c: 2 } }],
    ['an array inside', { a: [1, { b: 2 }] }],
    ['an array', [1, { b: 2 }]],
    ['an array of arrays of objects', { a: [[{ b: 1 }], [], [[{ c: [1] }]]] }],
    ['a Map', new Map([['a', { b: 1 }]])],
    ['a Map and a Set below an array', { a: [new Map([['a', { b: 1 }]]), new Set([{ c: 1 }])] }],
    ['no prototype', Object.assign(Object.create(null), { a: { b: 1 } })],
    ['a class that immer drafts', { robot: new Robot() }],
  ])('freezes all of a state with %s, in place', (_what, state: unknown) => {
    expect(settle(state, undefined)).toBe(state)
    expect(isDeeplyFrozen(state)).toBe(true)
  })

  test('leaves instances of other classes as they are, and what surrounds them frozen', () => {
    const at = new Date(0)
    const state = settle({ at, n: 1 }, undefined)
    expect(state).toBeFrozen()
    expect(at).not.toBeFrozen()
  })

  test('does not enter what was there before at its place', () => {
    const kept = { inner: { n: 1 } } // never settled: who enters it would freeze it
    const previous = { kept, list: [kept], map: new Map([['a', kept]]) }
    settle({ kept, list: [kept, 1], map: new Map([['a', kept]]) }, previous)
    expect(kept.inner).not.toBeFrozen()
  })

  test('does not look into a collection: what is in it is settled already', () => {
    const robots = collection(Array.from({ length: 100 }, (_, n): [string, object] => [`r${n}`, { n }]))
    const frozen = jest.spyOn(Object, 'freeze')
    settle({ a: { robots } }, undefined)
    expect(frozen).toHaveBeenCalledTimes(2)
    frozen.mockRestore()
  })

  test('only looks where nothing is to be frozen', () => {
    const state = { a: { b: [1] } }
    expect(settle(state, undefined, false)).toBe(state)
    expect([state, state.a, state.a.b].some(Object.isFrozen)).toBe(false)
  })

  test('walks a part that stands in many places a few times, not once for each way to it', () => {
    let reads = 0
    let shared: object = { leaf: 1 }
    for (let level = 0; level < 40; level += 1) {
      const inner = shared
      shared = {
        get left() {
          reads += 1
          return inner
        },
        right: inner,
      }
    }
    settle(shared, undefined)
    expect(reads).toBeLessThan(1_000)
  })
})

describe('what settle refuses, with its path', () => {
  test('is what leads back to itself', () => {
    const state: { list: unknown[]; map: Map<string, unknown>; deep?: unknown } = { list: [], map: new Map() }
    state.deep = { er: { self: state } }
    expect(refused(() => settle(state, undefined))).toEqual({ problem: 'cyclic', path: 'deep.er.self' })
    const list: unknown[] = [1]
    list.push({ list })
    expect(refused(() => settle({ list }, undefined))).toEqual({ problem: 'cyclic', path: 'list.1.list' })
    const map = new Map<string, unknown>()
    map.set('me', map)
    expect(refused(() => settle({ map }, undefined))).toEqual({ problem: 'cyclic', path: 'map.me' })
    const set = new Set<unknown>()
    set.add({ set })
    expect(refused(() => settle({ set }, undefined))).toEqual({ problem: 'cyclic', path: 'set.0.set' })
  })

  test('is what has more than 1 000 levels, also where it is frozen', () => {
    expect(settle(chain(STATE_DEPTH_MAX), undefined)).toBeFrozen()
    const { problem, path } = refused(() => settle({ list: [chain(100_000)] }, undefined))
    expect([problem, path.slice(0, 21)]).toEqual(['deep', 'list.0.next.next.next'])
    let frozen: Chain = Object.freeze({ next: null })
    for (let level = 0; level < 2_000; level += 1) frozen = Object.freeze({ next: frozen })
    expect(refused(() => settle(frozen, undefined)).problem).toBe('deep')
  })

  test('is a draft whose recipe has ended', () => {
    let kept: unknown
    produce({ pose: { x: 1 } }, (draft) => {
      kept = draft.pose
    })
    expect(refused(() => settle({ a: [kept] }, undefined))).toEqual({ problem: 'draft', path: 'a.0' })
    expect(refused(() => settle({ a: Object.freeze({ kept }) }, undefined))).toEqual({
      problem: 'draft',
      path: 'a.kept',
    })
  })

  test.each([
    ['array', (pose: object) => [pose]],
    ['Map', (pose: object) => new Map([[0, pose]])],
    ['Set', (pose: object) => new Set([pose])],
  ])('is a draft inside a frozen %s, where it cannot be replaced', (_name, boxOf) => {
    const draft = createDraft({ pose: { x: 1 } })
    expect(refused(() => settle({ fine: draft, box: freeze(boxOf(draft.pose)) }, undefined))).toEqual({
      problem: 'draft',
      path: 'box.0',
    })
  })
})

describe('a draft whose recipe still runs', () => {
  test('is replaced by what it stands for, wherever it is', () => {
    const draft = createDraft({ pose: { x: 1 }, log: [1] })
    draft.pose.x = 7
    const state = {
      pose: draft.pose as unknown,
      list: [draft.log as unknown],
      map: new Map<string, unknown>([['a', draft.pose]]),
      set: new Set<unknown>([draft.pose]),
    }
    settle(state, undefined)
    finishDraft(draft)
    expect(state).toEqual({
      pose: { x: 7 },
      list: [[1]],
      map: new Map([['a', { x: 7 }]]),
      set: new Set([{ x: 7 }]),
    })
    expect(isDeeplyFrozen(state)).toBe(true)
  })

  test('as a whole state is what it stands for', () => {
    const draft = createDraft({ pose: { x: 1 } })
    const state = settle(draft, undefined)
    expect([isDraft(state), state]).toEqual([false, { pose: { x: 1 } }])
  })
})
