import { describe, expect, test } from '@jest/globals'
import { decodeSnapshot, encodeSnapshot, toProto, toProtoJson } from '../../src/codec/index.ts'
import { VERSION_MAX } from '../../src/kit/index.ts'
import { createMachineStore, qCoreMachine } from '../../src/machine/index.ts'
import { createStore } from '../../src/store/index.ts'
import { ID, OTHER_ID, refusal, sample } from './support/samples.ts'

type Sample = ReturnType<typeof sample>

const FIELD = 'Correct the snapshot before it is encoded.'

const withState = (change: object): Sample => ({ ...sample(), state: { ...sample().state, ...change } })
const withRecord = (change: object): Sample => {
  const [first, second] = sample().state.history
  return withState({ history: [first, { ...second, ...change }] })
}

describe('toProto', () => {
  test('writes a snapshot of a store', () => {
    const { snapshotId, ...message } = toProtoJson(sample(), { instanceId: OTHER_ID })
    expect(snapshotId).toEqual({ value: expect.stringMatching(/^[0-9a-f-]{36}$/) })
    expect(message).toEqual({
      timestamp: '2023-11-14T22:13:20.002Z',
      currentState: 'ACTIVE',
      history: [
        {
          timestamp: '2023-11-14T22:13:20.002Z',
          fromState: 'BOOTING',
          toState: 'IDLE',
          triggerEvent: 'BOOT_COMPLETE',
          status: 'SUCCESS',
        },
        {
          timestamp: '2023-11-14T22:13:20.002Z',
          fromState: 'IDLE',
          toState: 'ACTIVE',
          triggerEvent: 'PROPOSALS_RECEIVED',
          status: 'SUCCESS',
        },
      ],
      contextData: { biosOk: 'true', proposals: '3', error: '' },
      fsmInstanceId: { value: OTHER_ID },
      stateMetadata: {
        dto_version: '2',
        dto_reason: 'PROPOSALS_RECEIVED',
        dto_prev_state: 'IDLE',
        dto_ts_mono: '0.0125',
        dto_context_json: '["biosOk","proposals"]',
      },
      sourceModule: 'q-core',
      attemptCount: 2,
    })
  })

  test('gives each message of a store a UUID of its own, and no instance unless told', () => {
    const [one, other] = [toProto(sample()), toProto(sample())]
    expect(one.snapshotId?.value).not.toBe(other.snapshotId?.value)
    expect(one).not.toHaveProperty('fsmInstanceId')
  })

  test('takes the identities given, then those it came with; null sends none', () => {
    const decoded = decodeSnapshot(encodeSnapshot(sample(), { snapshotId: ID, instanceId: OTHER_ID }))
    expect(toProto(decoded)).toMatchObject({ snapshotId: { value: ID }, fsmInstanceId: { value: OTHER_ID } })
    expect(toProto(decoded, { snapshotId: OTHER_ID, instanceId: null }).snapshotId?.value).toBe(OTHER_ID)
    const none = toProto(decoded, { snapshotId: null, instanceId: null })
    expect(none.snapshotId ?? none.fsmInstanceId).toBeUndefined()
  })

  test('leaves out the timestamp of a record without one', () => {
    const message = toProto(withRecord({ tsWall: 0 }))
    expect(message.history[1]).not.toHaveProperty('timestamp')
    expect(toProto(withRecord({ tsWall: 0, tsNanos: 0 })).history[1]?.timestamp).toMatchObject({
      seconds: 0n,
    })
  })

  test('writes again what was omitted, once it has a value', () => {
    const empty = decodeSnapshot(new Uint8Array())
    expect(encodeSnapshot(empty)).toEqual(new Uint8Array())
    const written = toProto({ ...empty, version: 1, reason: 'R', tsMono: 1, tsWall: 1 })
    expect(written.timestamp?.nanos).toBe(1_000_000)
    expect(written.stateMetadata).toEqual({ dto_version: '1', dto_reason: 'R', dto_ts_mono: '0.001' })
  })

  test('adopted by a store, a decoded snapshot goes on as a snapshot of that store', () => {
    const replica = createMachineStore(qCoreMachine)
    const decoded = decodeSnapshot(encodeSnapshot(sample()))
    expect(replica.put(decoded)).toMatchObject({ version: 2, source: 'q-core', tsMono: 12.5 })
    expect(replica.snapshot.state).toBe(decoded.state)
    expect(replica.send('NO_PROPOSALS').snapshot.version).toBe(3)
  })

  test('a machine store refuses a decoded state that is none of its own', () => {
    const replica = createMachineStore(qCoreMachine)
    expect(() => replica.put(decodeSnapshot(Uint8Array.of(0x18, 99)))).toThrow(
      'Machine "q-core" has no state "UNKNOWN_99" (string); nothing was written.',
    )
    expect(() => replica.put(decodeSnapshot(new Uint8Array()))).toThrow('"UNSPECIFIED" (string)')
  })

  test.each<[string, unknown, string]>([
    ['no snapshot', null, 'Expected the snapshot to be an object, got null.'],
    ['no state', { ...sample(), state: 1 }, 'Expected state to be an object, got 1 (number).'],
    ['an uninitialized store', createStore().snapshot, 'Expected state to be an object, got undefined.'],
    [
      'a wire object made by hand',
      { ...sample(), wire: { snapshotId: ID } },
      'Expected wire.omitted to be an array, got undefined.',
    ],
    ['no wire object', { ...sample(), wire: null }, 'Expected wire.omitted to be an array, got undefined.'],
    [
      'version -1',
      { ...sample(), version: -1 },
      'Expected version to be an integer from 0 to 2^53-1, got -1 (number).',
    ],
    [
      'version 2^53',
      { ...sample(), version: 2 ** 53 },
      'Expected version to be an integer from 0 to 2^53-1, got 9007199254740992 (number).',
    ],
    [
      'version 1.5',
      { ...sample(), version: 1.5 },
      'Expected version to be an integer from 0 to 2^53-1, got 1.5 (number).',
    ],
    [
      'tsMono',
      { ...sample(), tsMono: Infinity },
      'Expected tsMono to be a finite number, got Infinity (number).',
    ],
    [
      'tsWall',
      { ...sample(), tsWall: Number.NaN },
      'Expected tsWall to be a finite number, got NaN (number).',
    ],
    [
      'reason',
      { ...sample(), reason: undefined },
      'Expected reason to be a string that UTF-8 can hold, got undefined.',
    ],
    [
      'source',
      { ...sample(), source: '\ud800' },
      'Expected source to be a string that UTF-8 can hold, got a string with half a surrogate pair.',
    ],
    ['metadata', { ...sample(), metadata: null }, 'Expected metadata to be an object, got null.'],
    [
      'an entry of metadata',
      { ...sample(), metadata: { a: 1 } },
      'Expected metadata["a"] to be a string that UTF-8 can hold, got 1 (number).',
    ],
    [
      'a key of metadata',
      { ...sample(), metadata: { '\udc00': '' } },
      'Expected a key of metadata to be a string that UTF-8 can hold, got a string with half a surrogate pair.',
    ],
    [
      'the state',
      withState({ current: 'NOPE' }),
      'Expected state.current to be one of BOOTING, IDLE, ACTIVE, ERROR_STATE, SHUTDOWN, got "NOPE" (string).',
    ],
    [
      'previous',
      withState({ previous: undefined }),
      'Expected state.previous to be a string that UTF-8 can hold, got undefined.',
    ],
    [
      'attempts',
      withState({ attempts: 2 ** 31 }),
      'Expected state.attempts to be an integer of 32 bits, got 2147483648 (number).',
    ],
    [
      'attempts',
      withState({ attempts: 0.5 }),
      'Expected state.attempts to be an integer of 32 bits, got 0.5 (number).',
    ],
    ['the history', withState({ history: {} }), 'Expected state.history to be an array, got an object.'],
    ['a record', withState({ history: [7] }), 'Expected state.history[0] to be an object, got 7 (number).'],
    [
      'from',
      withRecord({ from: 'UNKNOWN_2' }),
      'Expected state.history[1].from to be one of BOOTING, IDLE, ACTIVE, ERROR_STATE, SHUTDOWN, got "UNKNOWN_2" (string).',
    ],
    [
      'to',
      withRecord({ to: null }),
      'Expected state.history[1].to to be one of BOOTING, IDLE, ACTIVE, ERROR_STATE, SHUTDOWN, got null.',
    ],
    [
      'status',
      withRecord({ status: 'DONE' }),
      'Expected state.history[1].status to be one of SUCCESS, FAILED, PENDING, got "DONE" (string).',
    ],
    [
      'event',
      withRecord({ event: 1 }),
      'Expected state.history[1].event to be a string that UTF-8 can hold, got 1 (number).',
    ],
    [
      'errorMessage',
      withRecord({ errorMessage: null }),
      'Expected state.history[1].errorMessage to be a string that UTF-8 can hold, got null.',
    ],
    [
      'the time of a record',
      withRecord({ tsWall: 1e300 }),
      'Expected state.history[1].tsWall to be a time in the years 1 to 9999, got 1e+300 ms.',
    ],
    [
      'nanoseconds',
      withRecord({ tsNanos: -1 }),
      'Expected state.history[1].tsWall below the millisecond to be an integer from 0 to 999999, got -1 (number).',
    ],
    [
      'the context',
      withState({ context: [] }),
      'Expected state.context to be a plain object keyed by strings, got an array.',
    ],
    [
      'the context',
      withState({ context: new Map() }),
      'Expected state.context to be a plain object keyed by strings, got an instance of Map.',
    ],
    [
      'the context',
      withState({ context: { [Symbol('s')]: 1 } }),
      'Expected state.context to be a plain object keyed by strings, got one with symbols among its keys.',
    ],
  ])('refuses %s', (_what, snapshot, sentence) => {
    expect(refusal(() => toProto(snapshot as Sample))).toBe(`${sentence} ${FIELD}`)
  })

  test('passes a version on that leaves no room, and a store refuses it', () => {
    const bytes = encodeSnapshot({ ...sample(), version: VERSION_MAX + 1 })
    const decoded = decodeSnapshot(bytes)
    expect(encodeSnapshot(decoded)).toEqual(bytes)
    const replica = createMachineStore(qCoreMachine)
    expect(() => replica.put(decoded)).toThrow('"version" is not an integer from 0 to 2^52')
    expect(replica.snapshot.version).toBe(0)
  })

  test('names the key of a context value that has no form', () => {
    expect(refusal(() => toProto(withState({ context: { pose: { at: [() => 0] } } })))).toBe(
      'Expected state.context["pose"]["at"][0] to be a value, got a function. Keep it beside the state.',
    )
  })

  test.each(['', ID.slice(1), 7])('checks the identities: %p', (id) => {
    const encode = () => toProto(sample(), { instanceId: id as string })
    if (id === '') expect(encode().fsmInstanceId?.value).toBe('')
    else expect(refusal(encode)).toStartWith('Expected instanceId to be a UUID')
  })
})

