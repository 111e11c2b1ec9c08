import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { diff } from '../../../src/delta/index.ts'
import { applyOps, type Op } from '../../../src/inspector/page/apply-ops.ts'
import { runs } from '../../support/runs.ts'

const plain = fc.jsonValue({ maxDepth: 3 })

describe('applyOps', () => {
  test('makes of any state what its delta leads to, and leaves the state alone', () => {
    fc.assert(
      fc.property(plain, plain, (from, to) => {
        const before = JSON.stringify(from)
        expect(applyOps(from, diff(from, to) as readonly Op[])).toEqual(to)
        expect(JSON.stringify(from)).toBe(before)
      }),
      { numRuns: runs(200) },
    )
  })

  test('keeps branches that are not touched', () => {
    const state = { a: { x: 1 }, b: [{ y: 1 }, { y: 2 }] }
    const next = applyOps(state, [{ op: 'replace', path: '/b/1/y', value: 3 }]) as typeof state
    expect(next).toEqual({ a: { x: 1 }, b: [{ y: 1 }, { y: 3 }] })
    expect(next.a).toBe(state.a)
    expect(next.b[0]).toBe(state.b[0])
  })

  test('takes __proto__ for a key', () => {
    const next = applyOps({}, [{ op: 'add', path: '/__proto__', value: { polluted: 1 } }]) as object
    expect(Object.keys(next)).toEqual(['__proto__'])
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})
