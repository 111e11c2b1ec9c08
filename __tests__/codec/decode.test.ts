import { create } from '@bufbuild/protobuf'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decodeSnapshot, encodeSnapshot, FsmStateSnapshotSchema, fromProto } from '../../src/codec/index.ts'
import { type HeadgateError, isHeadgateError } from '../../src/kit/index.ts'
import { runs } from '../support/runs.ts'
import { bytesOf, ID, OTHER_ID, refusal, sample } from './support/samples.ts'

const metadata = (entries: Record<string, string>) => bytesOf({ stateMetadata: entries })
const SENDER = 'Correct the sender of the message.'
const BYTES =
  'Check that the sender sends one whole qiki.fsm.FsmStateSnapshot, and that nothing cut it on the way.'

/** Decodes, or tells that the bytes were refused as the contract says. */
function decodeOrRefuse(bytes: Uint8Array) {
  try {
    return decodeSnapshot(bytes)
  } catch (error) {
    if (isHeadgateError(error, 'CODEC_INVALID')) return undefined
    throw error
  }
}

describe('decodeSnapshot', () => {
  test('freezes every level', () => {
    const { state: sent, ...fields } = sample()
    const given = { ...fields, metadata: { a: 'b' }, state: { ...sent, context: { pose: { at: [{}] } } } }
    const decoded = decodeSnapshot(encodeSnapshot(given))
    const seen: unknown[] = []
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return
      seen.push(value)
      expect(value).toBeFrozen()
      Object.values(value).forEach(visit)
    }
    visit(decoded)
    // The snapshot, its state, context with three levels, history with two records, metadata, wire with two lists.
    expect(seen).toHaveLength(13)
  })

  test('reads an empty message as nothing said, and says so', () => {
    expect(decodeSnapshot(new Uint8Array())).toEqual({
      version: 0,
      state: { current: 'UNSPECIFIED', previous: null, context: {}, history: [], attempts: 0 },
      reason: '',
      source: '',
      tsWall: 0,
      tsMono: 0,
      metadata: {},
      wire: {
        snapshotId: null,
        instanceId: null,
        nanos: 0,
        omitted: ['timestamp', 'dto_version', 'dto_reason', 'dto_ts_mono'],
        unknown: ['current_state'],
      },
    })
  })

  test('names every state and status that it does not know, and sends them back as they came', () => {
    const bytes = bytesOf({
      currentState: 99 as never,
      history: [
        { fromState: 2, toState: -7 as never, status: 8 as never },
        { fromState: 1, toState: 2, status: 1 },
      ],
      stateMetadata: { dto_prev_state: 'SLEEPING' },
    })
    const { state, wire } = decodeSnapshot(bytes)
    expect(state).toMatchObject({
      current: 'UNKNOWN_99',
      previous: 'SLEEPING',
      history: [
        { from: 'IDLE', to: 'UNKNOWN_-7', status: 'UNKNOWN_8' },
        { from: 'BOOTING', to: 'IDLE' },
      ],
    })
    expect(wire.unknown).toEqual(
      ['current_state', 'dto_prev_state', 'history[0].to_state', 'history[0].status'].sort(inOrder),
    )
    expect(encodeSnapshot(decodeSnapshot(bytes))).toEqual(bytes)
  })

  test('lets empty and absent UUIDs differ', () => {
    const bytes = bytesOf({ snapshotId: {}, fsmInstanceId: { value: OTHER_ID.toUpperCase() } })
    expect(decodeSnapshot(bytes).wire).toMatchObject({ snapshotId: '', instanceId: OTHER_ID.toUpperCase() })
    expect(encodeSnapshot(decodeSnapshot(bytes))).toEqual(bytes)
    expect(decodeSnapshot(bytesOf({})).wire).toMatchObject({ snapshotId: null, instanceId: null })
  })

  test('takes the newest version that a number can hold', () => {
    expect(decodeSnapshot(metadata({ dto_version: '9007199254740991' })).version).toBe(2 ** 53 - 1)
  })

  test('ignores a listed context key that is gone, and fields that it does not know', () => {
    expect(decodeSnapshot(metadata({ dto_context_json: '["gone"]' })).state.context).toEqual({})
    expect(decodeSnapshot(Uint8Array.of(0x18, 2, 0x58, 1)).state.current).toBe('IDLE')
  })

  test.each([
    ['dto_version', '9007199254740992', 'a decimal integer from 0 to 2^53-1'],
    ['dto_version', '-1', 'a decimal integer from 0 to 2^53-1'],
    ['dto_version', '1.5', 'a decimal integer from 0 to 2^53-1'],
    ['dto_version', '', 'a decimal integer from 0 to 2^53-1'],
    ['dto_ts_mono', 'nan', 'a decimal number of seconds'],
    ['dto_ts_mono', '1e999', 'a decimal number of seconds'],
    ['dto_context_json', '[1]', 'a JSON array of strings'],
    ['dto_context_json', 'yes', 'a JSON array of strings'],
  ])('refuses %s "%s"', (key, value, expected) => {
    expect(refusal(() => decodeSnapshot(metadata({ [key]: value })))).toBe(
      `Expected ${key} to be ${expected}, got "${value}" (string). ${SENDER}`,
    )
  })

  test('refuses a listed context value that is not JSON, with the cause', () => {
    const bytes = bytesOf({ contextData: { pose: '{' }, stateMetadata: { dto_context_json: '["pose"]' } })
    expect(refusal(() => decodeSnapshot(bytes))).toBe(
      `Expected context_data["pose"] to be JSON text, as dto_context_json says, got "{" (string). ${SENDER}`,
    )
    expect(causeOf(bytes)).toBeInstanceOf(SyntaxError)
  })

  test.each(['snapshotId', 'fsmInstanceId'] as const)('refuses a malformed UUID in %s', (key) => {
    const field = key === 'snapshotId' ? 'snapshot_id' : 'fsm_instance_id'
    for (const value of ['abc', `{${ID}}`, `${ID}0`, ID.replaceAll('-', ''), ` ${ID}`, `${ID}\n`]) {
      expect(refusal(() => decodeSnapshot(bytesOf({ [key]: { value } })))).toBe(
        `Expected ${field}.value to be a UUID of 8-4-4-4-12 hexadecimal digits, got ${JSON.stringify(value)} (string). ${SENDER}`,
      )
    }
  })

  test.each([
    [{ timestamp: { seconds: 253_402_300_800n } }, 'timestamp.seconds'],
    [{ timestamp: { nanos: -1 } }, 'timestamp.nanos'],
    [{ history: [{}, { timestamp: { nanos: 1e9 } }] }, 'history[1].timestamp.nanos'],
  ])('refuses a time that is none: %p', (fields, field) => {
    expect(refusal(() => decodeSnapshot(bytesOf(fields)))).toStartWith(`Expected ${field} to be`)
  })

  test.each([
    ['text', 'abc', '"abc" (string)'],
    ['null', null, 'null'],
    ['an array', [1], 'an array'],
    ['an ArrayBuffer', new ArrayBuffer(1), 'an instance of ArrayBuffer'],
    ['other numbers', new Uint16Array(1), 'an instance of Uint16Array'],
  ])('refuses %s', (_what, value, received) => {
    expect(refusal(() => decodeSnapshot(value as never))).toBe(
      `Expected the bytes to be a Uint8Array, got ${received}. ${BYTES}`,
    )
  })

  test('refuses bytes whose structure the runtime of protobuf would misread', () => {
    expect(refusal(() => decodeSnapshot(Uint8Array.of(0x1a, 2)))).toContain('one whole message, got 2 bytes')
  })

  test('keeps the nanoseconds of a timestamp', () => {
    const bytes = bytesOf({ timestamp: { seconds: 1n, nanos: 1 } })
    expect(decodeSnapshot(bytes)).toMatchObject({ tsWall: 1000, wire: { nanos: 1 } })
    expect(encodeSnapshot(decodeSnapshot(bytes))).toEqual(bytes)
  })

  test('takes a Buffer, and a view into the middle of one', () => {
    const bytes = encodeSnapshot(sample())
    const padded = Buffer.concat([Buffer.of(255), bytes, Buffer.of(255)])
    expect(decodeSnapshot(padded.subarray(1, -1))).toEqual(decodeSnapshot(bytes))
  })

  test('refuses text that is not UTF-8, with the cause', () => {
    const bytes = Uint8Array.of(0x4a, 1, 0xff)
    expect(refusal(() => decodeSnapshot(bytes))).toBe(
      `Expected the bytes to be one whole message, got 3 bytes that are none. ${BYTES}`,
    )
    expect(causeOf(bytes)).toHaveProperty('name', 'TypeError')
  })

  test('refuses every prefix that does not end with a field, and reads no other value from those that do', () => {
    const whole = encodeSnapshot({ ...sample(), metadata: { who: 'we' } }, { instanceId: OTHER_ID })
    const full = decodeSnapshot(whole)
    const ends = fieldEnds(whole)
    for (let length = 0; length < whole.length; length += 1) {
      const part = decodeOrRefuse(whole.subarray(0, length))
      if (!ends.has(length)) expect(part).toBeUndefined()
      // A field that has arrived is right; one that has not is zero, and told of where it has to be there.
      if (part === undefined) continue
      for (const key of ['version', 'reason', 'tsWall', 'tsMono', 'source'] as const) {
        expect([full[key], 0, '']).toContain(part[key])
      }
      expect(['UNSPECIFIED', full.state.current]).toContain(part.state.current)
      expect(full.state.history).toEqual(expect.arrayContaining([...part.state.history]))
      if (part.version === 0) expect(part.wire.omitted).toContain('dto_version')
    }
  })

  test('refuses random bytes or reads what survives another round, and throws nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const snapshot = decodeOrRefuse(bytes)
        if (snapshot !== undefined) expect(decodeSnapshot(encodeSnapshot(snapshot))).toEqual(snapshot)
      }),
      { numRuns: runs(150) },
    )
  })

  test('refuses corrupted bytes or reads what survives another round, and throws nothing else', () => {
    const whole = encodeSnapshot(sample())
    const place = fc.nat({ max: whole.length - 1 })
    fc.assert(
      fc.property(fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 3 }), (changes) => {
        const bytes = Uint8Array.from(whole)
        for (const [index, byte] of changes) bytes[index] = byte
        const snapshot = decodeOrRefuse(bytes)
        if (snapshot !== undefined) expect(decodeSnapshot(encodeSnapshot(snapshot))).toEqual(snapshot)
      }),
      { numRuns: runs(150) },
    )
  })
})

