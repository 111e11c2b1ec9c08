import { describe, expect, jest, test } from '@jest/globals'
import { checkKeys } from '../../src/kit/index.ts'

interface Options {
  policy?: string
  replay?: boolean
  onDrop?: () => void
  ms?: number
}

const KNOWN = { policy: true, replay: true, onDrop: true, ms: true } as const
const check = (options: object | undefined) => () => checkKeys<Options>(options, KNOWN, 'subscribe()')

describe('checkKeys', () => {
  test.each([[undefined], [{}], [{ policy: 'latest', ms: undefined }]])('lets %p pass', (options) => {
    expect(check(options)).not.toThrow()
  })

  test.each([
    ['polcy', 'policy'],
    ['POLICY', 'policy'],
    ['polciy', 'policy'],
    ['ondrop', 'onDrop'],
    ['mss', 'ms'],
    ['replays', 'replay'],
  ])('takes "%s" to mean "%s"', (option, meant) => {
    expect(check({ [option]: 1 })).toThrow(`subscribe() has no option "${option}". Did you mean "${meant}"?`)
  })

  test('lists what there is where no name is near', () => {
    expect(check({ context: 1 })).toThrow(
      'subscribe() has no option "context". It takes: policy, replay, onDrop, ms.',
    )
  })

  test('knows no names of Object.prototype', () => {
    expect(check({ constructor: 1 })).toThrow('subscribe() has no option "constructor".')
    expect(check(JSON.parse('{ "__proto__": 1 }'))).toThrow('subscribe() has no option "__proto__".')
  })

  test('refuses a name whose value is undefined, too', () => {
    expect(check({ polcy: undefined })).toThrow('Did you mean "policy"?')
  })

  test.each([
    [null, 'null'],
    ['latest', '"latest" (string)'],
  ])('refuses %p, which is no object', (options, received) => {
    expect(check(options as unknown as object)).toThrow(
      `Expected "options of subscribe()" to be an object, got ${received}.`,
    )
  })

  test('checks nothing in production', async () => {
    const before = process.env.NODE_ENV
    process.env.NODE_ENV = 'production'
    jest.resetModules()
    try {
      const production = await import('../../src/kit/index.ts')
      expect(() => production.checkKeys<Options>({ polcy: 1 } as object, KNOWN, 'subscribe()')).not.toThrow()
    } finally {
      process.env.NODE_ENV = before
    }
  })
})
