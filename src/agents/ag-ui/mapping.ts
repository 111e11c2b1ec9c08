/** What of a machine store a client of AG-UI is shown. The types are the protocol's; nothing of it is needed to run. */
import type { AGUIEvent, EventType, Interrupt, Message, RunAgentInput } from '@ag-ui/core'
import type { EventObject } from '../../machine/index.ts'
import type { OpenInterrupt } from '../interrupts.ts'

/** A message; one that is still being written is `streaming`. */
export type AgUiMessage = Message & { readonly streaming?: boolean }

/** An answer to an interrupt. */
export type ResumeEntry = NonNullable<RunAgentInput['resume']>[number]

/** What the protocol says of an interrupt beside what the machine knows. */
export type InterruptDetails = Partial<
  Pick<Interrupt, 'reason' | 'message' | 'toolCallId' | 'responseSchema' | 'metadata' | 'subagentRunId'>
>

/** How a state of a machine is shown; each function is given the state of one version. */
export interface AgUiMapping<State, Event extends EventObject = EventObject> {
  /** The client's state, as plain JSON. Leave out the messages: they are sent separately. */
  readonly view: (state: State) => unknown
  /** The conversation. What did not change keeps its identity, or is compared. */
  readonly messages?: (state: State) => readonly AgUiMessage[]
  /** What the client calls the step that the machine is in; default the path of its state. */
  readonly step?: (state: State) => string | undefined
  /** Whether the run is over; it always is when the machine is final or waits for an answer. */
  readonly ended?: (state: State) => boolean
  /** The error with which the run has failed; undefined if it has not. */
  readonly failed?: (state: State) => string | undefined
  /** The details of an interrupt that the client receives. */
  readonly interrupt?: (interrupt: OpenInterrupt, state: State) => InterruptDetails
  /** The event for an answer; undefined refuses the answer. */
  readonly answer?: (entry: ResumeEntry, interrupt: OpenInterrupt, state: State) => Event | undefined
  /** The event that starts a new run, when nothing waits for an answer. */
  readonly start?: (input: RunAgentInput, state: State) => Event | undefined
}

/** An event of the protocol; the cast gives the enumeration to a name of it. */
export const agUiEvent = (type: `${EventType}`, fields: object): AGUIEvent =>
  ({ type, ...fields }) as AGUIEvent
