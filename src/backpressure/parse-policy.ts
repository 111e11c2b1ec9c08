import { audit } from './audit.ts'
import { type BatchPolicy, batch, requireWindows } from './batch.ts'
import { buffer, type Overflow, requireOverflow } from './buffer.ts'
import { debounce } from './debounce.ts'
import { direct } from './direct.ts'
import { exhaust } from './exhaust.ts'
import { frame } from './frame.ts'
import { latest } from './latest.ts'
import { type Dispatch, refuseOption, requireCount, requireMs } from './options.ts'
import type { Policy } from './policy.ts'
import { sample } from './sample.ts'
import { switchLatest } from './switch-latest.ts'
import { requireEdges, throttle } from './throttle.ts'

type Words = readonly (string | undefined)[]

const SYNTAX =
  'direct, latest[:microtask], buffer[:CAPACITY[:OVERFLOW]][:microtask], exhaust, switchLatest, ' +
  'throttle:MS[:leading|:trailing], debounce:MS, audit:MS, sample:MS, batch:[MS]:[MAXSIZE][:first|:fixed[:CAPACITY]] ' +
  'or frame[:MS]'

/** A number, or NaN, which is refused with a sentence of its own. */
const numberOf = (word: string | undefined): number =>
  word === undefined || word === '' ? Number.NaN : Number(word)

/** An option where its word is there. */
const optional = <Key extends string, Value>(
  key: Key,
  word: string | undefined,
  read: (word: string) => Value,
): { [K in Key]?: Value } => (word === undefined ? {} : ({ [key]: read(word) } as { [K in Key]?: Value }))

const unlessEmpty = (word: string | undefined): string | undefined => (word === '' ? undefined : word)

/** Takes the word `microtask` off the end, where it stands. */
function splitDispatch(words: Words): { dispatch: Dispatch; rest: Words } {
  const isLast = words.at(-1) === 'microtask'
  return isLast ? { dispatch: 'microtask', rest: words.slice(0, -1) } : { dispatch: 'sync', rest: words }
}

function parseBuffer(words: Words): Policy | undefined {
  const { dispatch, rest } = splitDispatch(words)
  const [capacity, overflow] = rest
  if (rest.length > 2) return undefined
  const options = {
    dispatch,
    ...optional('capacity', capacity, numberOf),
    ...optional('overflow', overflow, (word) => word as Overflow),
  }
  const policy = buffer(options)
  requireCount('capacity', policy.capacity)
  requireOverflow(policy.overflow)
  return policy
}

function parseThrottle([ms, edge]: Words): Policy {
  if (edge !== undefined && edge !== 'leading' && edge !== 'trailing') {
    refuseOption('edge', '"leading" or "trailing"', edge)
  }
  const edges = { ms: numberOf(ms), leading: edge !== 'trailing', trailing: edge !== 'leading' }
  requireEdges(edges)
  return throttle(edges)
}

function parseBatch([ms, maxSize, window, capacity]: Words): Policy {
  const policy = batch({
    ...optional('ms', unlessEmpty(ms), numberOf),
    ...optional('maxSize', unlessEmpty(maxSize), numberOf),
    ...optional('window', window, (word) => word as BatchPolicy['window']),
    ...optional('capacity', capacity, numberOf),
  })
  requireWindows(policy)
  return policy
}

/** Milliseconds, checked in production too: a label may come from anywhere. */
function msOf(word: string | undefined, least = 0): number {
  const ms = numberOf(word)
  requireMs('ms', ms, least)
  return ms
}

function parseFrame([word]: Words): Policy {
  const policy = frame(optional('maxWaitMs', word, numberOf))
  requireMs('maxWaitMs', policy.maxWaitMs, 0)
  return policy
}

interface Kind {
  /** How many words it takes. */
  readonly most: number
  /** Makes the policy; `undefined` where the words do not fit. */
  read(words: Words): Policy | undefined
}

const KINDS: Readonly<Record<string, Kind>> = {
  direct: { most: 0, read: () => direct() },
  exhaust: { most: 0, read: () => exhaust() },
  switchLatest: { most: 0, read: () => switchLatest() },
  latest: {
    most: 1,
    read(words) {
      const { dispatch, rest } = splitDispatch(words)
      return rest.length === 0 ? latest({ dispatch }) : undefined
    },
  },
  buffer: { most: 3, read: parseBuffer },
  throttle: { most: 2, read: parseThrottle },
  debounce: { most: 1, read: ([ms]) => debounce({ ms: msOf(ms) }) },
  audit: { most: 1, read: ([ms]) => audit({ ms: msOf(ms) }) },
  sample: { most: 1, read: ([ms]) => sample({ ms: msOf(ms, 1) }) },
  batch: { most: 4, read: parseBatch },
  frame: { most: 1, read: parseFrame },
}

/**
 * Reads a policy of this library from its label, as `headgate run --subscriber` takes it.
 *
 * @param label - a kind and its parameters, such as `latest:microtask`, `buffer:64:drop-oldest`,
 *   `throttle:100:trailing`, `batch:250:100`. Parameters that are left out have their defaults.
 * @throws `POLICY_INVALID`
 */
export function parsePolicy(label: string): Policy {
  // An untyped caller may bring anything; what is no string has no words.
  const [kind = '', ...words] = typeof label === 'string' ? label.split(':') : []
  const entry = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined
  const policy = entry !== undefined && words.length <= entry.most ? entry.read(words) : undefined
  return policy ?? refuseOption('policy', SYNTAX, label)
}