describe('encodeSnapshot', () => {
  test.each<[string, unknown]>([
    ['false', false],
    ['a number', 12.5],
    ['-0', -0],
    ['null', null],
    ['a string', 'true'],
    ['an empty string', ''],
    ['half a surrogate pair', '\ud83d'],
    ['nested values', { a: [1, { b: null, c: '\ud800' }], __proto__: null }],
  ])('brings back a context value: %s', (_what, value) => {
    const { context } = decodeSnapshot(encodeSnapshot(withState({ context: { value } }))).state
    expect(Object.is(value, -0) ? context : { ...context }).toEqual({ value })
    if (Object.is(value, -0)) expect((context as unknown as { value: unknown }).value).toBe(-0)
  })

  test('lists the keys whose JSON has tags, and brings their values back', () => {
    const { contextData, stateMetadata } = toProto(withState({ context: { a: 'x', b: undefined } }))
    expect(contextData).toEqual({ a: 'x', b: '{"$headgate":"undefined"}' })
    expect(stateMetadata).not.toHaveProperty('dto_context_json')
    expect(stateMetadata.dto_context_tagged).toBe('["b"]')
    const context = { a: undefined, m: new Map([['k', [Number.NaN]]]), at: new Date(5), n: -0 }
    expect(decodeSnapshot(encodeSnapshot(withState({ context }))).state.context).toStrictEqual(context)
  })

  test('keeps the keys "__proto__", "constructor" and "" as keys, and pollutes nothing', () => {
    const odd = JSON.parse('{"__proto__":{"polluted":1},"constructor":"c","":2,"1":"one"}')
    const flat = JSON.parse('{"__proto__":"p","constructor":"c","":""}')
    const snapshot = { ...withState({ context: odd }), metadata: flat }
    const { state, metadata } = decodeSnapshot(encodeSnapshot(snapshot))
    expect(new Map(Object.entries(state.context))).toEqual(new Map(Object.entries(odd)))
    expect(new Map(Object.entries(metadata))).toEqual(new Map(Object.entries(flat)))
    expect(Object.getPrototypeOf(state.context)).toBe(Object.prototype)
    expect({}).not.toHaveProperty('polluted')
  })

  test('does not send what a writer puts under the names of the codec', () => {
    const metadata = {
      dto_version: 'x',
      dto_reason: 'x',
      dto_prev_state: 'x',
      dto_ts_mono: 'x',
      dto_context_json: 'x',
      dto_other: 'x',
    }
    expect(toProto({ ...withState({ context: {} }), metadata }).stateMetadata).toEqual({
      dto_version: '2',
      dto_reason: 'PROPOSALS_RECEIVED',
      dto_prev_state: 'IDLE',
      dto_ts_mono: '0.0125',
      dto_other: 'x',
    })
  })
})
