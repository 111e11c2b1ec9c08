/**
 * A conversation, as events of AG-UI tell it: each event makes the next one, or is refused and has changed nothing.
 *
 *   START    a message, or a call of a tool, is there, and open: `streaming`
 *   CONTENT  its text goes on
 *   END      nothing of it is open
 *   CHUNK    all three: open until an event of something else
 */
import { applyDelta, type Delta } from '../../delta/index.ts'
import { messageOf } from '../../kit/index.ts'
import { type Given, objectIn, refuseEvent, textIn } from './given-event.ts'
import type { AgUiMessage } from './mapping.ts'

/** What is kept at most. */
export interface TalkLimits {
  readonly messagesMax: number
  readonly textMax: number
}

export interface Talk {
  readonly messages: readonly AgUiMessage[]
  /** Which message each open part belongs to. */
  readonly open: ReadonlyMap<string, string>
  /** The part that chunks write. */
  readonly chunk: string | undefined
}

export const SILENCE: Talk = { messages: [], open: new Map(), chunk: undefined }

/** A message whose fields are looked at one by one. */
type Message = Given & { readonly id: string; readonly role: string }
interface Call {
  readonly id: string
  readonly function: { readonly name: string; readonly arguments: string }
}
type Step = (talk: Talk, event: Given, limits: TalkLimits) => Talk

/** Calls and texts of messages may have the same ids. */
const textKey = (id: string): string => `text ${id}`
const callKey = (id: string): string => `call ${id}`

// ---- what is said ----

function startText(talk: Talk, event: Given, role: string, limits: TalkLimits): Talk {
  const id = textIn(event, 'messageId')
  const known = find(talk, id)
  const { name } = event
  const fresh: Message = { id, role, ...(typeof name === 'string' && { name }), content: '' }
  const message = known === undefined ? fresh : { ...known, content: known.content ?? '' }
  return opened(put(talk, message, limits), textKey(id), id, event)
}

function goOnText(talk: Talk, event: Given, limits: TalkLimits, id = textIn(event, 'messageId')): Talk {
  requireOpen(talk, textKey(id), event)
  const delta = textIn(event, 'delta')
  return change(talk, id, event, (message) => ({
    ...message,
    content: longer(textIn(message, 'content', event), delta, event, limits),
  }))
}

function startCall(talk: Talk, event: Given, limits: TalkLimits): Talk {
  const id = textIn(event, 'toolCallId')
  const call: Call = { id, function: { name: textIn(event, 'toolCallName'), arguments: '' } }
  const parent = typeof event.parentMessageId === 'string' ? event.parentMessageId : id
  const message = find(talk, parent) ?? { id: parent, role: 'assistant' }
  const calls = callsOf(message)
  const toolCalls = calls.some((one) => one.id === id) ? calls : [...calls, { type: 'function', ...call }]
  return opened(put(talk, { ...message, toolCalls }, limits), callKey(id), parent, event)
}

function goOnCall(talk: Talk, event: Given, limits: TalkLimits, id = textIn(event, 'toolCallId')): Talk {
  const parent = requireOpen(talk, callKey(id), event)
  const delta = textIn(event, 'delta')
  return change(talk, parent, event, (message) => ({
    ...message,
    toolCalls: callsOf(message).map((call) =>
      call.id === id
        ? {
            ...call,
            function: { ...call.function, arguments: longer(call.function.arguments, delta, event, limits) },
          }
        : call,
    ),
  }))
}

/** A start, a piece and, in the end, an end in one event after the other. */
function chunk(
  talk: Talk,
  event: Given,
  {
    field,
    keyOf,
    start,
    goOn,
  }: {
    readonly field: 'messageId' | 'toolCallId'
    readonly keyOf: (id: string) => string
    readonly start: (talk: Talk, event: Given) => Talk
    readonly goOn: (talk: Talk, event: Given, id: string) => Talk
  },
): Talk {
  const id = typeof event[field] === 'string' ? event[field] : talk.chunk?.slice(keyOf('').length)
  if (id === undefined) return refuseEvent(event, `"${field}" is missing in its first chunk`)
  const key = keyOf(id)
  const now = talk.chunk === key ? talk : closed(talk, talk.chunk)
  const begun = now.open.has(key) ? now : { ...start(now, { ...event, [field]: id }), chunk: key }
  return event.delta === undefined ? begun : goOn(begun, event, id)
}

