import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { decodeSnapshot, encodeSnapshot, type MachineSnapshot, toProtoJson } from '../../src/codec/index.ts'
import { ID, OTHER_ID, sample } from './support/samples.ts'

const PROTO = join(import.meta.dirname, '../../src/codec/proto')
const HAVE_PROTOBUF = ['-c', 'import google.protobuf']

const PYTHON = ['/usr/bin/python3', 'python3'].find((name) => spawnSync(name, HAVE_PROTOBUF).status === 0)
const PROTOC = spawnSync('protoc', ['--version']).status === 0

/** Prints the JSON of each message that it is given in base64, one a line. */
const READ = `
import base64, json, sys
from google.protobuf import json_format
from qiki.fsm import fsm_state_pb2 as fsm
for line in sys.stdin:
    message = fsm.FsmStateSnapshot.FromString(base64.b64decode(line))
    print(json.dumps(json_format.MessageToDict(message)))
`

/** Writes messages as the original does, in base64, each with its JSON. */
const WRITE = `
import base64, json, math
from google.protobuf import json_format
from qiki.fsm import fsm_state_pb2 as fsm
def emit(message):
    print(json.dumps([base64.b64encode(message.SerializeToString()).decode(), json_format.MessageToDict(message)]))
for mono in [0.0, -0.0, 12.5, 0.1 + 0.2, 1e-05, 1e16, 123456.789012345, math.pi]:
    message = fsm.FsmStateSnapshot(current_state=fsm.IDLE, source_module='python', attempt_count=-1)
    message.timestamp.FromNanoseconds(-1)
    message.snapshot_id.value = '${ID}'
    message.context_data['ключ'] = 'значение'
    message.state_metadata['dto_version'] = str(2 ** 53 - 1)
    message.state_metadata['dto_reason'] = 'ПРИЧИНА \\U0001F680'
    message.state_metadata['dto_ts_mono'] = repr(mono)
    record = message.history.add(from_state=fsm.BOOTING, to_state=fsm.IDLE, trigger_event='E', status=fsm.SUCCESS)
    record.timestamp.FromNanoseconds(1700000000123456789)
    message.history.add(status=77)
    emit(message)
emit(fsm.FsmStateSnapshot())
`

describe('the Python runtime of protobuf', () => {
  if (PYTHON === undefined || !PROTOC) {
    test.skip('is asked where protoc and a Python with google.protobuf are installed; they are not here', () => {})
    return
  }
  let folder = ''

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'headgate-python-'))
    const files = ['qiki/common/uuid.proto', 'qiki/fsm/fsm_state.proto']
    const protoc = spawnSync('protoc', [`--proto_path=${PROTO}`, `--python_out=${folder}`, ...files])
    expect(String(protoc.stderr)).toBe('')
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  const python = (program: string, input: readonly string[] = []): unknown[] => {
    const env = { ...process.env, PYTHONPATH: folder, PYTHONIOENCODING: 'utf-8' }
    const run = spawnSync(PYTHON, ['-c', program], {
      input: input.map((line) => `${line}\n`).join(''),
      encoding: 'utf8',
      env,
    })
    expect(run.stderr).toBe('')
    return run.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  }

  test('prints of our bytes what toProtoJson prints', () => {
    const base = sample()
    const snapshots: MachineSnapshot<'IDLE' | (typeof base)['state']['current']>[] = [
      base,
      { ...base, tsWall: -1, tsMono: 1e-9, version: 2 ** 53 - 1, metadata: { ключ: '🚀', '': '' } },
      { ...base, tsWall: 0.5, state: { ...base.state, attempts: -1, previous: null, history: [] } },
      {
        ...base,
        state: { ...base.state, context: { pose: { x: -0, y: [null] }, text: 'x', no: undefined } },
      },
      { ...decodeSnapshot(Uint8Array.of(0x18, 99)), tsWall: 253_402_300_799_999 },
    ]
    const identity = { snapshotId: ID, instanceId: OTHER_ID }
    const bytes = snapshots.map((one) => Buffer.from(encodeSnapshot(one, identity)).toString('base64'))
    expect(python(READ, bytes)).toEqual(snapshots.map((one) => toProtoJson(one, identity)))
  })

  test('writes messages that we decode, print the same and send back the same', () => {
    const written = python(WRITE) as [string, object][]
    expect(written).toHaveLength(9)
    const decoded = written.map(([bytes]) => decodeSnapshot(Buffer.from(bytes, 'base64')))
    expect(decoded.map((one) => toProtoJson(one))).toEqual(written.map(([, json]) => json))
    expect(decoded[0]).toMatchObject({
      version: 2 ** 53 - 1,
      tsWall: -1,
      metadata: {},
      state: { current: 'IDLE', context: { ключ: 'значение' }, attempts: -1 },
      wire: {
        snapshotId: ID,
        nanos: 999_999,
        omitted: [],
        unknown: expect.arrayContaining(['history[1].status']),
      },
    })
    expect(decoded[0]?.state.history[0]).toMatchObject({ tsWall: 1_700_000_000_123, tsNanos: 456_789 })
    const again = decoded.map((one) => Buffer.from(encodeSnapshot(one)).toString('base64'))
    expect(python(READ, again)).toEqual(written.map(([, json]) => json))
  })
})
