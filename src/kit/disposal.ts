/**
 * Small pieces of cleaning up: `using` support where the platform lacks the symbol, and an abort
 * listener that takes itself away.
 */

/** A platform's own symbol, or the registered one that compilers fall back on where it has none. */
export const disposeSymbolOf = (platform: { readonly dispose?: symbol }): typeof Symbol.dispose =>
  (platform.dispose ?? Symbol.for('Symbol.dispose')) as typeof Symbol.dispose

/** The key under which `using` looks. */
export const disposeSymbol: typeof Symbol.dispose = disposeSymbolOf(Symbol)

/**
 * Gives the instances of a class a `[Symbol.dispose]()`. A method written with a computed name would be
 * named "undefined" where the platform lacks the symbol.
 */
export function defineDispose<T extends object>(prototype: T, dispose: (this: T) => void): void {
  Object.defineProperty(prototype, disposeSymbol, { value: dispose, configurable: true, writable: true })
}

const nothingToDo = (): void => {}

/**
 * Calls `action` once when the signal aborts, at once if it has; returns what takes the listener away.
 *
 * A long-lived signal keeps every listener that is not removed: call the result when the work is over.
 */
export function onAbort(signal: AbortSignal | undefined, action: () => void): () => void {
  if (signal === undefined) return nothingToDo
  if (signal.aborted) {
    action()
    return nothingToDo
  }
  signal.addEventListener('abort', action, { once: true })
  return () => signal.removeEventListener('abort', action)
}