function result(talk: Talk, event: Given, limits: TalkLimits): Talk {
  const { content } = event
  if (content === undefined) return refuseEvent(event, '"content" is missing')
  const ids = { id: textIn(event, 'messageId'), toolCallId: textIn(event, 'toolCallId') }
  return put(talk, { ...ids, role: 'tool', content }, limits)
}

function encrypted(talk: Talk, event: Given): Talk {
  const [id, encryptedValue] = [textIn(event, 'entityId'), textIn(event, 'encryptedValue')]
  const owner = talk.messages.find(
    (one) => one.id === id || callsOf(one as Message).some((call) => call.id === id),
  )
  return change(talk, owner?.id ?? id, event, (message) =>
    message.id === id
      ? { ...message, encryptedValue }
      : {
          ...message,
          toolCalls: callsOf(message).map((call) => (call.id === id ? { ...call, encryptedValue } : call)),
        },
  )
}

function activity(talk: Talk, event: Given, limits: TalkLimits): Talk {
  const [id, activityType] = [textIn(event, 'messageId'), textIn(event, 'activityType')]
  const content = objectIn(event, 'content')
  if (event.replace === false && find(talk, id) !== undefined) return talk
  return put(talk, { id, role: 'activity', activityType, content }, limits)
}

function activityDelta(talk: Talk, event: Given): Talk {
  return change(talk, textIn(event, 'messageId'), event, (message) => {
    try {
      return { ...message, content: applyDelta(message.content, event.patch as Delta) }
    } catch (error) {
      return refuseEvent(event, messageOf(error))
    }
  })
}

function whole(_talk: Talk, event: Given, { messagesMax }: TalkLimits): Talk {
  const { messages } = event
  if (!Array.isArray(messages)) return refuseEvent(event, '"messages" is no list')
  if (messages.length > messagesMax) return refuseEvent(event, `there are more than ${messagesMax} messages`)
  for (const message of messages) for (const field of ['id', 'role']) textIn(message ?? {}, field, event)
  return { ...SILENCE, messages }
}

const STEPS = new Map<unknown, Step>(
  Object.entries({
    TEXT_MESSAGE_START: (talk, event, limits) =>
      startText(talk, event, String(event.role ?? 'assistant'), limits),
    TEXT_MESSAGE_CONTENT: (talk, event, limits) => goOnText(talk, event, limits),
    TEXT_MESSAGE_END: (talk, event) => ended(talk, textKey(textIn(event, 'messageId')), event),
    TEXT_MESSAGE_CHUNK: (talk, event, limits) =>
      chunk(talk, event, {
        field: 'messageId',
        keyOf: textKey,
        start: (now, first) => startText(now, first, String(event.role ?? 'assistant'), limits),
        goOn: (now, more, id) => goOnText(now, more, limits, id),
      }),
    REASONING_MESSAGE_START: (talk, event, limits) => startText(talk, event, 'reasoning', limits),
    REASONING_MESSAGE_CONTENT: (talk, event, limits) => goOnText(talk, event, limits),
    REASONING_MESSAGE_END: (talk, event) => ended(talk, textKey(textIn(event, 'messageId')), event),
    REASONING_MESSAGE_CHUNK: (talk, event, limits) =>
      chunk(talk, event, {
        field: 'messageId',
        keyOf: textKey,
        start: (now, first) => startText(now, first, 'reasoning', limits),
        goOn: (now, more, id) => goOnText(now, more, limits, id),
      }),
    TOOL_CALL_START: startCall,
    TOOL_CALL_ARGS: (talk, event, limits) => goOnCall(talk, event, limits),
    TOOL_CALL_END: (talk, event) => ended(talk, callKey(textIn(event, 'toolCallId')), event),
    TOOL_CALL_CHUNK: (talk, event, limits) =>
      chunk(talk, event, {
        field: 'toolCallId',
        keyOf: callKey,
        start: (now, first) => startCall(now, first, limits),
        goOn: (now, more, id) => goOnCall(now, more, limits, id),
      }),
    TOOL_CALL_RESULT: result,
    REASONING_ENCRYPTED_VALUE: encrypted,
    ACTIVITY_SNAPSHOT: activity,
    ACTIVITY_DELTA: activityDelta,
    MESSAGES_SNAPSHOT: whole,
  } satisfies Record<string, Step>),
)

