/**
 * Checks what untyped callers may have passed. Each check throws `OPTION_INVALID` or `OPTION_UNKNOWN`; in production
 * there is none (check-keys.ts in kit).
 */
import { checkKeys, describeValue, HeadgateError, type KnownKeys, TIMER_MS_MAX } from '../kit/index.ts'
import type { StreamOptions } from './publish/snapshot-stream.ts'
import type { SubscribeOptions } from './publish/subscribe-options.ts'
import type { WaitOptions } from './readable.ts'
import type { ModifyOptions, Store, StoreOptions } from './store.ts'
import { isWhenFull } from './write/write-options.ts'

declare const process: { readonly env: { readonly NODE_ENV?: string } } | undefined

type PutOptions = NonNullable<Parameters<Store<unknown>['put']>[1]>

type Test = (value: unknown) => boolean

const isFunction: Test = (value) => typeof value === 'function'
export const isObjectWith =
  (...methods: string[]): Test =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function')

/** Checks one option, unless it is absent. */
export function refuseUnless(option: string, value: unknown, expected: string, test: Test): void {
  if (value === undefined || test(value)) return
  throw new HeadgateError('OPTION_INVALID', { option, expected, received: describeValue(value) })
}

const checkText = (option: string, value: unknown): void =>
  refuseUnless(option, value, 'a string that is not empty', (text) => typeof text === 'string' && text !== '')

const checkSignal = (value: unknown): void =>
  refuseUnless('signal', value, 'an AbortSignal', isObjectWith('addEventListener', 'removeEventListener'))

const checkBoolean = (option: string, value: unknown): void =>
  refuseUnless(option, value, 'true or false', (flag) => typeof flag === 'boolean')

const checkScheduler = (value: unknown): void =>
  refuseUnless('scheduler', value, 'an RxJS scheduler', isObjectWith('schedule', 'now'))

const checkInteger = (option: string, value: unknown, least: number, most: number): void =>
  refuseUnless(option, value, `an integer from ${least} to ${most}`, (number) => {
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

const STREAM_KEYS: KnownKeys<StreamOptions<unknown>> = {
  id: true,
  policy: true,
  replay: true,
  onDrop: true,
  signal: true,
  scheduler: true,
}
const MODIFY_KEYS: KnownKeys<ModifyOptions> = {
  reason: true,
  source: true,
  metadata: true,
  origin: true,
  whenFull: true,
  retries: true,
  signal: true,
}
const PUT_KEYS: KnownKeys<PutOptions> = { enforceVersion: true }
const WAIT_KEYS: KnownKeys<WaitOptions> = { signal: true, timeoutMs: true }

function storeOptions(options: StoreOptions): void {
  checkKeys(options, STORE_KEYS, 'createStore()')
  checkText('name', options.name)
  checkText('source', options.source)
  checkInteger('drainMax', options.drainMax, 1, Number.MAX_SAFE_INTEGER)
  refuseUnless(
    'clock',
    options.clock,
    'an object with the functions "wall" and "mono"',
    isObjectWith('wall', 'mono'),
  )
  checkScheduler(options.scheduler)
  refuseUnless('onFault', options.onFault, 'a function', isFunction)
  refuseUnless(
    'timing',
    options.timing,
    'false or commitTimes()',
    (value) => value === false || isFunction(value),
  )
  checkBoolean('detectLeaks', options.detectLeaks)
  checkBoolean('freeze', options.freeze)
  refuseUnless('whenFull', options.whenFull, '"throw" or "overrule"', isWhenFull)
}

function streamOptions(options: StreamOptions<never>): void {
  checkKeys(options, STREAM_KEYS, 'stream()')
  checkFeed(options)
}

function subscribeOptions(options: SubscribeOptions<never>): void {
  checkKeys(options, SUBSCRIBE_KEYS, 'subscribe()')
  checkFeed(options)
}

function checkFeed(options: SubscribeOptions<never>): void {
  checkText('id', options.id)
  checkBoolean('replay', options.replay)
  refuseUnless('onDrop', options.onDrop, 'a function', isFunction)
  refuseUnless(
    'onError',
    options.onError,
    '"continue" or "close"',
    (value) => value === 'continue' || value === 'close',
  )
  checkSignal(options.signal)
  checkScheduler(options.scheduler)
}

function modifyOptions(options: ModifyOptions): void {
  checkKeys(options, MODIFY_KEYS, 'modify()')
  checkInteger('retries', options.retries, 0, Number.MAX_SAFE_INTEGER)
  checkSignal(options.signal)
}

function waitOptions(options: WaitOptions, where: string): void {
  checkKeys(options, WAIT_KEYS, where)
  checkInteger('timeoutMs', options.timeoutMs, 0, TIMER_MS_MAX)
  checkSignal(options.signal)
}

function putOptions(options: PutOptions): void {
  checkKeys(options, PUT_KEYS, 'put()')
}

interface Checks {
  storeOptions(options: StoreOptions): void
  streamOptions(options: StreamOptions<never>): void
  subscribeOptions(options: SubscribeOptions<never>): void
  modifyOptions(options: ModifyOptions): void
  waitOptions(options: WaitOptions, where: string): void
  putOptions(options: PutOptions): void
}

/** The checks; none in production. */
export const check: Checks | undefined =
  typeof process === 'object' && process.env.NODE_ENV !== 'production'
    ? { storeOptions, streamOptions, subscribeOptions, modifyOptions, waitOptions, putOptions }
    : undefined
