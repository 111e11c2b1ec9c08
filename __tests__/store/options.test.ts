import { describe, expect, test } from '@jest/globals'
import {
  createStore,
  type ModifyOptions,
  type Policy,
  type StreamOptions,
  type SubscribeOptions,
  type WaitOptions,
} from '../../src/index.ts'
import { refusal } from './support.ts'

const cases: [string, unknown, string][] = [
  ['id', '', 'Expected "id" to be a string that is not empty, got "" (string).'],
  ['id', 5, 'Expected "id" to be a string that is not empty, got 5 (number).'],
  ['replay', 'no', 'Expected "replay" to be true or false, got "no" (string).'],
  ['replay', null, 'Expected "replay" to be true or false, got null.'],
  ['onDrop', {}, 'Expected "onDrop" to be a function, got an object.'],
  ['signal', new AbortController(), 'Expected "signal" to be an AbortSignal, got an object.'],
  ['scheduler', () => 0, 'Expected "scheduler" to be an RxJS scheduler, got a function.'],
]

describe('the options of subscribe and stream', () => {
  test.each(cases)('refuse %s: %p', (option, value, message) => {
    const store = createStore(0)
    let calls = 0
    const options = { [option]: value } as SubscribeOptions<number>
    expect(() => store.subscribe(() => void ++calls, options)).toThrow(refusal('OPTION_INVALID', message))
    expect(() => store.stream(options as StreamOptions<number>)).toThrow(refusal('OPTION_INVALID', message))
    expect(calls).toBe(0)
    expect(store.metrics().subscriberCount).toBe(0)
  })

  test('refuse an onError that is none; only a subscriber has one', () => {
    const message = 'Expected "onError" to be "continue" or "close", got "stop" (string).'
    expect(() => createStore(0).subscribe(() => {}, { onError: 'stop' as 'close' })).toThrow(
      refusal('OPTION_INVALID', message),
    )
  })

  test.each<[unknown, string]>([
    ['latest', '"latest" (string)'],
    [{ kind: 'newest' }, 'an object'],
    [7, '7 (number)'],
  ])('refuse the policy %p', (policy, received) => {
    const store = createStore(0)
    const message = `Expected "policy" to be a policy made by a factory, such as latest() or buffer({ capacity: 64 }), and no copy of one, got ${received}.`
    const options = { policy: policy as Policy }
    expect(() => store.subscribe(() => {}, options)).toThrow(refusal('POLICY_INVALID', message))
    expect(() => store.stream(options)).toThrow(refusal('POLICY_INVALID', message))
    expect(store.metrics().subscriberCount).toBe(0)
    expect(store.set(1).version).toBe(1)
  })

  test('may all be given as undefined', () => {
    const store = createStore(0)
    const handle = store.subscribe(() => {}, {
      id: undefined,
      policy: undefined,
      replay: undefined,
      onDrop: undefined,
      onError: undefined,
      signal: undefined,
      scheduler: undefined,
    })
    expect(handle.stats()).toMatchObject({ id: 'subscriber-1', policy: 'latest', published: 1 })
  })
})

describe('the options of modify', () => {
  test.each<[string, unknown, string]>([
    ['retries', -1, 'Expected "retries" to be an integer from 0 to 9007199254740991, got -1 (number).'],
    ['retries', '3', 'Expected "retries" to be an integer from 0 to 9007199254740991, got "3" (string).'],
    ['signal', {}, 'Expected "signal" to be an AbortSignal, got an object.'],
  ])('refuse %s: %p', async (option, value, message) => {
    let calls = 0
    const call = createStore(0).modify(async () => ++calls, { [option]: value } as ModifyOptions)
    await expect(call).rejects.toThrow(refusal('OPTION_INVALID', message))
    expect(calls).toBe(0)
  })
})

describe('the options of waitFor', () => {
  test.each<[string, unknown, string]>([
    ['timeoutMs', -1, 'Expected "timeoutMs" to be an integer from 0 to 2147483647, got -1 (number).'],
    [
      'timeoutMs',
      2 ** 31,
      'Expected "timeoutMs" to be an integer from 0 to 2147483647, got 2147483648 (number).',
    ],
    [
      'timeoutMs',
      Number.NaN,
      'Expected "timeoutMs" to be an integer from 0 to 2147483647, got NaN (number).',
    ],
    ['timeoutMs', 0.5, 'Expected "timeoutMs" to be an integer from 0 to 2147483647, got 0.5 (number).'],
    ['signal', 'abort', 'Expected "signal" to be an AbortSignal, got "abort" (string).'],
  ])('refuse %s: %p', async (option, value, message) => {
    let calls = 0
    const call = createStore(0).waitFor(() => ++calls > 0, { [option]: value } as WaitOptions)
    await expect(call).rejects.toThrow(refusal('OPTION_INVALID', message))
    expect(calls).toBe(0)
  })
})
