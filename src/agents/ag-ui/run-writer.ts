/**
 * One run for one client: what it is told, version by version, as it is given them.
 *
 *   RUN_STARTED  STATE_SNAPSHOT  MESSAGES_SNAPSHOT      where it begins, whatever the client had
 *   STEP_*  TEXT_MESSAGE_*  TOOL_CALL_*  STATE_DELTA    between what this client was given last, and now
 *   RUN_FINISHED or RUN_ERROR                           what is open is closed before
 *
 * It stands behind a policy, so a slow client is given fewer and larger differences, and never a wrong state.
 */
import type { AGUIEvent } from '@ag-ui/core'
import { diff } from '../../delta/index.ts'
import { messageOf } from '../../kit/index.ts'
import { type AnyState, activeIn, isOver, type MachineDriver, outputOf } from '../../machine/index.ts'
import type { Snapshot } from '../../store/index.ts'
import { interruptsIn, type OpenInterrupt } from '../interrupts.ts'
import { type AgUiMapping, agUiEvent, type InterruptDetails } from './mapping.ts'
import { MessageWriter } from './message-writer.ts'
import { jsonSchemaOf } from './schema.ts'

export interface RunIds {
  readonly threadId: string
  readonly runId: string
}

/** Operations beyond which a state is sent whole. */
const OPERATIONS_MAX = 500

export class RunWriter {
  readonly #driver: MachineDriver
  readonly #mapping: AgUiMapping<AnyState>
  readonly #ids: RunIds
  readonly #messages = new MessageWriter()
  #view: unknown
  #step: string | undefined
  #hasBegun = false
  /** Whether the last event was told. */
  isOver = false
  /** Whether the mapping is being asked. */
  #isTelling = false
  /** What has failed meanwhile: a mapping may destroy the store. */
  #failure: readonly [message: string, code: string | undefined] | undefined

  constructor(driver: MachineDriver, mapping: AgUiMapping<AnyState>, ids: RunIds) {
    this.#driver = driver
    this.#mapping = mapping
    this.#ids = ids
  }

  /** What a version means to the client. What the mapping throws ends the run with `RUN_ERROR`. */
  next(snapshot: Snapshot<AnyState>): AGUIEvent[] {
    if (this.isOver) return []
    this.#isTelling = true
    const events = this.#tell(snapshot)
    this.#isTelling = false
    return this.#failure === undefined ? events : [...events, ...this.#end(...this.#failure)]
  }

  /** Ends the run with an error: once, and last, behind what is being told. */
  fail(message: string, code?: string): AGUIEvent[] {
    if (!this.#isTelling) return this.#end(message, code)
    this.#failure ??= [message, code]
    return []
  }

  #tell({ state, version }: Snapshot<AnyState>): AGUIEvent[] {
    try {
      const told = this.#hasBegun ? this.#goOn(state, version) : this.#begin(state, version)
      return [...told, ...this.#contained(() => this.#finish(state, version))]
    } catch (error) {
      return this.#end(messageOf(error))
    }
  }

  #end(message: string, code?: string): AGUIEvent[] {
    if (this.isOver) return []
    const started = this.#hasBegun ? [] : [agUiEvent('RUN_STARTED', this.#ids)]
    this.#hasBegun = true
    this.isOver = true
    return [...started, agUiEvent('RUN_ERROR', { message, ...(code !== undefined && { code }) })]
  }

  #begin(state: AnyState, version: number): AGUIEvent[] {
    const started = agUiEvent('RUN_STARTED', this.#ids)
    this.#hasBegun = true
    // Ahead of what a mapping may throw: the run was started then.
    return [started, ...this.#contained(() => [...this.#whole(state, version), ...this.#steps(state)])]
  }

  /** What a mapping throws behind `RUN_STARTED` must not take that back. */
  #contained(events: () => AGUIEvent[]): AGUIEvent[] {
    try {
      return events()
    } catch (error) {
      return this.#end(messageOf(error))
    }
  }

  /** All that a client needs to go on from here. */
  #whole(state: AnyState, version: number): AGUIEvent[] {
    const { view, messages } = this.#mapping
    // Undefined is no JSON.
    this.#view = view(state) ?? null
    const stateEvent = agUiEvent('STATE_SNAPSHOT', { snapshot: this.#view, metadata: labelOf(version) })
    return [stateEvent, ...(messages === undefined ? [] : this.#messages.whole(messages(state)))]
  }

  #goOn(state: AnyState, version: number): AGUIEvent[] {
    const { messages } = this.#mapping
    const told = messages === undefined ? [] : this.#messages.write(messages(state))
    return [...this.#steps(state), ...told, ...this.#difference(state, version)]
  }

  #difference(state: AnyState, version: number): AGUIEvent[] {
    const before = this.#view
    const view = this.#mapping.view(state) ?? null
    this.#view = view
    if (view === before) return []
    const metadata = labelOf(version)
    const delta = diff(before, view, { operationsMax: OPERATIONS_MAX })
    if (delta === undefined) return [agUiEvent('STATE_SNAPSHOT', { snapshot: view, metadata })]
    return delta.length === 0 ? [] : [agUiEvent('STATE_DELTA', { delta, metadata })]
  }

  #steps(state: AnyState): AGUIEvent[] {
    const { step: stepOf = pathOf } = this.#mapping
    const [before, step] = [this.#step, stepOf(state)]
    if (step === before) return []
    this.#step = step
    return [
      ...(before === undefined ? [] : [agUiEvent('STEP_FINISHED', { stepName: before })]),
      ...(step === undefined ? [] : [agUiEvent('STEP_STARTED', { stepName: step })]),
    ]
  }

  #finish(state: AnyState, version: number): AGUIEvent[] {
    const { ended, failed } = this.#mapping
    const { machine } = this.#driver
    if (this.isOver) return []
    const failure = failed?.(state)
    if (failure !== undefined) return this.#end(failure)
    const interrupts = interruptsIn(this.#driver, state)
    const isEnd = isOver(machine, activeIn(machine, state))
    if (interrupts.length === 0 && !isEnd && ended?.(state) !== true) return []
    const open = interrupts.map((interrupt) => this.#told(interrupt, state))
    // Ahead of an interrupt the protocol wants all that is needed to go on.
    const closed = open.length > 0 ? [...this.#messages.close(), ...this.#whole(state, version)] : []
    const step = this.#step
    const output = isEnd ? outputOf(machine, state) : undefined
    this.isOver = true
    return [
      ...closed,
      ...this.#messages.close(),
      ...(step === undefined ? [] : [agUiEvent('STEP_FINISHED', { stepName: step })]),
      agUiEvent('RUN_FINISHED', {
        ...this.#ids,
        ...(output !== undefined && { result: output }),
        outcome: open.length > 0 ? { type: 'interrupt', interrupts: open } : { type: 'success' },
      }),
    ]
  }

  #told(interrupt: OpenInterrupt, state: AnyState): object {
    const { id, state: path, expiresAt, schema } = interrupt
    const details: InterruptDetails = this.#mapping.interrupt?.(interrupt, state) ?? {}
    const responseSchema = details.responseSchema ?? jsonSchemaOf(schema)
    return {
      id,
      reason: responseSchema === undefined ? 'confirmation' : 'input_required',
      message: `${path} waits for an answer.`,
      ...(responseSchema !== undefined && { responseSchema }),
      ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt).toISOString() }),
      ...details,
    }
  }
}

const labelOf = (version: number): object => ({ headgate: { version } })

const pathOf = ({ current }: AnyState): string =>
  typeof current === 'string' ? current : JSON.stringify(current)
