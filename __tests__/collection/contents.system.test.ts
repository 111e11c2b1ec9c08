import { deepEqual, deepStrictEqual, notDeepStrictEqual } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { buildSync } from 'esbuild'
import { type Collection, collection } from '../../src/collection/index.ts'

const HINT = 'a collection: send its toJSON(), and give that to collection()'
const robots = (battery: number): Collection<{ battery: number }> =>
  collection([
    ['r1', { battery }],
    ['r2', { battery: 2 }],
  ])
/** The same entries, by another history. */
const roundabout = robots(5).set('gone', { battery: 0 }).set('r1', { battery: 1 }).remove('gone')

describe('a collection that is cloned', () => {
  test('is refused with a hint, alone and in a state', () => {
    for (const value of [robots(1), { robots: [robots(1)] }]) {
      expect(() => structuredClone(value)).toThrow(
        expect.objectContaining({
          name: 'DataCloneError',
          message: `Symbol(${HINT}) could not be cloned.`,
        }),
      )
    }
  })

  test('is refused by postMessage', () => {
    const { port1 } = new MessageChannel()
    expect(() => port1.postMessage(robots(1))).toThrow(HINT)
    port1.close()
  })

  test('comes back as the hint says', () => {
    const again = collection(structuredClone(robots(1).toJSON()))
    expect([...again]).toEqual([...robots(1)])
  })
})

describe('the equality of collections', () => {
  test('is told by entries in node:assert', () => {
    deepStrictEqual(robots(1), roundabout)
    deepEqual({ robots: robots(1) }, { robots: roundabout })
    notDeepStrictEqual(robots(1), robots(3))
    notDeepStrictEqual({ robots: robots(1) }, { robots: robots(3) })
    notDeepStrictEqual(robots(1), robots(1).remove('r2').set('r3', { battery: 2 }))
    notDeepStrictEqual(collection(), [])
  })

  test('is told by entries in jest', () => {
    expect(robots(1)).toEqual(roundabout)
    expect(robots(1)).toStrictEqual(roundabout)
    expect({ robots: robots(1) }).not.toEqual({ robots: robots(3) })
    expect(robots(1)).not.toStrictEqual(robots(3))
  })

  test('is told by entries in vitest', () => {
    const bundle = buildSync({
      entryPoints: [join(import.meta.dirname, '../support/vitest-equality.ts')],
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
    })
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module'], {
      input: bundle.outputFiles[0]?.text,
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    // The name of a pair, then what equals, toEqual and toStrictEqual say.
    expect(JSON.parse(stdout)).toEqual([
      ['the same entries', true, true, true],
      ['the same, inside a state', true, true, true],
      ['another entity', false, false, false],
      ['another entity, inside a state', false, false, false],
      ['another id', false, false, false],
      ['one more', false, false, false],
      ['nothing and an array', false, false, false],
    ])
  })

  test('needs nothing of JSON, and costs a version no list', () => {
    expect(JSON.stringify(robots(1))).toBe('[["r1",{"battery":1}],["r2",{"battery":2}]]')
    expect(Object.keys(robots(1))).toEqual(['cloning', 'contents'])
    expect(robots(1)).toBeFrozen()
    expect(inspect(robots(1))).toContain('contents')
  })
})
