import { describe, expect, test } from '@jest/globals'
import { Verdict } from '../../src/stress/verdict.ts'

describe('Verdict', () => {
  test('makes one line of a fact that is checked again: it must hold every time', () => {
    const verdict = new Verdict({})
    verdict.check('always', true, 'first')
    verdict.check('always', true, 'last')
    verdict.check('mostly', true, 'good')
    verdict.check('mostly', false, 'bad')
    verdict.check('mostly', true, 'good again')
    verdict.check('mostly', false, 'worse')
    expect(verdict.checks).toEqual([
      { fact: 'always', outcome: 'passed', detail: 'last' },
      { fact: 'mostly', outcome: 'failed', detail: 'bad' },
    ])
    expect(verdict.failures()).toEqual(['Not so: mostly (bad).'])
  })

  test('lets a skip hide nothing', () => {
    const verdict = new Verdict({})
    verdict.check('known', false, 'seen')
    verdict.skip('known', 'cannot tell')
    verdict.skip('unknown', 'cannot tell')
    verdict.check('unknown', true, 'seen')
    expect(verdict.checks.map(({ outcome }) => outcome)).toEqual(['failed', 'passed'])
  })

  test('says why nothing was tested, and nothing where something was', () => {
    const verdict = new Verdict({ range: { unit: '%', atLeast: 1, about: 'A range.' } })
    expect(verdict.skipped()).toBeUndefined()
    verdict.skip('one', 'no server')
    verdict.skip('another', 'no server')
    verdict.skip('third', 'no time')
    expect(verdict.skipped()).toBe('no server; no time')
    verdict.threshold('range', 2)
    expect(verdict.skipped()).toBeUndefined()
  })

  test('has tested something where one fact was checked', () => {
    const verdict = new Verdict({})
    verdict.skip('one', 'no server')
    verdict.check('another', true)
    expect(verdict.skipped()).toBeUndefined()
  })

  test('takes limits as inclusive', () => {
    const verdict = new Verdict({ range: { unit: '%', atLeast: 1, atMost: 2, about: 'A range.' } })
    const passes = (value: number): boolean | undefined => {
      verdict.threshold('range', value)
      return verdict.thresholds[0]?.passed
    }
    expect([0.999, 1, 2, 2.001, Number.POSITIVE_INFINITY].map(passes)).toEqual([
      false,
      true,
      true,
      false,
      false,
    ])
    expect(verdict.thresholds).toHaveLength(1)
  })
})
