/**
 * Spans of an agent: one a run, and inside of it one for each work that a state invokes.
 *
 *   invoke_agent support    ─────────────────────────────────────────
 *     chat gpt                  ──────────
 *     execute_tool refund                      ────────
 *
 * They follow the records of a machine: a record that is PENDING opens a span, and the same record, settled, ends it.
 * So what was left, has failed or was interrupted is told as the history tells it, and the machine knows of nothing.
 */
import { type Attributes, context, type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import { checkKeys, disposeSymbol } from '../kit/index.ts'
import {
  type AnyMachine,
  type AnyState,
  activeIn,
  type Cell,
  isOver,
  type MachineStore,
  type Ports,
} from '../machine/index.ts'
import type { Store } from '../store/index.ts'
import { GEN_AI, type GenAiNames, OPERATION } from './gen-ai.ts'
import type { Observation } from './instrument-store.ts'

/** What the work of a state is; the state says it in its `meta`, as `{ genAi: … }`. */
export interface GenAiWork {
  /** A call of a model (the default), or of a tool. */
  readonly kind?: 'model' | 'tool'
  /** Of the model, or of the tool. */
  readonly name?: string
  readonly provider?: string
}

/** Where {@link traceAgent} sends its spans, and what they carry. */
export interface TraceOptions<State> {
  readonly tracer: Tracer
  /** Overrides names of the conventions' attributes. */
  readonly semconv?: Partial<GenAiNames>
  /** The id of the conversation; default the store's name. */
  readonly conversation?: string
  /** The usage that a span reports at its end, from the state at that time. */
  readonly usage?: (state: State) => { readonly inputTokens?: number; readonly outputTokens?: number }
  /** Whether the run is over; default: when the machine is final. The next change of state begins a new one. */
  readonly ended?: (state: State) => boolean
}

type Record = AnyState['history'][number]

/**
 * Traces a machine store: one span per run, and one per piece of invoked work, with the versions at both ends.
 *
 * @example
 * ```ts
 * import { trace } from '@opentelemetry/api'
 * import { createMachineStore, defineMachine } from 'headgate'
 * import { traceAgent } from 'headgate/otel'
 *
 * const agent = defineMachine({
 *   id: 'support',
 *   initial: 'THINKING',
 *   context: {},
 *   states: {
 *     THINKING: { meta: { genAi: { name: 'a model' } }, invoke: { src: async () => {}, onDone: 'DONE' } },
 *     DONE: { type: 'final' },
 *   },
 * })
 * const store = createMachineStore(agent)
 * const end = traceAgent(store, { tracer: trace.getTracer('support') })
 * await store.waitFor(({ current }) => current === 'DONE')
 * end()
 * ```
 * @returns a function that ends the tracing, and the open spans.
 */
export function traceAgent<Context, Cells extends Cell, Io extends Ports>(
  store: MachineStore<Context, Cells, Io>,
  options: TraceOptions<MachineStore<Context, Cells, Io>['state']>,
): Observation {
  checkKeys(
    options,
    { tracer: true, semconv: true, conversation: true, usage: true, ended: true },
    'traceAgent()',
  )
  // The casts forget names that nothing here depends on.
  const source = store as unknown as AnyStore
  const run = new TracedRun(source, options as unknown as TraceOptions<AnyState>)
  const subscription = source.snapshot$.subscribe({
    next: ({ state, version }) => run.next(state, version),
    complete: () => run.end(),
  })
  const end = (): void => {
    subscription.unsubscribe()
    run.end()
  }
  return Object.assign(end, { [disposeSymbol]: end })
}

type AnyStore = Store<AnyState> & { readonly machine: AnyMachine }

class TracedRun {
  readonly #machine: AnyMachine
  readonly #options: TraceOptions<AnyState>
  readonly #names: GenAiNames
  readonly #conversation: string
  #run: Span | undefined
  #before: AnyState | undefined
  #version = 0
  /** The spans of work that runs, by the change of state that began it. */
  readonly #open = new Map<number, Span>()

  constructor({ machine, name }: AnyStore, options: TraceOptions<AnyState>) {
    this.#machine = machine
    this.#options = options
    this.#names = { ...GEN_AI, ...options.semconv }
    this.#conversation = options.conversation ?? name
  }

  next(state: AnyState, version: number): void {
    const isFirst = this.#before === undefined
    const changed = state.attempts !== this.#before?.attempts
    this.#before = state
    this.#version = version
    if (isFirst || (changed && this.#run === undefined)) this.#begin(state)
    if (isFirst) this.#beginInitial(state)
    this.#settle(state)
    if (this.#isOver(state)) this.end()
  }

  end(): void {
    for (const stay of [...this.#open.keys()]) this.#close(stay, undefined)
    this.#run?.setAttributes({ [this.#names.versionTo]: this.#version, ...this.#usage() })
    this.#run?.end()
    this.#run = undefined
  }

  #begin(state: AnyState): void {
    if (this.#isOver(state)) return
    const names = this.#names
    this.#run = this.#options.tracer.startSpan(`${OPERATION.run} ${this.#machine.id}`, {
      attributes: {
        [names.operation]: OPERATION.run,
        [names.agent]: this.#machine.id,
        [names.conversation]: this.#conversation,
        [names.versionFrom]: this.#version,
      },
    })
  }

  /** Work of the initial state has no record. */
  #beginInitial(state: AnyState): void {
    if (state.attempts === 0) this.#openWork(0, this.#pathOf(state.current))
  }

  #settle(state: AnyState): void {
    const { history, attempts } = state
    const stayAt = (index: number): number => attempts - history.length + 1 + index
    for (const [index, record] of history.entries()) {
      const stay = stayAt(index)
      if (record.status === 'PENDING' && !this.#open.has(stay)) this.#openWork(stay, this.#pathOf(record.to))
      else if (record.status !== 'PENDING') this.#close(stay, record)
    }
    if (attempts > 0) this.#close(0, undefined)
  }

  #openWork(stay: number, path: string): void {
    const node = this.#machine.states.get(path)
    if (node?.invoke === undefined || this.#run === undefined) return
    const {
      kind = 'model',
      name = path,
      provider,
    } = (node.meta as { genAi?: GenAiWork } | undefined)?.genAi ?? {}
    const names = this.#names
    const attributes: Attributes = {
      [names.operation]: OPERATION[kind],
      [names.agent]: this.#machine.id,
      [names.conversation]: this.#conversation,
      [names.state]: path,
      [names.versionFrom]: this.#version,
      [kind === 'tool' ? names.tool : names.model]: name,
      ...(provider !== undefined && { [names.provider]: provider }),
    }
    const parent = trace.setSpan(context.active(), this.#run)
    this.#open.set(stay, this.#options.tracer.startSpan(`${OPERATION[kind]} ${name}`, { attributes }, parent))
  }

  #close(stay: number, record: Record | undefined): void {
    const span = this.#open.get(stay)
    if (span === undefined) return
    this.#open.delete(stay)
    if (record?.status === 'FAILED') {
      span.setAttribute(this.#names.error, record.event)
      span.setStatus({ code: SpanStatusCode.ERROR, message: record.errorMessage })
    }
    span.setAttributes({ [this.#names.versionTo]: this.#version, ...this.#usage() })
    span.end()
  }

  #usage(): Attributes {
    const state = this.#before
    const used = state === undefined ? undefined : this.#options.usage?.(state)
    return {
      ...(used?.inputTokens !== undefined && { [this.#names.inputTokens]: used.inputTokens }),
      ...(used?.outputTokens !== undefined && { [this.#names.outputTokens]: used.outputTokens }),
    }
  }

  #isOver(state: AnyState): boolean {
    return this.#options.ended?.(state) ?? isOver(this.#machine, activeIn(this.#machine, state))
  }

  #pathOf(current: unknown): string {
    return typeof current === 'string' ? current : ''
  }
}
