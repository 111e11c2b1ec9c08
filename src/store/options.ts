/** Checks what untyped callers may have passed. Each check throws `OPTION_INVALID`, or in development `OPTION_UNKNOWN`. */
import { checkKeys, describeValue, HeadgateError, type KnownKeys } from '../kit/index.ts'
import type { StreamOptions } from './publish/snapshot-stream.ts'
import type { SubscribeOptions } from './publish/subscribers.ts'
import type { WaitOptions } from './readable.ts'
import type { ModifyOptions, StoreOptions } from './store.ts'
import { isWhenFull, WRITE_KEYS } from './write/write-options.ts'

type Test = (value: unknown) => boolean

const MAX_MS = 2_147_483_647

const isFunction: Test = (value) => typeof value === 'function'
const isObjectWith =
  (...methods: string[]): Test =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function')

/** Checks one option, unless it is absent. */
function check(option: string, value: unknown, expected: string, test: Test): void {
  if (value === undefined || test(value)) return
  throw new HeadgateError('OPTION_INVALID', { option, expected, received: describeValue(value) })
}

const checkText = (option: string, value: unknown): void =>
  check(option, value, 'a string that is not empty', (text) => typeof text === 'string' && text !== '')

const checkSignal = (value: unknown): void =>
  check('signal', value, 'an AbortSignal', isObjectWith('addEventListener', 'removeEventListener'))

const checkBoolean = (option: string, value: unknown): void =>
  check(option, value, 'true or false', (flag) => typeof flag === 'boolean')

const checkScheduler = (value: unknown): void =>
  check('scheduler', value, 'an RxJS scheduler', isObjectWith('schedule', 'now'))

const checkInteger = (option: string, value: unknown, least: number, most: number): void =>
  check(option, value, `an integer from ${least} to ${most}`, (number) => {
    return Number.isInteger(number) && (number as number) >= least && (number as number) <= most
  })

export const STORE_KEYS: KnownKeys<StoreOptions> = {
  name: true,
  source: true,
  clock: true,
  scheduler: true,
  drainMax: true,
  onFault: true,
  timing: true,
  detectLeaks: true,
  freeze: true,
  whenFull: true,
}

export const SUBSCRIBE_KEYS: KnownKeys<SubscribeOptions<unknown>> = {
  id: true,
  policy: true,
  replay: true,
  onDrop: true,
  onError: true,
  signal: true,
  scheduler: true,
}

const { onError: _consumersOnly, ...STREAM_KEYS } = SUBSCRIBE_KEYS
const { expectedVersion: _modifySetsIt, ...LABEL_KEYS } = WRITE_KEYS
const MODIFY_KEYS: KnownKeys<ModifyOptions> = { ...LABEL_KEYS, retries: true, signal: true }
const WAIT_KEYS: KnownKeys<WaitOptions> = { signal: true, timeoutMs: true }

export function checkStoreOptions(options: StoreOptions): void {
  checkKeys(options, STORE_KEYS, 'createStore()')
  checkText('name', options.name)
  checkText('source', options.source)
  checkInteger('drainMax', options.drainMax, 1, Number.MAX_SAFE_INTEGER)
  check(
    'clock',
    options.clock,
    'an object with the functions "wall" and "mono"',
    isObjectWith('wall', 'mono'),
  )
  checkScheduler(options.scheduler)
  check('onFault', options.onFault, 'a function', isFunction)
  check('timing', options.timing, 'true, false or a histogram of hdr-histogram-js', (value) => {
    return typeof value === 'boolean' || isObjectWith('recordValue', 'getValueAtPercentile')(value)
  })
  checkBoolean('detectLeaks', options.detectLeaks)
  checkBoolean('freeze', options.freeze)
  check('whenFull', options.whenFull, '"throw" or "overrule"', isWhenFull)
}

export function checkStreamOptions<S>(options: StreamOptions<S>): void {
  checkKeys(options, STREAM_KEYS, 'stream()')
  checkFeed(options)
}

export function checkSubscribeOptions<S>(options: SubscribeOptions<S>): void {
  checkKeys(options, SUBSCRIBE_KEYS, 'subscribe()')
  checkFeed(options)
}

function checkFeed<S>(options: SubscribeOptions<S>): void {
  checkText('id', options.id)
  checkBoolean('replay', options.replay)
  check('onDrop', options.onDrop, 'a function', isFunction)
  check(
    'onError',
    options.onError,
    '"continue" or "close"',
    (value) => value === 'continue' || value === 'close',
  )
  checkSignal(options.signal)
  checkScheduler(options.scheduler)
}

export function checkModifyOptions(options: ModifyOptions): void {
  checkKeys(options, MODIFY_KEYS, 'modify()')
  checkInteger('retries', options.retries, 0, Number.MAX_SAFE_INTEGER)
  checkSignal(options.signal)
}

export function checkWaitOptions(options: WaitOptions, where: string): void {
  checkKeys(options, WAIT_KEYS, where)
  checkInteger('timeoutMs', options.timeoutMs, 0, MAX_MS)
  checkSignal(options.signal)
}
