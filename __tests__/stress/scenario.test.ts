import { describe, expect, test } from '@jest/globals'
import { defineScenario } from '../../src/stress/scenario.ts'

const whole = {
  name: 'my-scenario',
  group: 'own',
  goal: 'A goal.',
  method: 'A method.',
  thresholds: { size: { unit: 'MB', atMost: 3, about: 'Its size.' } },
  run: async () => {},
}

describe('defineScenario', () => {
  test('returns the scenario itself, frozen', () => {
    const scenario = { ...whole }
    expect(defineScenario(scenario)).toBe(scenario)
    expect(scenario).toBeFrozen()
  })

  test.each([
    [null, 'Expected "scenario" to be an object { name, group, goal, method, thresholds, run }, got null.'],
    [
      { name: 'My scenario' },
      'Expected "scenario.name" to be words in lower case, joined by hyphens, got "My scenario" (string).',
    ],
    [
      { group: undefined },
      'Expected "scenario.group" to be words in lower case, joined by hyphens, got undefined.',
    ],
    [{ goal: '' }, 'Expected "scenario.goal" to be a sentence, got "" (string).'],
    [{ method: 1 }, 'Expected "scenario.method" to be a sentence, got 1 (number).'],
    [{ run: 'now' }, 'Expected "scenario.run" to be a function, got "now" (string).'],
    [
      { thresholds: undefined },
      'Expected "scenario.thresholds" to be an object of thresholds by name, {} for none, got undefined.',
    ],
    [
      { thresholds: { size: { unit: 'MB', about: 'Its size.' } } },
      'Expected "scenario.thresholds.size" to be { unit, about } with atLeast, atMost or both, got an object.',
    ],
    [
      { thresholds: { size: { unit: 'MB', about: 'Its size.', atMost: Number.NaN } } },
      'Expected "scenario.thresholds.size" to be { unit, about } with atLeast, atMost or both, got an object.',
    ],
  ])('refuses %j', (part, sentence) => {
    // The cast stands for a caller without types.
    const scenario = (part === null ? null : { ...whole, ...part }) as typeof whole
    expect(() => defineScenario(scenario)).toThrow(sentence)
  })
})
