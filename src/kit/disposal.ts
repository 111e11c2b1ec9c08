/// <reference lib="esnext.disposable" preserve="true" />
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

/** Gives the instances of a class what is read under a symbol. */
export function defineRead<T extends object>(prototype: T, key: symbol, get: (this: T) => unknown): void {
  Object.defineProperty(prototype, key, { get })
}

const nothingToDo = (): void => {}

/** What is to be done when a signal aborts; one listener for all of it, however many wait for the signal. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls `action` once when the signal aborts, at once if it has; returns what takes it away.
 *
 * A signal that lives long is given one listener while anybody waits for it: Node warns of more than ten. Call the
 * result when the work is over, or the signal keeps the action.
 */
export function onAbort(signal: AbortSignal | undefined, action: () => void): () => void {
  if (signal === undefined) return nothingToDo
  if (signal.aborted) {
    action()
    return nothingToDo
  }
  const actions = waiting.get(signal) ?? listen(signal)
  // Of its own, so that the same function may be given twice and taken away once.
  const added = (): void => action()
  actions.add(added)
  return () => {
    actions.delete(added)
    if (actions.size === 0 && waiting.get(signal) === actions) unlisten(signal)
  }
}

function listen(signal: AbortSignal): Set<() => void> {
  const actions = new Set<() => void>()
  waiting.set(signal, actions)
  signal.addEventListener('abort', aborted, { once: true })
  return actions
}

function unlisten(signal: AbortSignal): void {
  waiting.delete(signal)
  signal.removeEventListener('abort', aborted)
}

/** One function for all signals: it finds the actions by the signal that it is called on. */
function aborted(this: AbortSignal): void {
  const actions = waiting.get(this)
  unlisten(this)
  for (const action of actions ?? []) {
    try {
      action()
    } catch (error) {
      // As if each had listened by itself: the platform reports what a listener throws.
      queueMicrotask(() => {
        throw error
      })
    }
  }
}
