/**
 * What a client sends: answers to what the machine waits for, or what a new run begins with.
 *
 * An answer is looked at whole before anything is sent: what is refused is a value, and has changed nothing. Answers to
 * several interrupts are one commit.
 */
import type { RunAgentInput } from '@ag-ui/core'
import { messageOf } from '../../kit/index.ts'
import type { AnyState, Cell, EventObject, MachineDriver, MachineStore, Ports } from '../../machine/index.ts'
import { threadOf } from '../checkpoint.ts'
import { driverOf, interruptsIn, type OpenInterrupt } from '../interrupts.ts'
import type { AgUiMapping, ResumeEntry } from './mapping.ts'
import { problemOf } from './schema.ts'
import type { MappingOf } from './to-ag-ui.ts'

/** Why a resume was refused. */
export type ResumeRefusal =
  /** It is of another thread. */
  | 'thread'
  /** Nothing was answered, and the machine waits. */
  | 'missing'
  /** It names an interrupt that is not open. */
  | 'unknown'
  /** Its time is over. */
  | 'expired'
  /** It leaves out an open one. */
  | 'incomplete'
  /** The answer is not what was asked for. */
  | 'payload'
  /** The machine does not handle the event now. */
  | 'refused'

/** What became of a resume. */
export type ResumeResult =
  /** `replayed` where the same answer had been given before: nothing was sent. */
  | { readonly handled: true; readonly replayed: boolean }
  | { readonly handled: false; readonly reason: ResumeRefusal; readonly message: string }

/** How answers are turned into events. */
export interface ResumeAgUiOptions {
  /** Default the thread of the store. */
  readonly threadId?: string
}

type Sendable = Pick<MachineStore<unknown, Cell>, 'name' | 'can'> & {
  send(event: EventObject): { readonly handled: boolean }
  batch(work: () => void): void
}

/** The newest answers of a store, by their interrupts. */
const answered = new WeakMap<MachineDriver, Map<string, string>>()
const ANSWERS_MAX = 64

/**
 * Sends what a client of AG-UI has sent to a machine store: the answers to all that it waits for, or the event that a
 * new run begins with.
 *
 * The same answer twice has the effect of one.
 *
 * @throws what a guard or a recipe of the machine throws
 */
export function resumeAgUi<Context, Cells extends Cell, Io extends Ports>(
  store: MachineStore<Context, Cells, Io>,
  input: RunAgentInput,
  mapping: MappingOf<Context, Cells>,
  { threadId = threadOf(store).threadId }: ResumeAgUiOptions = {},
): ResumeResult {
  // It comes from a client: its type is a claim.
  const { threadId: asked, resume: entries = [] } = Object(input) as RunAgentInput
  if (asked !== threadId) return refusal('thread', `The thread is "${threadId}", and not "${asked}".`)
  if (!areEntries(entries)) {
    return refusal('unknown', 'Expected "resume" to be a list of { interruptId, status, payload? }.')
  }
  const driver = driverOf(store)
  // The casts forget names that nothing here depends on.
  const any = mapping as unknown as AgUiMapping<AnyState>
  const target = store as unknown as Sendable
  return entries.length > 0 ? resume(driver, target, entries, any) : start(driver, target, input, any)
}

/** Whether they are answers of a client, whatever their payloads. */
export const areEntries = (entries: unknown): entries is readonly ResumeEntry[] =>
  Array.isArray(entries) && entries.every(isEntry)

function isEntry(entry: unknown): entry is ResumeEntry {
  const { interruptId, status } = Object(entry) as Partial<ResumeEntry>
  return typeof interruptId === 'string' && (status === 'resolved' || status === 'cancelled')
}

const refusal = (reason: ResumeRefusal, message: string): ResumeResult => ({
  handled: false,
  reason,
  message,
})

