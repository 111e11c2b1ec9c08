import { fromJson } from '@bufbuild/protobuf'
import { describe, expect, test } from '@jest/globals'
import { expectTypeOf } from 'expect-type'
import fc from 'fast-check'
import { FsmStateSnapshotSchema, fromJSON, machineCodec, toJSON, toLogRecord } from '../../src/codec/index.ts'
import { createMachineStore, defineMachine } from '../../src/machine/index.ts'
import { runs } from '../support/runs.ts'
import { refusal } from './support/samples.ts'

const robot = defineMachine({
  id: 'robot',
  initial: 'DOCKED',
  context: { moves: 0 },
  states: {
    DOCKED: { on: { LEAVE: 'OUT', BACK: 'OUT.h' } },
    OUT: {
      initial: 'moving',
      on: { DOCK: 'DOCKED' },
      states: {
        h: { type: 'history', history: 'deep' },
        moving: { on: { STOP: 'working' } },
        working: {
          type: 'parallel',
          on: { MOVE: 'moving' },
          states: {
            arm: {
              initial: 'down',
              states: {
                down: { on: { LIFT: 'up' } },
                up: {
                  type: 'parallel',
                  on: { LOWER: 'down' },
                  states: {
                    grip: { initial: 'open', states: { open: { on: { GRIP: 'shut' } }, shut: {} } },
                    camera: {},
                  },
                },
              },
            },
            light: { initial: 'off', states: { off: { on: { LIGHT: 'on' } }, on: { on: { LIGHT: 'off' } } } },
          },
        },
      },
    },
  },
})
const NUMBERS = { DOCKED: 1, 'OUT.moving': 2, 'OUT.working': 3 }
const codec = machineCodec(robot, NUMBERS)
const EVENTS = ['LEAVE', 'BACK', 'DOCK', 'STOP', 'MOVE', 'LIFT', 'LOWER', 'GRIP', 'LIGHT'] as const

function driven(...events: readonly (typeof EVENTS)[number][]) {
  const store = createMachineStore(robot)
  for (const event of events) store.send(event)
  return store
}

const atWork = () => driven('LEAVE', 'STOP', 'LIFT', 'GRIP')
const REGIONS = { OUT: { working: { arm: { up: { grip: 'shut', camera: {} } }, light: 'off' } } }