/** What an event makes of a conversation; undefined for one that is not of it. @throws `AGUI_EVENT_INVALID` */
export function converse(talk: Talk, event: Given, limits: TalkLimits): Talk | undefined {
  const step = STEPS.get(event.type)
  if (step === undefined) return undefined
  const isChunk = String(event.type).endsWith('_CHUNK')
  return step(isChunk ? talk : closed(talk, talk.chunk), event, limits)
}

/** Nothing is open any more. */
export const closeAll = (talk: Talk): Talk => [...talk.open.keys()].reduce(closed, talk)

// ---- the parts of it ----

/** The newest message of an id. */
function placeOf({ messages }: Talk, id: string): number {
  for (let at = messages.length - 1; at >= 0; at -= 1) if (messages[at]?.id === id) return at
  return -1
}

const find = (talk: Talk, id: string): Message | undefined =>
  talk.messages[placeOf(talk, id)] as Message | undefined

function replaced(talk: Talk, at: number, message: AgUiMessage): Talk {
  const messages = [...talk.messages]
  messages[at] = message
  return { ...talk, messages }
}

const callsOf = ({ toolCalls }: Given): readonly Call[] => (Array.isArray(toolCalls) ? toolCalls : [])

/** A message in its place, or at the end. */
function put(talk: Talk, message: Message, { messagesMax }: TalkLimits): Talk {
  const at = placeOf(talk, message.id)
  // The cast holds as far as the events are those of the protocol.
  const given = message as unknown as AgUiMessage
  if (at >= 0) return replaced(talk, at, given)
  if (talk.messages.length >= messagesMax) {
    return refuseEvent({ type: message.role }, `there are ${messagesMax} messages already`)
  }
  return { ...talk, messages: [...talk.messages, given] }
}

function change(talk: Talk, id: string, event: Given, make: (message: Message) => Message): Talk {
  const message = find(talk, id)
  if (message === undefined) return refuseEvent(event, `there is no message "${id}"`)
  return put(talk, make(message), { messagesMax: Number.POSITIVE_INFINITY, textMax: 0 })
}

function longer(text: string, delta: string, event: Given, { textMax }: TalkLimits): string {
  if (text.length + delta.length > textMax)
    return refuseEvent(event, `a text is longer than ${textMax} characters`)
  return text + delta
}

function opened(talk: Talk, key: string, id: string, event: Given): Talk {
  if (talk.open.has(key)) return refuseEvent(event, `"${key}" is open already`)
  return streaming({ ...talk, open: new Map([...talk.open, [key, id]]) }, id)
}

function requireOpen(talk: Talk, key: string, event: Given): string {
  return talk.open.get(key) ?? refuseEvent(event, `"${key}" is not open`)
}

function ended(talk: Talk, key: string, event: Given): Talk {
  requireOpen(talk, key, event)
  return closed(talk, key)
}

function closed(talk: Talk, key: string | undefined): Talk {
  const id = key === undefined ? undefined : talk.open.get(key)
  if (key === undefined || id === undefined) return talk
  const open = new Map(talk.open)
  open.delete(key)
  return streaming({ ...talk, open, chunk: talk.chunk === key ? undefined : talk.chunk }, id)
}

/** Says of a message whether anything of it is open. */
function streaming(talk: Talk, id: string): Talk {
  const at = placeOf(talk, id)
  const given = talk.messages[at]
  if (given === undefined) return talk
  const { streaming: _, ...rest } = given
  const isOpen = [...talk.open.values()].includes(id)
  const message = (isOpen ? { ...rest, streaming: true } : rest) as AgUiMessage
  return replaced(talk, at, message)
}
