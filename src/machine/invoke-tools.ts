import type { Subscription } from 'rxjs'
import { onAbort, TIMER_MS_MAX } from '../kit/index.ts'
import type { AnyContextRecipe, AnyInvokeTools } from './machine.ts'

/** What tools are made on. */
export interface ToolsHost {
  readonly input: unknown
  updateContext(recipe: AnyContextRecipe, write?: Parameters<AnyInvokeTools['update']>[1]): object
  send(event: unknown, write?: Parameters<AnyInvokeTools['send']>[1]): object
  emit(event: unknown): void
  schedule(ms: number, fire: () => void): Subscription
  /** Counts what work would do whose state was left. */
  late(): void
}

/** The tools of work, bound to one stay in a state. */
export function invokeTools(host: ToolsHost, signal: AbortSignal, isCurrent: () => boolean): AnyInvokeTools {
  const bound = <R>(act: () => R): R | false => {
    if (isCurrent()) return act()
    host.late()
    return false
  }
  // The casts give back the names that are erased in tables.
  return {
    signal,
    input: host.input,
    update: (recipe, write) => bound(() => host.updateContext(recipe as AnyContextRecipe, write)),
    send: (event, write) => bound(() => host.send(event, write)),
    emit: (event) => bound(() => host.emit(event)) !== false,
    deadline: (ms) => deadline(host, signal, ms),
  } as AnyInvokeTools
}

/** A signal that aborts as another does, or once some time is over. */
function deadline(host: ToolsHost, signal: AbortSignal, ms: number): AbortSignal {
  const controller = new AbortController()
  let timer: Subscription | undefined
  const wait = (left: number): void => {
    timer = host.schedule(Math.min(left, TIMER_MS_MAX), () => {
      if (left > TIMER_MS_MAX) wait(left - TIMER_MS_MAX)
      else controller.abort(new DOMException(`Not done within ${ms} ms.`, 'TimeoutError'))
    })
  }
  if (!signal.aborted) wait(ms)
  onAbort(signal, () => {
    timer?.unsubscribe()
    controller.abort(signal.reason)
  })
  return controller.signal
}
