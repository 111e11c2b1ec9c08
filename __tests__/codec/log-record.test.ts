import { describe, expect, test } from '@jest/globals'
import { decodeSnapshot, encodeSnapshot, toLogRecord } from '../../src/codec/index.ts'
import { ID, OTHER_ID, sample } from './support/samples.ts'

describe('toLogRecord', () => {
  test('gives names and counts, ready for JSON', () => {
    const record = toLogRecord({ ...sample(), metadata: { by: 'me' } }, { instanceId: OTHER_ID })
    expect(record).toEqual({
      version: 2,
      state: 'ACTIVE',
      prev_state: 'IDLE',
      reason: 'PROPOSALS_RECEIVED',
      ts_mono: 12.5,
      ts_wall: sample().tsWall,
      snapshot_id: null,
      fsm_instance_id: OTHER_ID,
      source_module: 'q-core',
      attempt_count: 2,
      history_count: 2,
      context_keys: ['biosOk', 'proposals', 'error'],
      metadata_keys: ['by'],
    })
    expect(JSON.parse(JSON.stringify(record))).toEqual(record)
  })

  test('takes the identities of a decoded snapshot, and those given before them', () => {
    const decoded = decodeSnapshot(encodeSnapshot(sample(), { snapshotId: ID, instanceId: OTHER_ID }))
    expect(toLogRecord(decoded)).toMatchObject({ snapshot_id: ID, fsm_instance_id: OTHER_ID })
    expect(toLogRecord(decoded, { snapshotId: OTHER_ID, instanceId: null })).toMatchObject({
      snapshot_id: OTHER_ID,
      fsm_instance_id: null,
    })
  })

  test('counts no keys of a context that has none', () => {
    const { state, ...rest } = sample()
    expect(toLogRecord({ ...rest, state: { ...state, context: 0 } } as never).context_keys).toEqual([])
  })
})