function start(
  driver: MachineDriver,
  store: Sendable,
  input: RunAgentInput,
  mapping: AgUiMapping<AnyState>,
): ResumeResult {
  const { state } = driver.head
  const open = interruptsIn(driver, state)
  if (open.length > 0) {
    return refusal('missing', `The thread waits for an answer to ${namesOf(open)}: send it in "resume".`)
  }
  const event = mapping.start?.(input, state)
  if (event === undefined) return { handled: true, replayed: false }
  return store.send(event).handled
    ? { handled: true, replayed: false }
    : refusal('refused', `The machine takes no ${event.type} now.`)
}

function resume(
  driver: MachineDriver,
  store: Sendable,
  entries: readonly ResumeEntry[],
  mapping: AgUiMapping<AnyState>,
): ResumeResult {
  const { state } = driver.head
  const open = interruptsIn(driver, state)
  const before = answered.get(driver)
  if (entries.every((entry) => before?.get(entry.interruptId) === textOf(entry))) {
    return { handled: true, replayed: true }
  }
  const events: EventObject[] = []
  const left = new Set(open)
  for (const entry of entries) {
    const interrupt = [...left].find(({ id }) => id === entry.interruptId)
    if (interrupt === undefined) {
      return refusal('unknown', `Nothing waits for an answer to "${entry.interruptId}".`)
    }
    left.delete(interrupt)
    const answer = answerOf(entry, interrupt, driver, mapping)
    if ('refused' in answer) return answer.refused
    events.push(answer.event)
  }
  if (left.size > 0) return refusal('incomplete', `An answer to ${namesOf([...left])} is missing.`)
  const refused = sendAll(store, events)
  if (refused !== undefined) return refusal('refused', `The machine takes no ${refused.type} now.`)
  remember(driver, entries)
  return { handled: true, replayed: false }
}

function answerOf(
  entry: ResumeEntry,
  interrupt: OpenInterrupt,
  driver: MachineDriver,
  mapping: AgUiMapping<AnyState>,
): { readonly event: EventObject } | { readonly refused: ResumeResult } {
  const { id, expiresAt, schema } = interrupt
  const refuse = (reason: ResumeRefusal, message: string) => ({ refused: refusal(reason, message) })
  if (expiresAt !== undefined && driver.wall() >= expiresAt) {
    return refuse('expired', `The time to answer "${id}" was over at ${new Date(expiresAt).toISOString()}.`)
  }
  const problem = entry.status === 'resolved' ? problemOf(schema, entry.payload) : undefined
  if (problem !== undefined)
    return refuse('payload', `The answer to "${id}" is not what was asked for: ${problem}`)
  try {
    const event = mapping.answer?.(entry, interrupt, driver.head.state)
    return event == null ? refuse('payload', `The answer to "${id}" is not what was asked for.`) : { event }
  } catch (error) {
    return refuse('payload', `The answer to "${id}" is not what was asked for: ${messageOf(error)}`)
  }
}

/** Sends events as one commit; returns the one that was not handled, where nothing was sent. */
function sendAll(store: Sendable, events: readonly EventObject[]): EventObject | undefined {
  let refused: EventObject | undefined
  try {
    store.batch(() => {
      refused = events.find((event) => !store.send(event).handled)
      if (refused !== undefined) throw refused
    })
  } catch (error) {
    if (error !== refused) throw error
  }
  return refused
}

function remember(driver: MachineDriver, entries: readonly ResumeEntry[]): void {
  const answers = answered.get(driver) ?? new Map<string, string>()
  answered.set(driver, answers)
  for (const entry of entries) answers.set(entry.interruptId, textOf(entry))
  for (const id of answers.keys()) {
    if (answers.size <= ANSWERS_MAX) return
    answers.delete(id)
  }
}

const textOf = ({ status, payload }: ResumeEntry): string => JSON.stringify([status, payload ?? null])

const namesOf = (interrupts: readonly OpenInterrupt[]): string =>
  interrupts.map(({ id }) => `"${id}"`).join(', ')
