import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decodeSnapshot, encodeSnapshot, type MachineSnapshot } from '../../src/codec/index.ts'
import type { QCoreCells } from '../../src/machine/index.ts'
import { runs } from '../support/runs.ts'

type Name = QCoreCells['state']

const name = fc.constantFrom<Name>('BOOTING', 'IDLE', 'ACTIVE', 'ERROR_STATE', 'SHUTDOWN')
const wall = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 })
/** Any text that UTF-8 can hold. */
const text = fc.string({ unit: 'binary' })
const key = fc.oneof(text, fc.constantFrom('__proto__', '', 'constructor', 'toString', '0'))
const finite = fc.double({ noNaN: true, noDefaultInfinity: true })

const context = fc.dictionary(key, fc.oneof(fc.string({ unit: 'binary' }), finite, fc.jsonValue()))

const record = fc.record({
  from: name,
  to: name,
  event: text,
  status: fc.constantFrom('SUCCESS' as const, 'FAILED' as const, 'PENDING' as const),
  errorMessage: text,
  tsWall: wall,
  tsMono: fc.constant(0),
})

const snapshot = fc.record({
  version: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  state: fc.record({
    current: name,
    previous: fc.option(name),
    context,
    history: fc.array(record, { maxLength: 5 }),
    attempts: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  }),
  reason: text,
  source: text,
  tsWall: wall,
  tsMono: finite,
  metadata: fc.dictionary(key, text),
})

/** Tells -0 from 0, and sees a key `__proto__`, which equality of objects does not. */
function flat(value: unknown): unknown {
  if (Object.is(value, -0)) return 'minus zero'
  if (Array.isArray(value)) return value.map(flat)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([one, entry]) => [one, flat(entry)] as const)
  return entries.sort(([one], [other]) => (one < other ? -1 : 1))
}

describe('encode, then decode', () => {
  test('is the identity for snapshots of a machine', () => {
    fc.assert(
      fc.property(snapshot, (given) => {
        const { wire, ...decoded } = decodeSnapshot(encodeSnapshot(given as MachineSnapshot<Name>))
        const history = decoded.state.history.map(({ tsNanos = 0, ...rest }) => {
          expect(tsNanos).toBe(0)
          return rest
        })
        expect(flat({ ...decoded, state: { ...decoded.state, history } })).toEqual(flat(given))
        expect(wire).toMatchObject({ instanceId: null, nanos: 0, omitted: [], unknown: [] })
      }),
      { numRuns: runs(30) },
    )
  })

  test('changes nothing the second time', () => {
    fc.assert(
      fc.property(snapshot, (given) => {
        const once = decodeSnapshot(encodeSnapshot(given as MachineSnapshot<Name>))
        expect(flat(decodeSnapshot(encodeSnapshot(once)))).toEqual(flat(once))
      }),
    )
  })
})
