/**
 * An agent that runs elsewhere, as a store: what its events tell becomes versions, and nothing else does.
 *
 *   events ──> the conversation, the state, the run ──> commit
 *      └─ one that does not fit ──> a fault, and nothing has changed
 */
import type { AGUIEvent, Interrupt } from '@ag-ui/core'
import { from, type Observable, type ObservableInput, Subject, Subscription } from 'rxjs'
import { applyDelta, type Delta } from '../../delta/index.ts'
import type { MetricsSource } from '../../health/index.ts'
import {
  checkKeys,
  describeValue,
  HeadgateError,
  type Immutable,
  type KnownKeys,
  messageOf,
} from '../../kit/index.ts'
import {
  contained,
  createStore,
  type Kernel,
  kernelOf,
  type Readable,
  type Store,
  type SubscriberFault,
} from '../../store/index.ts'
import { closeAll, converse, SILENCE, type Talk, type TalkLimits } from './conversation.ts'
import { type Given, objectIn, refuseEvent, textIn } from './given-event.ts'
import type { AgUiMessage } from './mapping.ts'

/** The newest run of an agent. */
export interface AgUiRun {
  readonly threadId: string
  readonly runId: string
  /** `'waiting'` for answers to `interrupts`; `'lost'` if the events ended before the run did. */
  readonly status: 'none' | 'running' | 'waiting' | 'finished' | 'cancelled' | 'failed' | 'lost'
  readonly interrupts: readonly Interrupt[]
  /** Its result. */
  readonly result?: unknown
  /** The error with which it failed, or was lost. */
  readonly error?: string
}

/** What is known of a remote agent. */
export interface AgUiState<View = unknown> {
  /** Its state; undefined before the first one arrives. */
  readonly view: View | undefined
  /** Whether a delta was lost, so that the state is out of date until the next snapshot arrives. */
  readonly isStale: boolean
  /** The conversation; a message still being written is `streaming`. */
  readonly messages: readonly AgUiMessage[]
  /** The steps that have begun and not ended. */
  readonly steps: readonly string[]
  readonly run: AgUiRun
}

/** How much of a remote agent is kept. */
export interface FromAgUiOptions {
  /** Of the store; default `'ag-ui'`. */
  readonly name?: string
  /** Messages at most; default 10 000. */
  readonly messagesMax?: number
  /** Characters of one text, or of the arguments of one call; default 1 048 576. */
  readonly textMax?: number
  /** Called with each fault of the store, including invalid events; by default they go to `console.error`. */
  readonly onFault?: (fault: SubscriberFault) => void
}

/** A remote agent; see {@link fromAgUi}. */
export interface RemoteAgent<View = unknown> extends Disposable {
  /** A store to read and follow. A write to it is refused with `WRITE_ELSEWHERE`. */
  readonly store: Readable<AgUiState<View>> & MetricsSource
  /** Events that are not state: `CUSTOM`, `RAW`, those of subagents, and unknown types. */
  readonly others$: Observable<AGUIEvent>
  /** Events received, and those among them that were skipped as invalid. */
  readonly counts: { readonly events: number; readonly invalid: number }
  /** Stops reading; the store is destroyed, and keeps its last state. */
  close(): void
}

const FROM_AG_UI_KEYS: KnownKeys<FromAgUiOptions> = {
  name: true,
  messagesMax: true,
  textMax: true,
  onFault: true,
}
const NO_RUN: AgUiRun = { threadId: '', runId: '', status: 'none', interrupts: [] }

