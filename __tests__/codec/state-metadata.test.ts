import { describe, expect, test } from '@jest/globals'
import { decodeSnapshot, encodeSnapshot, toProto } from '../../src/codec/index.ts'
import { bytesOf } from './support/samples.ts'

const wireOf = (entries: Record<string, string>) =>
  bytesOf({ stateMetadata: { dto_version: '1', dto_reason: 'R', dto_ts_mono: '1.0', ...entries } })

describe('state_metadata', () => {
  test.each([
    ['dto_version', '007', { version: 7 }],
    ['dto_ts_mono', '0.00001', { tsMono: 0.01 }],
    ['dto_ts_mono', '0.30000000000000004', { tsMono: 300.00000000000006 }],
    ['dto_ts_mono', '5', { tsMono: 5000 }],
    ['dto_ts_mono', '1e-999', { tsMono: 0 }],
  ])('keeps the text of %s "%s" that would be written differently', (key, value, fields) => {
    const snapshot = decodeSnapshot(wireOf({ [key]: value }))
    expect(snapshot).toMatchObject({ ...fields, metadata: { [key]: value } })
    expect(toProto(snapshot).stateMetadata[key]).toBe(value)
    expect(decodeSnapshot(encodeSnapshot(snapshot))).toEqual(snapshot)
    expect(toProto({ ...snapshot, version: 9, tsMono: 8 }).stateMetadata).toMatchObject({
      dto_version: '9',
      dto_ts_mono: '0.008',
    })
  })

  test.each(['0.0', '1e-05', '1234.567', '1e+16', '-0.0'])(
    'keeps no text of dto_ts_mono "%s", which Python prints so',
    (value) => {
      const snapshot = decodeSnapshot(wireOf({ dto_ts_mono: value }))
      expect(snapshot.metadata).toEqual({})
      expect(toProto(snapshot).stateMetadata.dto_ts_mono).toBe(value)
    },
  )

  test('is absent for no previous state, and empty for one without a name', () => {
    expect(decodeSnapshot(wireOf({})).state.previous).toBeNull()
    expect(decodeSnapshot(wireOf({ dto_prev_state: '' })).state.previous).toBe('')
  })

  test('gives other entries as metadata', () => {
    expect(decodeSnapshot(wireOf({ debug: 'false', dto_other: 'x' })).metadata).toEqual({
      debug: 'false',
      dto_other: 'x',
    })
  })
})
