import type { AGUIEvent } from '@ag-ui/core'
import { Observable } from 'rxjs'
import type { SinglePolicy } from '../../backpressure/index.ts'
import { checkKeys, type Immutable, messageOf, randomUuid } from '../../kit/index.ts'
import type { AnyState, Cell, EventObject, MachineState, MachineStore, Ports } from '../../machine/index.ts'
import type { Store, SubscriberHandle } from '../../store/index.ts'
import { threadOf } from '../checkpoint.ts'
import { driverOf } from '../interrupts.ts'
import { type AgUiMapping, agUiEvent } from './mapping.ts'
import { RunWriter } from './run-writer.ts'

/** The mapping of a machine store. */
export type MappingOf<Context, Cells extends Cell> = AgUiMapping<
  Immutable<MachineState<Cells['state'], Context>>,
  Cells['event'] & EventObject
>

/** The run, and the pace of the client. */
export interface ToAgUiOptions {
  /** The pace of the client; default `latest()`. */
  readonly policy?: SinglePolicy
  /** Default: the thread of the store. */
  readonly threadId?: string
  /** Default: a new id. */
  readonly runId?: string
}

/**
 * The AG-UI events of a machine store for one client, from now to the end of the run: when the machine waits for an
 * answer, is final, or has `ended` or `failed` according to the mapping. One subscription is one run of one client.
 *
 * The first events carry everything that the client needs, whatever it had; tokens are not replayed. After that
 * it receives the differences between what it was last sent and the current state.
 *
 * @example
 * ```ts
 * import { createMachineStore, defineMachine } from 'headgate'
 * import { toAgUi } from 'headgate/agents'
 *
 * const agent = defineMachine({
 *   id: 'agent',
 *   initial: 'ANSWERING',
 *   context: { text: '' },
 *   types: {} as { events: { type: 'TOKEN'; token: string } | { type: 'END' } },
 *   states: {
 *     ANSWERING: {
 *       on: { TOKEN: { target: 'ANSWERING', update: (draft, event) => { draft.text += event.token } }, END: 'DONE' },
 *     },
 *     DONE: { type: 'final' },
 *   },
 * })
 * const store = createMachineStore(agent)
 * toAgUi(store, {
 *   view: ({ current }) => ({ phase: current }),
 *   messages: ({ context, current }) => [
 *     { id: 'm1', role: 'assistant', content: context.text, streaming: current === 'ANSWERING' },
 *   ],
 * }).subscribe(({ type }) => console.log(type))
 * // → RUN_STARTED
 * // → STATE_SNAPSHOT
 * // → MESSAGES_SNAPSHOT
 * // → TEXT_MESSAGE_START
 * // → STEP_STARTED
 * store.send({ type: 'TOKEN', token: 'be' })
 * // → TEXT_MESSAGE_CONTENT
 * store.send('END')
 * // → STEP_FINISHED
 * // → STEP_STARTED
 * // → TEXT_MESSAGE_END
 * // → STATE_DELTA
 * // → STEP_FINISHED
 * // → RUN_FINISHED
 * ```
 * @throws `OPTION_UNKNOWN`, `OPTION_INVALID` for what is no machine store
 */
export function toAgUi<Context, Cells extends Cell, Io extends Ports>(
  store: MachineStore<Context, Cells, Io>,
  mapping: MappingOf<Context, Cells>,
  options: ToAgUiOptions = {},
): Observable<AGUIEvent> {
  checkKeys(options, { policy: true, threadId: true, runId: true }, 'toAgUi()')
  driverOf(store)
  return new Observable((observer) => {
    const handle = feed(store, mapping, options, (events, isLast) => {
      for (const event of events) observer.next(event)
      if (isLast) observer.complete()
      return undefined
    })
    return () => handle.unsubscribe()
  })
}

/** Takes events; it is busy for as long as its promise is pending. It throws at an event that it cannot send. */
export type Give = (events: readonly AGUIEvent[], isLast: boolean) => Promise<void> | undefined

/** Gives the events of a run to a consumer; ends when the run has. */
export function feed<Context, Cells extends Cell, Io extends Ports>(
  store: MachineStore<Context, Cells, Io>,
  mapping: MappingOf<Context, Cells>,
  { policy, threadId = threadOf(store).threadId, runId = randomUuid() }: ToAgUiOptions,
  give: Give,
): SubscriberHandle {
  // The casts forget names that nothing here depends on.
  const run = new RunWriter(driverOf(store), mapping as unknown as AgUiMapping<AnyState>, { threadId, runId })
  const source = store as unknown as Store<AnyState>
  let handle: SubscriberHandle | undefined
  const tell = (events: readonly AGUIEvent[]): Promise<void> | undefined => {
    if (events.length === 0 && !run.isOver) return undefined
    try {
      return give(events, run.isOver)
    } catch (error) {
      run.isOver = true
      return give([agUiEvent('RUN_ERROR', { message: messageOf(error), code: 'EVENT_NOT_SENT' })], true)
    }
  }
  const fail = (message: string, code: string): void => {
    const events = run.fail(message, code)
    if (events.length > 0) tell(events)
  }
  handle = source.subscribe(
    {
      next: (snapshot) => {
        const given = tell(run.next(snapshot))
        if (run.isOver && given === undefined) handle?.unsubscribe()
        return run.isOver ? given?.finally(() => handle?.unsubscribe()) : given
      },
      error: (error) => fail(messageOf(error), 'SUBSCRIBER_LOST'),
      complete: () => fail(`The store "${store.name}" was destroyed.`, 'STORE_DESTROYED'),
    },
    { id: `ag-ui ${runId}`, ...(policy !== undefined && { policy }) },
  )
  // A run that was over at once had nobody to unsubscribe yet.
  if (run.isOver) handle.unsubscribe()
  return handle
}
