/** Two writers, one of whom undoes and redoes: his steps come and go, what the other wrote stays. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createHistory } from '../../src/journal/index.ts'
import { createStore } from '../../src/store/index.ts'
import { runs } from '../support/runs.ts'

type Key = 'a' | 'b' | 'c'
type Action =
  | { readonly kind: 'mine' | 'theirs'; readonly key: Key; readonly value: number }
  | { readonly kind: 'undo' | 'redo' }

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('mine' as const, 'theirs' as const),
    key: fc.constantFrom<Key>('a', 'b', 'c'),
    value: fc.nat(3),
  }),
  fc.record({ kind: fc.constantFrom('undo' as const, 'redo' as const) }),
)

interface ModelStep {
  readonly key: Key
  readonly before: number
  readonly after: number
}

/** Steps by hand: what each wrote, and nothing of when. */
class Model {
  readonly undo: ModelStep[] = []
  readonly redo: ModelStep[] = []

  moved(back: boolean): void {
    const [from, to] = back ? [this.undo, this.redo] : [this.redo, this.undo]
    to.push(from.pop() as ModelStep)
  }
}

describe('a history of one source beside another', () => {
  test('changes what its step wrote, to what was there, or nothing at all', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        const store = createStore({ a: 0, b: 0, c: 0 })
        const history = createHistory(store, { source: 'mine', limit: 1_000 })
        const model = new Model()
        for (const one of actions) {
          const before = store.state
          if (one.kind === 'mine' || one.kind === 'theirs') {
            const { kind, key, value } = one
            store.set({ ...before, [key]: value }, { source: kind })
            if (kind === 'mine' && value !== before[key]) {
              model.undo.push({ key, before: before[key], after: value })
              model.redo.length = 0
            } else if (kind === 'mine') {
              // A write of the same values is a version, and a step that changes nothing.
              model.undo.push({ key, before: value, after: value })
              model.redo.length = 0
            }
            continue
          }
          const back = one.kind === 'undo'
          const step = (back ? model.undo : model.redo).at(-1)
          const result = history[one.kind]()
          if (!result.handled) {
            expect(store.state).toBe(before)
            expect(result.reason).toBe(step === undefined ? 'empty' : 'conflict')
            if (step !== undefined) expect(result.paths).toEqual([`/${step.key}`])
            continue
          }
          expect(step).toBeDefined()
          const { key, before: old, after } = step as ModelStep
          expect(before[key]).toBe(old === after ? before[key] : back ? after : old)
          expect(store.state).toEqual(old === after ? before : { ...before, [key]: back ? old : after })
          model.moved(back)
        }
        expect(history.depth).toEqual({ undo: model.undo.length, redo: model.redo.length })
      }),
      { numRuns: runs(300) },
    )
  })

  test('leads back to where it began, and forth again, where nobody else writes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat(9), { maxLength: 6 }), { minLength: 1, maxLength: 20 }),
        (states) => {
          const store = createStore<readonly number[]>([])
          const history = createHistory(store)
          for (const state of states) store.set([...state])
          while (history.undo().handled);
          expect(store.state).toEqual([])
          while (history.redo().handled);
          expect(store.state).toEqual(states.at(-1))
        },
      ),
      { numRuns: runs(200) },
    )
  })
})
