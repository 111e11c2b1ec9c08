import { create, fromJson } from '@bufbuild/protobuf'
import { describe, expect, test } from '@jest/globals'
import { expectTypeOf } from 'expect-type'
import { FsmStateSnapshotSchema, fromProto, machineCodec, toProtoJson } from '../../src/codec/index.ts'
import { createMachineStore, defineMachine, qCoreMachine } from '../../src/machine/index.ts'
import { refusal, sample } from './support/samples.ts'

const light = defineMachine({
  id: 'light',
  initial: 'RED',
  context: { cars: 0 },
  states: {
    RED: { on: { GO: 'GREEN' } },
    GREEN: { on: { STOP: 'RED', FAIL: 'IDLE' } },
    IDLE: {},
  },
})
const codec = machineCodec(light, { RED: 1, GREEN: 3, IDLE: 2 })

function driven() {
  const store = createMachineStore(light)
  store.send('GO')
  return store.send('STOP').snapshot
}

describe('machineCodec', () => {
  test('brings the snapshots of another machine back', () => {
    const snapshot = driven()
    const decoded = codec.decodeSnapshot(codec.encodeSnapshot(snapshot))
    expect(decoded.state).toMatchObject({
      current: 'RED',
      previous: 'GREEN',
      context: { cars: 0 },
      attempts: 2,
    })
    expect(decoded.state.history.map(({ from, to }) => `${from} ${to}`)).toEqual(['RED GREEN', 'GREEN RED'])
    expect(decoded.wire.unknown).toEqual([])
    expect(codec.fromProto(codec.toProto(decoded))).toEqual(decoded)
    expect(createMachineStore(light).put(decoded).state).toBe(decoded.state)
  })

  test('takes the paths of nested states as names', () => {
    const nested = defineMachine({
      id: 'nested',
      initial: 'A',
      context: {},
      states: {
        A: {
          initial: 'x',
          on: { OUT: 'B' },
          states: { x: { on: { GO: 'y' } }, y: {}, h: { type: 'history' } },
        },
        B: { on: { BACK: 'A.h' } },
      },
    })
    const codec = machineCodec(nested, { 'A.x': 1, 'A.y': 2, B: 3 })
    const store = createMachineStore(nested)
    store.send('GO')
    store.send('OUT')
    const decoded = codec.decodeSnapshot(codec.encodeSnapshot(store.snapshot))
    expect(decoded.state).toMatchObject({
      current: 'B',
      previous: 'A.y',
      history: [{ from: 'A.x', to: 'A.y' }, { to: 'B' }],
      stays: { B: 2 },
      remembered: { 'A.h': ['A.y'] },
    })
    const replica = createMachineStore(nested)
    replica.put(decoded)
    replica.send('BACK')
    expect(replica.current).toBe('A.y')
    for (const text of [
      '{',
      '[]',
      '{"stays":{"A":"1"},"remembered":{}}',
      '{"stays":{},"remembered":{"h":"A"}}',
    ]) {
      const message = codec.toProto(store.snapshot)
      message.stateMetadata.dto_nested = text
      expect(() => codec.fromProto(message)).toThrow('Expected dto_nested to be JSON of integers by path')
    }
  })

  test('prints states as numbers where the schema calls them otherwise, and every reader takes that', () => {
    const snapshot = driven()
    const json = codec.toProtoJson(snapshot, { snapshotId: null })
    expect(json).toMatchObject({
      currentState: 1,
      history: [
        { fromState: 1, toState: 3, status: 'SUCCESS' },
        { fromState: 3, toState: 1, status: 'SUCCESS' },
      ],
    })
    const read = codec.fromProto(fromJson(FsmStateSnapshotSchema, json))
    expect(read.state).toEqual(codec.decodeSnapshot(codec.encodeSnapshot(snapshot)).state)
  })

  test('prints the name where the schema has the same one', () => {
    const store = createMachineStore(light)
    store.send('GO')
    const { history, currentState } = codec.toProtoJson(store.send('FAIL').snapshot)
    expect(currentState).toBe('IDLE')
    expect(history).toMatchObject([
      { fromState: 1, toState: 3 },
      { fromState: 3, toState: 'IDLE' },
    ])
  })

  test('prints no state for 0, and a number for one that nobody knows', () => {
    expect(toProtoJson(fromProto(create(FsmStateSnapshotSchema)))).toEqual({})
    const unknown = fromProto(
      create(FsmStateSnapshotSchema, { history: [{ fromState: 0, toState: 77 as never }] }),
    )
    expect(toProtoJson(unknown)).toEqual({ history: [{ toState: 77 }] })
  })

  test('needs no this, and is frozen', () => {
    const { encodeSnapshot, decodeSnapshot } = codec
    expect(decodeSnapshot(encodeSnapshot(driven())).state.current).toBe('RED')
    expect(codec).toBeFrozen()
  })

  test('gives the functions of qCoreMachine the numbers of the schema', () => {
    const own = machineCodec(qCoreMachine, { BOOTING: 1, IDLE: 2, ACTIVE: 3, ERROR_STATE: 4, SHUTDOWN: 5 })
    const identity = { snapshotId: null }
    expect(own.toProtoJson(sample(), identity)).toEqual(toProtoJson(sample(), identity))
  })

  const whose = (name: string) => `Expected the number of state "${name}" of machine "light" to be`
  const advice = 'Give each state of the machine a number of its own.'

  test.each<[string, object, string]>([
    ['a missing state', { RED: 1, GREEN: 2 }, `${whose('IDLE')} an integer from 1 to 2^31-1, got undefined.`],
    [
      'an unknown state',
      { RED: 1, GREEN: 2, IDLE: 3, BLUE: 4 },
      `${whose('BLUE')} absent, as its states are RED, GREEN, IDLE, got 4 (number).`,
    ],
    [
      'a number twice',
      { RED: 1, GREEN: 2, IDLE: 1 },
      `${whose('IDLE')} unlike that of "RED", got 1 (number).`,
    ],
    ['0', { RED: 0, GREEN: 2, IDLE: 3 }, `${whose('RED')} an integer from 1 to 2^31-1, got 0 (number).`],
    [
      '2^31',
      { RED: 2 ** 31, GREEN: 2, IDLE: 3 },
      `${whose('RED')} an integer from 1 to 2^31-1, got 2147483648 (number).`,
    ],
    [
      '1.5',
      { RED: 1.5, GREEN: 2, IDLE: 3 },
      `${whose('RED')} an integer from 1 to 2^31-1, got 1.5 (number).`,
    ],
    [
      'a text',
      { RED: '1', GREEN: 2, IDLE: 3 },
      `${whose('RED')} an integer from 1 to 2^31-1, got "1" (string).`,
    ],
  ])('refuses %s', (_what, states, sentence) => {
    expect(refusal(() => machineCodec(light, states as never))).toBe(`${sentence} ${advice}`)
  })

  test('refuses no states, and a state under a name that the codec makes itself', () => {
    expect(refusal(() => machineCodec(light, null as never))).toBe(
      `Expected the states of machine "light" to be an object, got null. ${advice}`,
    )
    const odd = defineMachine({ id: 'odd', initial: 'UNKNOWN_7', context: {}, states: { UNKNOWN_7: {} } })
    expect(refusal(() => machineCodec(odd, { UNKNOWN_7: 1 }))).toContain(
      'UNSPECIFIED and UNKNOWN_n are reserved',
    )
  })

  test('keeps the numbers that it was made with', () => {
    const states = { RED: 1, GREEN: 3, IDLE: 2 }
    const made = machineCodec(light, states)
    states.RED = 9
    expect(made.toProto(driven()).currentState).toBe(1)
  })

  test('knows the names and the context of its machine', () => {
    const decoded = codec.decodeSnapshot(codec.encodeSnapshot(driven()))
    expectTypeOf(decoded.state.current).toEqualTypeOf<'RED' | 'GREEN' | 'IDLE'>()
    expectTypeOf(decoded.state.context.cars).toEqualTypeOf<number>()
    expectTypeOf(decoded.state.history[0]?.tsNanos).toEqualTypeOf<number | undefined>()
    // @ts-expect-error a snapshot of another machine
    expect(() => codec.encodeSnapshot(sample())).toThrow()
    // @ts-expect-error a state without a number
    expect(() => machineCodec(light, { RED: 1, GREEN: 2 })).toThrow()
  })
})