/**
 * Turns the events of a remote agent into one store of its state, conversation and run, to follow, select from and
 * pace like any other. Each event is a version, with its type as the reason.
 *
 * An invalid event is a fault (`AGUI_EVENT_INVALID`) of the store, is counted, and changes nothing. After a
 * delta that does not apply, further deltas are skipped until a snapshot arrives.
 *
 * @param events - of one run, or of several in a row: those of `toAgUi`, or `new HttpAgent({ url }).run(input)`.
 *
 * @example
 * ```ts
 * import { createMachineStore, defineMachine } from 'headgate'
 * import { fromAgUi, toAgUi } from 'headgate/agents'
 *
 * const agent = defineMachine({
 *   id: 'agent',
 *   initial: 'ANSWERING',
 *   context: { text: '' },
 *   types: {} as { events: { type: 'TOKEN'; token: string } },
 *   states: {
 *     ANSWERING: {
 *       on: { TOKEN: { description: 'one more', update: (draft, event) => { draft.text += event.token } } },
 *     },
 *   },
 * })
 * const store = createMachineStore(agent)
 * const remote = fromAgUi<{ phase: string }>(toAgUi(store, {
 *   view: ({ current }) => ({ phase: current }),
 *   messages: ({ context }) => [{ id: 'm1', role: 'assistant', content: context.text, streaming: true }],
 * }))
 * store.send({ type: 'TOKEN', token: 'to be' })
 * console.log(remote.store.state.view, remote.store.state.messages[0]?.content) // → { phase: 'ANSWERING' } to be
 * remote.close()
 * store.destroy()
 * ```
 * @throws `OPTION_UNKNOWN`, `OPTION_INVALID`
 */
export function fromAgUi<View = unknown>(
  events: ObservableInput<unknown>,
  options: FromAgUiOptions = {},
): RemoteAgent<View> {
  checkKeys(options, FROM_AG_UI_KEYS, 'fromAgUi()')
  const { name = 'ag-ui', messagesMax = 10_000, textMax = 1_048_576, onFault } = options
  for (const [option, value] of Object.entries({ messagesMax, textMax })) {
    if (Number.isSafeInteger(value) && value >= 1) continue
    const received = describeValue(value)
    throw new HeadgateError('OPTION_INVALID', { option, expected: 'an integer from 1', received })
  }
  // The cast is the claim of the caller.
  return new AgUiReader(events, { name, messagesMax, textMax, onFault }) as unknown as RemoteAgent<View>
}

type Settings = TalkLimits & { readonly name: string; readonly onFault: FromAgUiOptions['onFault'] }

class AgUiReader implements RemoteAgent {
  readonly store: Store<AgUiState>
  readonly others$: Observable<AGUIEvent>
  readonly counts = { events: 0, invalid: 0 }
  readonly #kernel: Kernel<AgUiState>
  readonly #options: Settings
  readonly #others = new Subject<AGUIEvent>()
  readonly #subscription = new Subscription()
  #talk: Talk = SILENCE
  /** Faults since the last event that fitted. */
  #failures = 0

