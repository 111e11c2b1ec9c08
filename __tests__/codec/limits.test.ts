import { describe, expect, jest, test } from '@jest/globals'
import {
  type DecodeLimits,
  decodeSnapshot,
  encodeSnapshot,
  fromJSON,
  fromProto,
  toJSON,
  toProto,
} from '../../src/codec/index.ts'
import { createStore } from '../../src/store/index.ts'
import { bytesOf, refusal, sample } from './support/samples.ts'

const raise = (limit: string): string => `Raise ${limit}, if you trust the sender.`
const many = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, '']))
const context = (text: string): Uint8Array =>
  bytesOf({ contextData: { a: text }, stateMetadata: { dto_context_json: '["a"]' } })
const snapshotText = (state: string): string =>
  JSON.stringify(toJSON(createStore('STATE').snapshot)).replace('"STATE"', state)

describe('the limits of decodeSnapshot', () => {
  test.each<[string, () => Uint8Array, DecodeLimits, string]>([
    ['bytes', () => new Uint8Array(9), { bytesMax: 8 }, 'the bytes to be at most 8 bytes'],
    ['bytes by default', () => new Uint8Array(16_777_217), {}, 'the bytes to be at most 16777216 bytes'],
    [
      'records',
      () => bytesOf({ history: Array(10_001).fill({}) }),
      {},
      'history to be at most 10000 records',
    ],
    [
      'the context',
      () => bytesOf({ contextData: many(10_001) }),
      {},
      'context_data to be at most 10000 entries',
    ],
    [
      'metadata',
      () => bytesOf({ stateMetadata: many(3) }),
      { entriesMax: 2 },
      'state_metadata to be at most 2 entries',
    ],
    ['JSON', () => context('[1,2,3]'), { valuesMax: 3 }, 'context_data["a"] to be at most 3 values in JSON'],
  ])('refuse too many: %s', (_what, bytes, limits, sentence) => {
    const limit =
      Object.keys(limits)[0] ??
      { history: 'historyMax', context_data: 'entriesMax' }[sentence.split(' ')[0] as string] ??
      'bytesMax'
    expect(refusal(() => decodeSnapshot(bytes(), limits))).toBe(
      `Expected ${sentence}, got more. ${raise(limit)}`,
    )
  })

  test('count the twins of one key', () => {
    const entry = [0x2a, 3, 0x0a, 1, 0x61]
    const twins = Uint8Array.from([...entry, ...entry, ...entry])
    expect(refusal(() => decodeSnapshot(twins, { entriesMax: 2 }))).toContain('at most 2 entries')
    expect(decodeSnapshot(twins, { entriesMax: 3 }).state.context).toEqual({ a: '' })
  })

  test('can be raised', () => {
    const bytes = bytesOf({ history: Array(10_001).fill({}) })
    expect(decodeSnapshot(bytes, { historyMax: 10_001 }).state.history).toHaveLength(10_001)
  })

  test('are looked at before anything is made', () => {
    const made = jest.spyOn(globalThis.JSON, 'parse')
    const rich = `[${'{},'.repeat(20_000)}{}]`
    expect(refusal(() => decodeSnapshot(context(rich), { valuesMax: 10_000 }))).toContain(
      'at most 10000 values',
    )
    expect(made.mock.calls.filter(([text]) => text === rich)).toHaveLength(0)
    made.mockRestore()
  })

  test('hold for fromProto too', () => {
    expect(refusal(() => fromProto(toProto(sample()), { historyMax: 1 }))).toContain(
      'history to be at most 1 records',
    )
    expect(decodeSnapshot(encodeSnapshot(sample()), { historyMax: 2 }).state.history).toHaveLength(2)
  })

  test.each([0, 1.5, Number.NaN, '5', null])('refuse %p as a limit', (bytesMax) => {
    expect(() => decodeSnapshot(new Uint8Array(), { bytesMax } as DecodeLimits)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining('"bytesMax"') }),
    )
  })
})

describe('the limits of fromJSON', () => {
  test.each<[string, () => string, DecodeLimits, string]>([
    ['characters', () => snapshotText('1'), { bytesMax: 50 }, 'the JSON to be at most 50 characters'],
    ['values', () => snapshotText('[1,2,3]'), { valuesMax: 3 }, 'state to be at most 3 values in JSON'],
    [
      'values by default',
      () => snapshotText(`[${'0,'.repeat(1_000_000)}0]`),
      {},
      'the JSON to be at most 1000000 values in JSON',
    ],
  ])('refuse too many: %s', (_what, text, limits, sentence) => {
    const limit = Object.keys(limits)[0] ?? 'valuesMax'
    expect(refusal(() => fromJSON(text(), limits))).toBe(`Expected ${sentence}, got more. ${raise(limit)}`)
  })

  test.each([400, 3_000, 1_000_000])(
    'refuse a nesting too deep as a sentence, not as a RangeError: %i',
    (more) => {
      const depth = 200 + more
      const message = refusal(() => fromJSON(snapshotText('['.repeat(depth) + ']'.repeat(depth))))
      expect(message).toContain('to be nested at most 500 deep, got a deeper one.')
      expect(message.length).toBeLessThan(1_000)
    },
  )

  test('do not take brackets inside strings for values', () => {
    const text = '\\"[{,'.repeat(10_000)
    expect(fromJSON(snapshotText(`"${text}"`), { valuesMax: 30 }).state).toHaveLength(40_000)
  })

  test('keep errors short, whatever was sent', () => {
    const long = 'x'.repeat(1_000_000)
    expect(refusal(() => fromJSON(snapshotText(`{"${long}":1e999}`))).length).toBeLessThan(500)
    expect(refusal(() => fromJSON(JSON.stringify({ format: long }))).length).toBeLessThan(500)
    expect(
      refusal(() => decodeSnapshot(bytesOf({ stateMetadata: { dto_version: long } }))).length,
    ).toBeLessThan(500)
  })
})
