import { describe, expect, test } from '@jest/globals'
import { parseRunArguments } from '../../src/cli/parse-run-arguments.ts'
import { UsageError } from '../../src/cli/usage-error.ts'

const read = (line: string) => parseRunArguments(line.split(' ').filter((word) => word !== ''))
/** The sentence with which a line is refused. */
function refusal(line: string): string {
  try {
    read(line)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  throw new Error(`"${line}" was not refused.`)
}

const labels = (line: string) => read(line).subscribers.map(({ id, policy }) => [id, policy.kind])

describe('parseRunArguments', () => {
  test('asks for the demonstration where nothing is said', () => {
    expect(read('')).toEqual({
      help: false,
      module: undefined,
      events: undefined,
      speed: undefined,
      seed: undefined,
      subscribers: [],
      json: false,
      strict: false,
    })
  })

  test.each([
    ['m.js --inspect', { inspect: 0, module: 'm.js' }],
    ['--inspect 8080 m.js', { inspect: 8_080, module: 'm.js' }],
    ['--inspect m.js', { inspect: 0, module: 'm.js' }],
    ['--inspect=8080', { inspect: 8_080, module: undefined }],
  ])('reads in "%s" whether there is an inspector, and where', (line, expected) => {
    expect(read(line)).toMatchObject(expected)
  })

  test('refuses a port that is none', () => {
    expect(refusal('--inspect=99999')).toBe('Expected --inspect to be a port from 0 to 65535, got "99999".')
  })

  test('reads every option', () => {
    expect(read('m.js --events - --speed 0.5 --seed 7 --json --strict --help')).toMatchObject({
      module: 'm.js',
      events: '-',
      speed: 0.5,
      seed: 7,
      json: true,
      strict: true,
      help: true,
    })
    expect(read('--speed max').speed).toBe('max')
  })

  test('reads subscribers with their policies', () => {
    const [subscriber] = read('--subscriber log=buffer:8:drop-incoming').subscribers
    expect(subscriber).toMatchObject({
      id: 'log',
      policy: { kind: 'buffer', capacity: 8, overflow: 'drop-incoming' },
    })
  })

  test('takes the words behind a subscriber that look like one as subscribers too', () => {
    expect(labels('--subscriber a=latest b=direct m.js --json --subscriber c=buffer d=latest')).toEqual([
      ['a', 'latest'],
      ['b', 'direct'],
      ['c', 'buffer'],
      ['d', 'latest'],
    ])
    expect(read('--subscriber a=latest b=direct m.js').module).toBe('m.js')
  })

  test('takes a path with an equals sign as the module', () => {
    expect(read('--subscriber a=latest ./b=c.js').module).toBe('./b=c.js')
    expect(read('b=c.js').module).toBe('b=c.js')
  })

  test.each([
    ['--bogus', "Unknown option '--bogus'."],
    ['--events', "Option '--events <value>' argument missing."],
    ['a.js b.js', 'Expected one MODULE, got 2: a.js, b.js.'],
    ['--speed fast', 'Expected --speed to be "max" or a number greater than 0, got "fast".'],
    ['--speed 0', 'Expected --speed to be "max" or a number greater than 0, got "0".'],
    ['--speed=', 'Expected --speed to be "max" or a number greater than 0, got "".'],
    ['--speed Infinity', 'Expected --speed to be "max" or a number greater than 0, got "Infinity".'],
    ['--seed 1.5', 'Expected --seed to be an integer from 0, got "1.5".'],
    ['--subscriber log', 'Expected --subscriber ID=POLICY, such as log=buffer:64, got "log".'],
    ['--subscriber =latest', 'Expected --subscriber ID=POLICY, such as log=buffer:64, got "=latest".'],
    ['--subscriber a=latest a=direct', '--subscriber names "a" twice.'],
  ])('refuses %s in one sentence', (line, sentence) => {
    expect(refusal(line)).toBe(sentence)
  })

  test('refuses an unknown policy with the word that was given', () => {
    expect(refusal('--subscriber log=lossy')).toMatch(/^--subscriber log=lossy: Expected .*"lossy"/)
  })
})
