import { stat } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkPolicy, latest, type Policy, parsePolicy } from '../backpressure/index.ts'
import { describeValue, onAbort } from '../kit/index.ts'
import type { CommandIo, StopSignal } from './command-io.ts'
import { TIME_UNITS } from './record-time.ts'
import type { RunModule, RunSubscriber, TimeUnit } from './run-module.ts'
import { Stopped } from './stop-switch.ts'
import { placeOfSyntaxError } from './syntax-error-place.ts'
import { messageOf, UsageError } from './usage-error.ts'

type Exports = Readonly<Record<string, unknown>>

/** A subscriber whose policy is read. The consumer is kept as it came, so that its methods find their `this`. */
export interface CheckedSubscriber {
  readonly id: string
  readonly policy: Policy
  readonly consumer: Pick<RunSubscriber, 'next' | 'error' | 'complete'>
}

/** A module in which nothing is left to check or to default. */
export interface CheckedModule extends Omit<RunModule, 'subscribers' | 'timeField' | 'timeUnit'> {
  readonly subscribers: readonly CheckedSubscriber[]
  readonly timeField: string
  readonly timeUnit: TimeUnit
}

const isObject = (value: unknown): value is Exports => typeof value === 'object' && value !== null

/**
 * Imports a module and checks what it exports. The parts may also be those of its default export, which is
 * how Node shows the exports of a CommonJS module that it cannot see through.
 *
 * @param path - counts from the working directory.
 * @throws {@link UsageError}, in one sentence that names the module.
 */
export async function loadModule(path: string, io: CommandIo): Promise<CheckedModule> {
  const namespace = await importModuleAt(path, io)
  const { default: inner } = namespace
  return checkModule(namespace.machine === undefined && isObject(inner) ? inner : namespace, path)
}

/**
 * Imports a module, as it is.
 *
 * @throws {@link UsageError}, in one sentence that names it.
 */
export async function importModuleAt(path: string, io: CommandIo): Promise<Exports> {
  const file = resolve(io.workingDirectory, path)
  const stats = await stat(file).catch(() => undefined)
  if (!stats?.isFile()) throw new UsageError(`The module ${path} does not exist.`)
  return await unlessStopped(importFile(file, path, io), path, io)
}

/** A module may await for ever while it is loaded. */
function unlessStopped<T>(loading: Promise<T>, path: string, { signal }: CommandIo): Promise<T> {
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, () =>
      reject(new Stopped(signal.reason as StopSignal, `the module ${path}`)),
    )
    loading.then(resolve, reject).finally(forget)
  })
}

async function importFile(file: string, path: string, io: CommandIo): Promise<Exports> {
  const { href } = pathToFileURL(file)
  try {
    return (await io.importModule(href)) as Exports
  } catch (error) {
    // Object(): a module may throw anything, null too.
    const { code } = Object(error) as { code?: unknown }
    const why =
      code === 'ERR_UNKNOWN_FILE_EXTENSION' && /^\.[cm]?ts$/.test(extname(file))
        ? `this Node (${process.version}) does not load TypeScript; compile it, or use Node 22.18 or newer.`
        : whyNotLoaded(error, href)
    throw new UsageError(`The module ${path} could not be loaded: ${why}`, { cause: error })
  }
}

function whyNotLoaded(error: unknown, url: string): string {
  const place = placeOfSyntaxError(error, url)
  return place === undefined ? messageOf(error) : `${messageOf(error)} at ${place}`
}

/**
 * Checks the exports of a module, down to its subscribers, whose policies may be labels.
 *
 * @throws {@link UsageError}
 */
export function checkModule(exports: Exports, path: string): CheckedModule {
  const { machine, ingest, observe, timeField = 't', timeUnit = 'ms', subscribers = [], records } = exports
  const refuse = (name: string, expected: string, value: unknown): never => {
    const found =
      value === undefined ? `exports no "${name}"` : `exports ${describeValue(value)} as "${name}"`
    throw new UsageError(`The module ${path} ${found}; expected ${expected}.`)
  }
  if (!isObject(machine) || !(machine.states instanceof Map)) {
    refuse('machine', 'a machine made by defineMachine()', machine)
  }
  if (typeof ingest !== 'function') refuse('ingest', 'a function from a record to its events', ingest)
  if (observe !== undefined && typeof observe !== 'function') {
    refuse('observe', 'a recipe (draft, record) on the context', observe)
  }
  if (!Object.hasOwn(TIME_UNITS, timeUnit as string)) {
    refuse('timeUnit', Object.keys(TIME_UNITS).join(', '), timeUnit)
  }
  if (typeof timeField !== 'string' || timeField === '') refuse('timeField', 'the name of a field', timeField)
  if (records !== undefined && typeof records !== 'function') {
    refuse('records', 'a function that returns records', records)
  }
  if (!Array.isArray(subscribers)) {
    refuse('subscribers', 'an array of { id, policy, next }', subscribers)
  }
  const checked = (subscribers as unknown[]).map((one) => checkSubscriber(one, path))
  // The cast holds for what was checked above; what the functions return is checked where they are called.
  return {
    machine,
    ingest,
    observe,
    timeField,
    timeUnit,
    records,
    subscribers: checked,
  } as unknown as CheckedModule
}

function checkSubscriber(subscriber: unknown, path: string): CheckedSubscriber {
  const { id, policy = latest(), next } = isObject(subscriber) ? subscriber : {}
  if (typeof id !== 'string' || id === '' || typeof next !== 'function') {
    throw new UsageError(`A subscriber of the module ${path} is not { id, policy, next }.`)
  }
  try {
    const checked = typeof policy === 'string' ? parsePolicy(policy) : checkPolicy(policy)
    return { id, policy: checked, consumer: subscriber as RunSubscriber }
  } catch (error) {
    throw new UsageError(`The subscriber "${id}" of the module ${path}: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