describe('fromProto', () => {
  test.each([null, undefined, {}, 'x', { $typeName: 'qiki.common.UUID' }])('refuses %p', (value) => {
    expect(refusal(() => fromProto(value as never))).toStartWith(
      'Expected the message to be a message qiki.fsm.FsmStateSnapshot, got',
    )
  })

  test.each([
    [{ currentState: 'IDLE' as never }, 'current_state'],
    [{ attemptCount: 1.5 }, 'attempt_count'],
    [{ sourceModule: 7 as never }, 'source_module'],
    [{ contextData: { a: 1 as never } }, 'context_data["a"]'],
    [{ stateMetadata: { dto_version: 1 as never } }, 'dto_version'],
    [{ timestamp: { seconds: 1 as never } }, 'timestamp.seconds'],
  ])('refuses a message that was filled by hand with %p', (fields, field) => {
    const message = create(FsmStateSnapshotSchema, fields)
    expect(refusal(() => fromProto(message))).toStartWith(`Expected ${field} to be`)
  })
})

function causeOf(bytes: Uint8Array): unknown {
  try {
    decodeSnapshot(bytes)
  } catch (error) {
    return (error as HeadgateError).cause
  }
  return undefined
}

/** `dto_` entries are read before the history. */
function inOrder(one: string, other: string): number {
  const order = ['current_state', 'dto_prev_state', 'history[0].to_state', 'history[0].status']
  return order.indexOf(one) - order.indexOf(other)
}

/** Where the top-level fields of a message end; all tags of ours are of one byte. */
function fieldEnds(bytes: Uint8Array): Set<number> {
  const ends = new Set([0])
  for (let at = 0; at < bytes.length; ends.add(at)) {
    const lengthDelimited = (bytes[at] as number) % 8 === 2
    let value = 0
    let shift = 0
    for (at += 1; ; at += 1) {
      const byte = bytes[at] as number
      value += (byte & 127) << shift
      shift += 7
      if (byte < 128) break
    }
    at += 1 + (lengthDelimited ? value : 0)
  }
  return ends
}
