/**
 * Looks at values that somebody else made. Nothing here throws, whatever the value is: a proxy, an object without
 * prototype, an error of another realm, a getter that throws.
 */

/** What `look` returns, or `otherwise` where looking throws. */
function safely<T>(look: () => T, otherwise: T): T {
  try {
    return look()
  } catch {
    return otherwise
  }
}

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function'

/** Whether something can be awaited. */
export const isPromiseLike = (value: unknown): value is PromiseLike<unknown> =>
  isObject(value) && safely(() => typeof (value as { then?: unknown }).then === 'function', false)

/** The message of an error, or of whatever was thrown in its place; always a string. */
export function messageOf(error: unknown): string {
  return safely(() => {
    const message = isObject(error) ? (error as { message?: unknown }).message : undefined
    return typeof message === 'string' ? message : String(error)
  }, 'a value that cannot be printed')
}

/** Says what a value is, for an error's sentence: `"abc" (string)`, `null`, `0 (number)`, `an array`. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'string') return `${JSON.stringify(value)} (string)`
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object') return safely(() => Array.isArray(value), false) ? 'an array' : 'an object'
  return `${String(value)} (${typeof value})`
}

/** What a function returned that should have been synchronous and was not. */
export type Deferred = 'a promise' | 'a generator'

/**
 * Tells whether a function that must be synchronous was written with `async` or `*`; what it returned is then
 * refused. The rejection of a promise is taken care of: the refusal is error enough.
 */
export function deferredOf(result: unknown): Deferred | undefined {
  if (!isObject(result)) return undefined
  if (isPromiseLike(result)) {
    safely(() => void result.then(undefined, () => {}), undefined)
    return 'a promise'
  }
  const tag = safely(() => Object.prototype.toString.call(result), '')
  return tag === '[object Generator]' || tag === '[object AsyncGenerator]' ? 'a generator' : undefined
}
