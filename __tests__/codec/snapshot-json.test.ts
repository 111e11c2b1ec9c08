import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decodeSnapshot, encodeSnapshot, fromJSON, toJSON } from '../../src/codec/index.ts'
import { collection } from '../../src/collection/index.ts'
import { createMachineStore, qCoreMachine } from '../../src/machine/index.ts'
import { createStore, type Snapshot } from '../../src/store/index.ts'
import { refusal, sample } from './support/samples.ts'

const snapshotOf = (state: unknown): Snapshot<unknown> => createStore(state).snapshot
/** fast-check counts -0 among the values of JSON; `JSON.stringify` does not. */
const jsonState = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown)
const ADVICE = 'Read only what toJSON() has made.'

describe('toJSON', () => {
  test('gives all fields of a snapshot beside the format and its version', () => {
    const snapshot = { ...snapshotOf({ a: 1 }), tsWall: 5, tsMono: 7, metadata: { by: 'me' } }
    expect(toJSON(snapshot)).toEqual({
      format: 'headgate.snapshot',
      formatVersion: 1,
      version: 0,
      state: { a: 1 },
      reason: 'INIT',
      source: 'store',
      tsWall: 5,
      tsMono: 7,
      metadata: { by: 'me' },
    })
    expect(toJSON(snapshot).state).toBe(snapshot.state)
  })

  test('leaves out what a decoded snapshot has beyond a snapshot', () => {
    expect(toJSON(decodeSnapshot(encodeSnapshot(sample())))).not.toHaveProperty('wire')
  })

  test('brings a state of a store with collections, Maps and Dates back, as version 2 of the form', () => {
    const state = {
      robots: collection([['r1', { seen: new Date(0), at: -0 }]]),
      tags: new Map([['a', new Set([1n, undefined])]]),
    }
    const json = JSON.stringify(toJSON(snapshotOf(state)))
    expect(json).toContain('"formatVersion":2')
    const replica = createStore<unknown>()
    replica.put(fromJSON(json))
    expect(replica.state).toStrictEqual(createStore(state).state)
  })

  test('refuses what no text can stand for, and says what to do', () => {
    expect(refusal(() => toJSON(snapshotOf({ robots: [{ run: () => 1 }] })))).toBe(
      'Expected state["robots"][0]["run"] to be a value, got a function. Keep it beside the state.',
    )
  })

  test.each<[unknown, string]>([
    [null, 'Expected the snapshot to be an object, got null.'],
    [createStore().snapshot, 'Expected version to be an integer from 0 to 2^52, got -1 (number).'],
    [{ ...snapshotOf(1), tsMono: Number.NaN }, 'Expected tsMono to be a finite number, got NaN (number).'],
    [{ ...snapshotOf(1), metadata: { a: 1 } }, 'Expected metadata["a"] to be a string, got 1 (number).'],
  ])('refuses what is no snapshot: case %#', (snapshot, sentence) => {
    expect(refusal(() => toJSON(snapshot as Snapshot<unknown>))).toBe(
      `${sentence} Correct the snapshot before it is encoded.`,
    )
  })

  test.each(['version', 'tsWall', 'tsMono'])('refuses -0 in %s', (field) => {
    expect(refusal(() => toJSON({ ...snapshotOf(1), [field]: -0 }))).toStartWith(`Expected ${field} to be`)
  })
})

describe('fromJSON', () => {
  test('brings every state that JSON holds back, from text and from the value', () => {
    fc.assert(
      fc.property(jsonState, fc.nat(), (state, version) => {
        const snapshot = { ...snapshotOf(state), version }
        const json = toJSON(snapshot)
        expect(fromJSON(json)).toEqual(snapshot)
        expect(fromJSON(JSON.stringify(json))).toEqual(snapshot)
      }),
    )
  })

  test('brings a machine store to where another one was', () => {
    const replica = createMachineStore(qCoreMachine)
    replica.put(fromJSON(JSON.stringify(toJSON(sample()))))
    expect(replica.snapshot).toEqual(sample())
  })

  test('copies, and freezes every level of the copy only', () => {
    const json = JSON.parse(JSON.stringify(toJSON(snapshotOf({ deep: [{}] }))))
    const snapshot = fromJSON<{ deep: object[] }>(json)
    const parts = [snapshot, snapshot.metadata, snapshot.state, snapshot.state.deep, snapshot.state.deep[0]]
    expect(parts.every((part) => Object.isFrozen(part))).toBe(true)
    expect(json.state.deep).not.toBeFrozen()
  })

  const good = toJSON(snapshotOf(1))

  test.each<[unknown, string]>([
    [null, 'Expected the JSON to be an object, got null.'],
    [[good], 'Expected the JSON to be an object, got an array.'],
    [{ ...good, format: 'other' }, 'Expected format to be "headgate.snapshot", got "other" (string).'],
    [{ ...good, version: 1.5 }, 'Expected version to be an integer from 0 to 2^52, got 1.5 (number).'],
    [
      { ...good, version: 2 ** 52 + 1 },
      'Expected version to be an integer from 0 to 2^52, got 4503599627370497 (number).',
    ],
    [{ ...good, reason: null }, 'Expected reason to be a string, got null.'],
    [{ ...good, source: 1 }, 'Expected source to be a string, got 1 (number).'],
    [{ ...good, tsWall: '0' }, 'Expected tsWall to be a finite number, got "0" (string).'],
    [{ ...good, metadata: [] }, 'Expected metadata to be an object, got an array.'],
    [{ ...good, metadata: { a: null } }, 'Expected metadata["a"] to be a string, got null.'],
  ])('refuses what toJSON does not make: case %#', (json, sentence) => {
    expect(refusal(() => fromJSON(json))).toBe(`${sentence} ${ADVICE}`)
  })

  test('refuses a missing state', () => {
    expect(refusal(() => fromJSON({ ...good, state: undefined }))).toStartWith('Expected state to be')
  })

  test('refuses a later form, and says who reads it', () => {
    expect(refusal(() => fromJSON({ ...good, formatVersion: 3 }))).toBe(
      'Expected formatVersion to be 1 or 2, got 3 (number). Read it with the version of Headgate that wrote it.',
    )
  })

  test('refuses a cut text, with the cause', () => {
    const text = JSON.stringify(good)
    expect(() => fromJSON(text.slice(0, -1))).toThrow(
      expect.objectContaining({
        message: 'Expected the JSON to be JSON text, got a text that is none. Check that it was not cut.',
        cause: expect.objectContaining({ name: 'SyntaxError' }),
      }),
    )
  })

  test('keeps the key __proto__ a key', () => {
    const { state } = fromJSON<object>(
      JSON.stringify(good).replace('"state":1', '"state":{"__proto__":{"a":1}}'),
    )
    expect(Object.keys(state)).toEqual(['__proto__'])
    expect(state).not.toHaveProperty('a')
  })
})
