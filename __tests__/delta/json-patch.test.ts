/** The public test suite of JSON Patch, https://github.com/json-patch/json-patch-tests, on frozen documents. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { applyDelta, type Delta, diff, invert } from '../../src/delta/index.ts'
import { isHeadgateError } from '../../src/kit/index.ts'

const FOLDER = join(import.meta.dirname, '../../../shared/cases/json-patch')

interface Case {
  readonly comment?: string
  readonly doc: unknown
  readonly patch: Delta
  readonly expected?: unknown
  readonly error?: string
  readonly disabled?: boolean
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work()
  } catch (error) {
    return isHeadgateError(error) ? error.code : String(error)
  }
  return undefined
}

function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value
  Object.values(value).forEach(frozen)
  return Object.freeze(value)
}

describe('the public suite of JSON Patch', () => {
  if (!existsSync(FOLDER)) {
    test.skip('runs when shared/cases/json-patch lies beside the project; it does not', () => {})
    return
  }
  const cases = ['tests.json', 'spec_tests.json']
    .flatMap((file) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Case[])
    .filter(({ patch, disabled }) => patch !== undefined && disabled !== true)

  test('has 108 cases', () => {
    expect(cases).toHaveLength(108)
  })

  test.each(cases.map((each, at) => [`${at} ${each.comment ?? each.error ?? ''}`, each] as const))(
    '%s',
    (_, { doc, patch, expected, error }) => {
      const text = JSON.stringify(doc)
      const state = frozen(doc)
      if (error !== undefined) {
        expect(codeOf(() => applyDelta(state, patch))).toBe('DELTA_INVALID')
      } else {
        const made = applyDelta(state, frozen(patch))
        if (expected !== undefined) expect(made).toEqual(expected)
        expect(applyDelta(state, diff(state, made))).toEqual(made)
        expect(applyDelta(made, invert(state, patch))).toEqual(doc)
      }
      expect(JSON.stringify(doc)).toBe(text)
    },
  )
})
