import { describe, expect, test } from '@jest/globals'
import { createStore, type Snapshot, type Write } from '../../../src/index.ts'
import { refusal } from '../support.ts'

const labels = ({ reason, source, metadata }: Snapshot<unknown>): unknown => [reason, source, metadata]

describe('the label of a write', () => {
  test('defaults to the name of the operation and the source of the store', () => {
    const store = createStore(0, { source: 'arm' })
    expect(labels(store.update(() => 1))).toEqual(['UPDATE', 'arm', {}])
    expect(labels(store.set(2))).toEqual(['SET', 'arm', {}])
  })

  test('is a reason where it is a string', () => {
    const store = createStore(0)
    expect(labels(store.update(() => 1, 'TICK'))).toEqual(['TICK', 'store', {}])
    expect(labels(store.set(2, 'TOCK'))).toEqual(['TOCK', 'store', {}])
  })

  test('fills in what an object leaves out, or gives as undefined', () => {
    const store = createStore(0)
    expect(labels(store.set(1, {}))).toEqual(['SET', 'store', {}])
    expect(labels(store.set(2, { reason: 'TICK' }))).toEqual(['TICK', 'store', {}])
    expect(labels(store.set(3, { source: 'arm', reason: undefined }))).toEqual(['SET', 'arm', {}])
    expect(labels(store.set(4, { metadata: { trace: 'a1' }, source: undefined }))).toEqual([
      'SET',
      'store',
      { trace: 'a1' },
    ])
  })

  test('keeps a frozen copy of the metadata', () => {
    const metadata = { trace: 'a1' }
    const snapshot = createStore(0).set(1, { metadata })
    metadata.trace = 'changed later'
    expect(snapshot.metadata).toEqual({ trace: 'a1' })
    expect(snapshot.metadata).toBeFrozen()
    expect(metadata).not.toBeFrozen()
  })

  test.each<[unknown, string]>([
    [7, 'Expected "write" to be a reason (string) or an object, got 7 (number).'],
    [null, 'Expected "write" to be a reason (string) or an object, got null.'],
    [{ reason: 7 }, 'Expected "reason" to be a string, got 7 (number).'],
    [{ source: [] }, 'Expected "source" to be a string, got an array.'],
    [{ expectedVersion: '0' }, 'Expected "expectedVersion" to be an integer, got "0" (string).'],
    [{ expectedVersion: 0.5 }, 'Expected "expectedVersion" to be an integer, got 0.5 (number).'],
    [{ expectedVersion: Number.NaN }, 'Expected "expectedVersion" to be an integer, got NaN (number).'],
    [{ expectedVersion: null }, 'Expected "expectedVersion" to be an integer, got null.'],
    [{ metadata: 'a1' }, 'Expected "metadata" to be an object of strings, got "a1" (string).'],
    [{ metadata: null }, 'Expected "metadata" to be an object of strings, got null.'],
    [{ metadata: { n: 1 } }, 'Expected "metadata.n" to be a string, got 1 (number).'],
  ])('is refused by every write where it is wrong: %p', (write, message) => {
    const store = createStore(0)
    const wrong = write as Write
    for (const call of [
      () => store.set(1, wrong),
      () => store.update(() => 1, wrong),
      () => store.batch(() => store.set(1), wrong),
    ]) {
      expect(call).toThrow(refusal('OPTION_INVALID', message))
    }
    expect(store.snapshot.version).toBe(0)
    expect(store.metrics()).toMatchObject({ commits: 0, failedWrites: 3, versionConflicts: 0 })
  })
})
