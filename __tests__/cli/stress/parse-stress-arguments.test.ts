import { describe, expect, test } from '@jest/globals'
import { parseStressArguments } from '../../../src/cli/stress/parse-stress-arguments.ts'
import { UsageError } from '../../../src/cli/usage-error.ts'

const read = (line: string, environment: Record<string, string> = {}) =>
  parseStressArguments(
    line.split(' ').filter((word) => word !== ''),
    environment,
  )

/** The sentence with which a call is refused. */
function refusal(line: string, environment?: Record<string, string>): string {
  try {
    read(line, environment)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  throw new Error(`"${line}" was not refused.`)
}

const DEFAULTS = {
  help: false,
  list: false,
  names: [],
  profile: 'quick',
  durationMs: undefined,
  scale: undefined,
  seed: undefined,
  timeoutMs: undefined,
  store: undefined,
  report: undefined,
  json: undefined,
  baseline: undefined,
}

const GIVEN = {
  profile: 'full',
  durationMs: 2_500,
  scale: 0.5,
  seed: 7,
  timeoutMs: 60_000,
  store: 'mine.mjs',
  report: 'r.html',
  json: 'r.json',
  baseline: 'old.json',
}

const VARIABLES = {
  HEADGATE_STRESS_PROFILE: 'full',
  HEADGATE_STRESS_DURATION: '2.5',
  HEADGATE_STRESS_SCALE: '0.5',
  HEADGATE_STRESS_SEED: '7',
  HEADGATE_STRESS_TIMEOUT: '60',
  HEADGATE_STRESS_STORE: 'mine.mjs',
  HEADGATE_STRESS_REPORT: 'r.html',
  HEADGATE_STRESS_JSON: 'r.json',
  HEADGATE_STRESS_BASELINE: 'old.json',
}

describe('parseStressArguments', () => {
  test('asks for all scenarios of the quick profile where nothing is said', () => {
    expect(read('')).toEqual(DEFAULTS)
  })

  test('reads every option of the command line', () => {
    const line =
      'memory throughput --profile full --duration 2.5 --scale 0.5 --seed 7 --timeout 60 --store mine.mjs --report r.html --json r.json --baseline old.json --list -h'
    expect(read(line)).toEqual({ ...GIVEN, names: ['memory', 'throughput'], list: true, help: true })
  })

  test('reads every option of the environment', () => {
    expect(read('', VARIABLES)).toEqual({ ...DEFAULTS, ...GIVEN })
    expect(read('', { HEADGATE_STRESS_LIST: '1' }).list).toBe(true)
    expect(read('', { HEADGATE_STRESS_LIST: 'false' }).list).toBe(false)
  })

  test('takes each option from the command line before the environment, even where that one is bad', () => {
    const bad = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, 'bad']))
    const line =
      '--profile full --duration 2.5 --scale 0.5 --seed 7 --timeout 60 --store mine.mjs --report r.html --json r.json --baseline old.json'
    expect(read(line, bad)).toMatchObject(GIVEN)
    expect(read('--list', { HEADGATE_STRESS_LIST: 'bad' }).list).toBe(true)
  })

  test('takes an empty variable as one that is not there', () => {
    const empty = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, '']))
    expect(read('', empty)).toEqual(DEFAULTS)
  })

  test.each([
    ['--bogus', "Unknown option '--bogus'."],
    ['--seed', "Option '--seed <value>' argument missing."],
    ['--profile slow', 'Expected --profile to be one of quick, ci, full, soak, got "slow".'],
    ['--profile toString', 'Expected --profile to be one of quick, ci, full, soak, got "toString".'],
    [
      '--duration 0',
      'Expected --duration to be a number of seconds greater than 0 and up to 1209600, got "0".',
    ],
    [
      '--duration 1209601',
      'Expected --duration to be a number of seconds greater than 0 and up to 1209600, got "1209601".',
    ],
    [
      '--timeout 1h',
      'Expected --timeout to be a number of seconds greater than 0 and up to 1209600, got "1h".',
    ],
    ['--scale -1', 'Expected --scale to be a number greater than 0, got "-1".'],
    ['--seed -7', 'Expected --seed to be an integer from 0, got "-7".'],
    ['--scale 0', 'Expected --scale to be a number greater than 0, got "0".'],
    ['--scale Infinity', 'Expected --scale to be a number greater than 0, got "Infinity".'],
    ['--scale=', 'Expected --scale to be a number greater than 0, got "".'],
    ['--seed 1.5', 'Expected --seed to be an integer from 0, got "1.5".'],
    ['--seed=-1', 'Expected --seed to be an integer from 0, got "-1".'],
    ['--report=', 'Expected --report to be a path, got "".'],
  ])('refuses %s in one sentence', (line, sentence) => {
    expect(refusal(line)).toBe(sentence)
  })

  test.each([
    ['PROFILE', 'slow', 'one of quick, ci, full, soak'],
    ['DURATION', '-1', 'a number of seconds greater than 0 and up to 1209600'],
    ['SCALE', 'x', 'a number greater than 0'],
    ['SEED', '1e3', 'an integer from 0'],
    ['TIMEOUT', '0', 'a number of seconds greater than 0 and up to 1209600'],
    ['LIST', 'maybe', '1, true, 0 or false'],
  ])('names HEADGATE_STRESS_%s where a bad value came from there', (name, value, expected) => {
    const variable = `HEADGATE_STRESS_${name}`
    expect(refusal('', { [variable]: value })).toBe(`Expected ${variable} to be ${expected}, got "${value}".`)
  })
})
