/** Applies a delta to a state: all of it, or nothing. */
import { describeValue, HeadgateError } from '../kit/index.ts'
import { settle, UnfitState } from '../state/index.ts'
import type { AddOperation, Delta, JsonPointer } from './delta.ts'
import { keysOf } from './pointer.ts'
import { sameValue } from './same-value.ts'
import { add, NOTHING, remove, valueAlong, Workspace, write } from './workspace.ts'

/**
 * Applies a delta to a state, and returns the state that it leads to.
 *
 * Nothing is written in place, and what is on no path keeps its identity. Each parent of what is written is copied
 * once, and frozen; the values of the delta become parts of the state and are frozen in place. Any JSON Patch
 * (RFC 6902) is a delta. Keys are own keys: `__proto__` and `constructor` are like others.
 *
 * In a collection a key is an id, and an added entity comes at the end, or ahead of `before`.
 *
 * @example
 * ```ts
 * import { applyDelta } from 'headgate/delta'
 *
 * const state = { pose: { x: 0, y: 0 }, log: ['start'] }
 * const next = applyDelta(state, [{ op: 'add', path: '/log/-', value: 'stop' }])
 * console.log(next.log, next.pose === state.pose, state.log) // → [ 'start', 'stop' ] true [ 'start' ]
 * ```
 * @throws `DELTA_INVALID` with the number of the operation, its path and what is wrong; `STATE_INVALID` for a value
 * that no state may hold.
 */
export function applyDelta<State>(state: State, delta: Delta): State {
  requireDelta(delta)
  const workspace = new Workspace(state)
  delta.forEach((operation: unknown, index) => {
    const problem = applied(workspace, operation)
    if (problem === undefined) return
    const path = (operation as { path?: unknown } | null)?.path
    throw new HeadgateError('DELTA_INVALID', {
      operation: index,
      path: typeof path === 'string' ? path : '',
      problem,
    })
  })
  return workspace.finish() as State
}

/** @throws `OPTION_INVALID` for what is no list. */
export function requireDelta(delta: unknown): void {
  if (Array.isArray(delta)) return
  throw new HeadgateError('OPTION_INVALID', {
    option: 'delta',
    expected: 'a list of operations',
    received: describeValue(delta),
  })
}

/** An operation as it comes from anywhere. */
type Given = { readonly [Key in 'op' | 'path' | 'from' | 'value' | 'before']?: unknown }

/** Does one operation; tells what is wrong with it, and may have copied something then. */
function applied(workspace: Workspace, operation: unknown): string | undefined {
  if (typeof operation !== 'object' || operation === null) {
    return `expected an operation, got ${describeValue(operation)}`
  }
  const { op, path, from, value, before } = operation as Given
  const keys = typeof path === 'string' ? keysOf(path) : undefined
  if (keys === undefined) return `expected a "path" that is a JSON Pointer, got ${describeValue(path)}`
  switch (op) {
    case 'add':
    case 'replace':
    case 'test':
      if (!Object.hasOwn(operation, 'value')) return `${op} has no "value"`
      if (op === 'test') return tested(workspace, keys, value)
      return (op === 'add' ? added : replaced)(workspace, keys, adopted(value), beforeOf(before))
    case 'remove':
      return removed(workspace, keys)
    case 'move':
    case 'copy': {
      const source = typeof from === 'string' ? keysOf(from) : undefined
      if (source === undefined) return `expected a "from" that is a JSON Pointer, got ${describeValue(from)}`
      if (valueAlong(workspace.root, source) === NOTHING) return `there is nothing at "${from as string}"`
      return op === 'copy'
        ? added(workspace, keys, workspace.seal(source))
        : moved(workspace, source, keys, from as string)
    }
    default:
      return `there is no operation ${describeValue(op)}`
  }
}

const beforeOf = (before: unknown): AddOperation['before'] | undefined =>
  typeof before === 'string' ? before : undefined

function adopted(value: unknown): unknown {
  try {
    return settle(value, undefined)
  } catch (error) {
    throw error instanceof UnfitState ? error.toError('a delta', 'applyDelta()') : error
  }
}

const MISSING = 'there is nothing at that path'
const NO_PARENT = 'there is no object, list or collection that it leads into'
const UNDEFINED = 'a state is any value but undefined; put null for "nothing"'

function added(
  workspace: Workspace,
  keys: readonly string[],
  value: unknown,
  before?: string,
): string | undefined {
  const key = keys.at(-1)
  if (key === undefined) return whole(workspace, value)
  const parent = workspace.open(keys.slice(0, -1))
  return parent === undefined ? NO_PARENT : add(parent, key, value, before)
}

function replaced(workspace: Workspace, keys: readonly string[], value: unknown): string | undefined {
  const key = keys.at(-1)
  if (key === undefined) return whole(workspace, value)
  if (valueAlong(workspace.root, keys) === NOTHING) return MISSING
  const parent = workspace.open(keys.slice(0, -1))
  return parent === undefined ? NO_PARENT : write(parent, key, value)
}

function whole(workspace: Workspace, value: unknown): string | undefined {
  if (value === undefined) return UNDEFINED
  workspace.root = value
  return undefined
}

function removed(workspace: Workspace, keys: readonly string[]): string | undefined {
  const key = keys.at(-1)
  if (key === undefined) return UNDEFINED
  if (valueAlong(workspace.root, keys) === NOTHING) return MISSING
  const parent = workspace.open(keys.slice(0, -1))
  if (parent === undefined) return NO_PARENT
  remove(parent, key)
  return undefined
}

function moved(
  workspace: Workspace,
  source: readonly string[],
  keys: readonly string[],
  from: JsonPointer,
): string | undefined {
  const isInside = source.every((key, at) => key === keys[at])
  if (isInside) return source.length === keys.length ? undefined : `"${from}" cannot be moved into itself`
  const value = valueAlong(workspace.root, source)
  return removed(workspace, source) ?? added(workspace, keys, value)
}

function tested(workspace: Workspace, keys: readonly string[], value: unknown): string | undefined {
  if (valueAlong(workspace.root, keys) === NOTHING) return MISSING
  return sameValue(workspace.seal(keys), value)
    ? undefined
    : 'another value is there than the one to test for'
}