  constructor(events: ObservableInput<unknown>, options: Settings) {
    const first = { view: undefined, isStale: false, messages: [], steps: [], run: NO_RUN }
    this.store = createStore<AgUiState>(first, { name: options.name, onFault: options.onFault })
    this.#kernel = kernelOf(this.store)
    this.#options = options
    this.others$ = contained(this.store, 'others$', this.#others)
    this.#kernel.guard((write) => {
      if (typeof write === 'object' && write.origin === this) return
      throw new HeadgateError('WRITE_ELSEWHERE', { store: options.name })
    })
    const reading = from(events).subscribe({
      next: (event) => this.#take(event),
      error: (error) => {
        this.#report(error)
        this.#lose(messageOf(error))
      },
      complete: () => this.#lose('the events ended'),
    })
    this.#subscription.add(reading)
  }

  close(): void {
    this.#subscription.unsubscribe()
    this.#others.complete()
    this.store.destroy()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #take(given: unknown): void {
    if (this.store.closed) return
    this.counts.events += 1
    try {
      const event = eventOf(given)
      const talk = converse(this.#talk, event, this.#options)
      const state = this.store.state as AgUiState
      const next = talk === undefined ? this.#next(state, event) : state
      // The cast holds as far as the protocol goes; of what is behind it nothing is known here.
      if (next === undefined) this.#others.next(given as AGUIEvent)
      else this.#adopt(state, next, talk, String(event.type))
      this.#failures = 0
    } catch (error) {
      this.counts.invalid += 1
      this.#report(error)
    }
  }

  /** Nothing of a run is open when another one begins, or when it has ended. */
  #adopt(state: AgUiState, next: AgUiState, told: Talk | undefined, reason: string): void {
    const before = this.#talk
    const isAnother = next.run !== state.run
    const talk = told ?? (isAnother ? closeAll(before) : before)
    // Ahead of the subscribers: one of them may bring the next event.
    this.#talk = talk
    try {
      const steps = isAnother ? [] : next.steps
      this.#commit(
        next === state && talk === before ? state : { ...next, messages: talk.messages, steps },
        reason,
      )
    } catch (error) {
      this.#talk = before
      throw error
    }
  }

  /** What an event makes of the rest; undefined where it is no state. */
  #next(state: AgUiState, event: Given): AgUiState | undefined {
    switch (event.type) {
      case 'STATE_SNAPSHOT':
        if (event.snapshot === undefined) refuseEvent(event, '"snapshot" is missing')
        return { ...state, view: event.snapshot, isStale: false }
      case 'STATE_DELTA':
        return state.isStale ? state : { ...state, view: this.#difference(state, event) }
      case 'RUN_STARTED':
        return { ...state, run: { ...NO_RUN, ...idsOf(event), status: 'running' } }
      case 'RUN_FINISHED':
        return { ...state, run: { ...state.run, ...endOf(event) } }
      case 'RUN_ERROR':
        return { ...state, run: { ...state.run, status: 'failed', error: textIn(event, 'message') } }
      case 'STEP_STARTED':
        return { ...state, steps: [...state.steps, this.#stepOf(state, event)] }
      case 'STEP_FINISHED': {
        const name = textIn(event, 'stepName')
        return { ...state, steps: state.steps.filter((step) => step !== name) }
      }
      case 'REASONING_START':
      case 'REASONING_END':
        return state
      default:
        return undefined
    }
  }

  #difference(state: AgUiState, event: Given): unknown {
    try {
      return applyDelta<unknown>(state.view ?? null, event.delta as Delta)
    } catch (error) {
      this.#commit({ ...state, isStale: true }, 'STATE_LOST')
      return refuseEvent(event, messageOf(error))
    }
  }

  #stepOf({ steps }: AgUiState, event: Given): string {
    const name = textIn(event, 'stepName')
    if (steps.includes(name)) refuseEvent(event, `the step "${name}" has begun already`)
    if (steps.length >= STEPS_MAX) refuseEvent(event, `more than ${STEPS_MAX} steps are open`)
    return name
  }

  #lose(error: string): void {
    const state = this.store.state as AgUiState
    if (this.store.closed || state.run.status !== 'running') return
    this.#adopt(state, { ...state, run: { ...state.run, status: 'lost', error } }, undefined, 'RUN_LOST')
  }

  #commit(next: AgUiState, reason: string): void {
    // Events cannot wait: a subscriber that suspends writers drops its oldest, and is told.
    this.#kernel.commit(() => next as Immutable<AgUiState>, {
      reason,
      origin: this,
      whenFull: 'overrule',
    })
  }

  #report(error: unknown): void {
    this.#failures += 1
    const { version } = this.#kernel.head
    this.#kernel.report({ subscriberId: 'ag-ui', phase: 'kernel', error, version, failures: this.#failures })
  }
}

const STEPS_MAX = 1_000

function eventOf(given: unknown): Given {
  if (typeof given === 'object' && given !== null && typeof (given as Given).type === 'string')
    return given as Given
  return refuseEvent({ type: describeValue(given) }, 'an event is an object with a "type"')
}

const idsOf = (event: Given) => ({ threadId: textIn(event, 'threadId'), runId: textIn(event, 'runId') })

function endOf(event: Given): Pick<AgUiRun, 'status' | 'interrupts' | 'result'> {
  const { type = 'success', interrupts } = event.outcome === undefined ? {} : objectIn(event, 'outcome')
  const result = event.result === undefined ? {} : { result: event.result }
  if (type === 'success') return { status: 'finished', interrupts: [], ...result }
  if (type === 'cancelled') return { status: 'cancelled', interrupts: [], ...result }
  if (type !== 'interrupt' || !Array.isArray(interrupts))
    return refuseEvent(event, 'its "outcome" is not known')
  return { status: 'waiting', interrupts, ...result }
}