describe('machineCodec, of states side by side', () => {
  test('sends the number of the parallel state, and its regions beside it', () => {
    const message = codec.toProto(atWork().snapshot)
    expect(message.currentState).toBe(3)
    expect(message.stateMetadata.dto_prev_state).toBe('OUT.working')
    expect(JSON.parse(message.stateMetadata.dto_nested as string)).toMatchObject({
      regions: { current_state: REGIONS, 'history[3].to_state': REGIONS },
    })
    const decoded = codec.decodeSnapshot(codec.encodeSnapshot(atWork().snapshot))
    expect(decoded.state.current).toEqual(REGIONS)
    expect(decoded.wire.unknown).toEqual([])
    expect(decoded.state.current).toBeFrozen()
    expect((decoded.state.current as typeof REGIONS).OUT.working.arm.up).toBeFrozen()
  })

  test('brings back every place that a machine comes to, by bytes, by protobuf JSON and by JSON', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 12 }), (events) => {
        const store = driven(...events)
        const { snapshot } = store
        const timeless = (state: typeof snapshot.state) => ({
          ...state,
          history: state.history.map(({ tsMono, tsNanos, ...record }: Record<string, unknown>) => record),
        })
        const decoded = codec.decodeSnapshot(codec.encodeSnapshot(snapshot))
        expect(timeless(decoded.state)).toEqual(timeless(snapshot.state))
        expect(decoded.wire.unknown).toEqual([])
        expect(codec.fromProto(codec.toProto(decoded))).toEqual(decoded)
        const read = codec.fromProto(fromJson(FsmStateSnapshotSchema, codec.toProtoJson(snapshot)))
        expect(read.state).toEqual(decoded.state)
        expect(fromJSON(JSON.stringify(toJSON(snapshot)))).toEqual(snapshot)
        // A replica goes on as the machine itself does.
        const replica = createMachineStore(robot)
        replica.put(decoded)
        for (const event of EVENTS) {
          expect(replica.send(event).handled).toBe(store.send(event).handled)
          expect(replica.current).toEqual(store.current)
        }
      }),
      { numRuns: runs(30) },
    )
  })

  test('reads a message of before there were regions', () => {
    const message = codec.toProto(driven('LEAVE', 'DOCK').snapshot)
    expect(message.stateMetadata.dto_nested).toBe(
      '{"stays":{"DOCKED":2},"remembered":{"OUT.h":["OUT.moving"]}}',
    )
    const { state, wire } = codec.fromProto(message)
    expect(state).toMatchObject({ current: 'DOCKED', previous: 'OUT.moving', stays: { DOCKED: 2 } })
    expect(wire.unknown).toEqual([])
  })

  test('guesses no regions where a sender tells none, and passes the message on as it came', () => {
    const message = codec.toProto(atWork().snapshot)
    delete message.stateMetadata.dto_nested
    const decoded = codec.fromProto(message)
    expect(decoded.state.current).toBe('OUT.working')
    expect(decoded.wire.unknown).toEqual(
      expect.arrayContaining(['current_state', 'dto_prev_state', 'history[3].to_state']),
    )
    expect(codec.toProto(decoded)).toEqual(message)
    expect(() => createMachineStore(robot).put(decoded)).toThrow('OUT.working')
  })

  test('lists regions that the machine does not have, and passes them on', () => {
    const message = codec.toProto(driven('LEAVE', 'STOP').snapshot)
    const newer = { OUT: { working: { arm: 'down', light: 'off', radio: 'on' } } }
    const nested = JSON.parse(message.stateMetadata.dto_nested as string)
    message.stateMetadata.dto_nested = JSON.stringify({
      ...nested,
      regions: { ...nested.regions, current_state: newer },
    })
    const decoded = codec.fromProto(message)
    expect(decoded.state.current).toEqual(newer)
    expect(decoded.wire.unknown).toEqual(['current_state'])
    expect(codec.toProto(decoded)).toEqual(message)
  })

  test.each([
    ['of another state', { OUT: { moving: {} } }, 'regions of "OUT.working", got an object'],
    ['of no state', 'DOCKED', 'regions of "OUT.working", got "DOCKED"'],
    ['that are no records', [], 'JSON of integers by path in "stays"'],
    ['with numbers', { OUT: { working: { arm: 1 } } }, 'JSON of integers by path in "stays"'],
  ])('refuses regions %s', (_what, value, sentence) => {
    const message = codec.toProto(driven('LEAVE', 'STOP').snapshot)
    message.stateMetadata.dto_nested = JSON.stringify({
      stays: {},
      remembered: {},
      regions: { current_state: value },
    })
    expect(refusal(() => codec.fromProto(message))).toContain(sentence)
  })

  test('refuses to send a record that is none of the machine', () => {
    const { snapshot } = atWork()
    const at = (current: object) =>
      ({ ...snapshot, state: { ...snapshot.state, current } }) as typeof snapshot
    for (const current of [{}, { OUT: {} }, { OUT: { moving: 'x' } }, { OUT: { working: { arm: 1 } } }]) {
      expect(refusal(() => codec.toProto(at(current)))).toContain(
        'Expected state.current to be one of DOCKED',
      )
    }
  })

  test('wants one number for a parallel state and none for what is inside, and calls the machine itself by no name', () => {
    expect(refusal(() => machineCodec(robot, { DOCKED: 1, 'OUT.moving': 2 }))).toContain(
      'Expected the number of state "OUT.working" of machine "robot" to be an integer from 1 to 2^31-1',
    )
    expect(refusal(() => machineCodec(robot, { ...NUMBERS, 'OUT.working.arm': 4 }))).toContain(
      'absent, as its states are DOCKED, OUT.moving, OUT.working',
    )
    const lamp = defineMachine({
      id: 'lamp',
      type: 'parallel',
      context: {},
      states: { light: { initial: 'off', states: { off: { on: { SWITCH: 'on' } }, on: {} } }, fan: {} },
    })
    const lampCodec = machineCodec(lamp, { '': 1 })
    const store = createMachineStore(lamp)
    store.send('SWITCH')
    const decoded = lampCodec.decodeSnapshot(lampCodec.encodeSnapshot(store.snapshot))
    expect(decoded.state).toMatchObject({
      current: { light: 'on', fan: {} },
      previous: { light: 'off', fan: {} },
    })
    expectTypeOf(decoded.state.current).toEqualTypeOf(store.current)
    // @ts-expect-error a path that the machine does not have
    expect(() => machineCodec(lamp, { '': 1, radio: 2 })).toThrow()
  })

  test('logs regions as JSON text', () => {
    expect(toLogRecord(driven('LEAVE', 'STOP').snapshot)).toMatchObject({
      state: '{"OUT":{"working":{"arm":"down","light":"off"}}}',
      prev_state: 'OUT.moving',
    })
  })
})
