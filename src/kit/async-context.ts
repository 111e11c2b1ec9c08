/**
 * Keeps the context of whoever calls now (Node's `AsyncLocalStorage`: a request's id, a trace) for work that runs
 * later, inside somebody else's call.
 *
 * The module is asked of the process, not imported: the root runs in browsers too, where there is no such context.
 * `AsyncResource` and not `AsyncLocalStorage.snapshot()`, which takes a thousand times as long on Node 20.
 */
interface Resource {
  runInAsyncScope(work: () => void): void
}

interface AsyncHooks {
  readonly AsyncResource: new (type: string, options: { requireManualDestroy: boolean }) => Resource
}

declare const process: { getBuiltinModule?(name: string): AsyncHooks | undefined } | undefined

function findHooks(): AsyncHooks | undefined {
  try {
    return process?.getBuiltinModule?.('node:async_hooks')
  } catch {
    return undefined
  }
}

let hooks: AsyncHooks | undefined | null = null

/** Captures the context of the caller; undefined where the platform has none. */
export function captureContext(): Resource | undefined {
  if (hooks === null) hooks = typeof process === 'undefined' ? undefined : findHooks()
  return hooks && new hooks.AsyncResource('headgate', { requireManualDestroy: true })
}

/** Runs work in a context that was captured. */
export function runInContext(context: Resource | undefined, work: () => void): void {
  if (context === undefined) work()
  else context.runInAsyncScope(work)
}

export type CapturedContext = Resource | undefined
