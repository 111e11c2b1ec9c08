import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fromBinary, toJson } from '@bufbuild/protobuf'
import { describe, expect, test } from '@jest/globals'
import {
  decodeSnapshot,
  encodeSnapshot,
  FsmStateSnapshotSchema,
  fromProto,
  toProto,
  toProtoJson,
} from '../../src/codec/index.ts'
import { contextFacts, type ProtoJson, recordFacts, snapshotFacts } from './support/proto-json.ts'

const NAMED = process.env.HEADGATE_GOLDEN
const FILE =
  NAMED === undefined
    ? join(import.meta.dirname, '../../../shared/golden/fsm-snapshots.json')
    : resolve(NAMED)

/** A message made by protobuf's Python runtime, and that runtime's JSON of it. */
interface Golden {
  readonly name: string
  readonly bytes: string
  readonly json: ProtoJson
}

describe('the shared protobuf vectors', () => {
  // A file that was asked for by name must be there.
  if (NAMED === undefined && !existsSync(FILE)) {
    test.skip('run when shared/golden/fsm-snapshots.json lies beside the project; it does not', () => {})
    return
  }
  const vectors = JSON.parse(readFileSync(FILE, 'utf8')) as Golden[]

  test('are all read', () => {
    expect(vectors).not.toBeEmpty()
  })

  for (const { name, bytes, json } of vectors) {
    const wire = new Uint8Array(Buffer.from(bytes, 'base64'))

    test(`${name} decodes to what its JSON says`, () => {
      const snapshot = decodeSnapshot(wire)
      const { context, history } = snapshot.state
      expect(snapshot).toMatchObject(snapshotFacts(json))
      expect(context).toEqual(contextFacts(json))
      expect(history).toEqual((json.history ?? []).map(recordFacts))
    })

    test(`${name} prints the JSON of the other runtime`, () => {
      expect(toProtoJson(decodeSnapshot(wire))).toEqual(json)
    })

    test(`${name} survives decode, encode, decode`, () => {
      const snapshot = decodeSnapshot(wire)
      const again = encodeSnapshot(snapshot)
      expect(decodeSnapshot(again)).toEqual(snapshot)
      expect(toJson(FsmStateSnapshotSchema, fromBinary(FsmStateSnapshotSchema, again))).toEqual(json)
    })

    test(`${name} survives as a message`, () => {
      const message = fromBinary(FsmStateSnapshotSchema, wire)
      expect(toProto(fromProto(message))).toEqual(message)
    })
  }
})
