/**
 * Tells a client how a conversation went on since it was told last.
 *
 *   given   user "hi"   assistant "to be"
 *   now     user "hi"   assistant "to be or not"  tool call f({)      what was given is a beginning of what is now
 *   events                        CONTENT " or not"  TOOL_CALL_START f  TOOL_CALL_ARGS "{"
 *
 * Where it is not, a message was changed or taken away, and the conversation is sent whole.
 */
import type { AGUIEvent } from '@ag-ui/core'
import { sameValue } from '../../delta/index.ts'
import { type AgUiMessage, agUiEvent } from './mapping.ts'

const TEXT_ROLES: readonly string[] = ['user', 'assistant', 'system', 'developer']

interface Call {
  readonly id: string
  readonly function: { readonly name: string; readonly arguments: string }
}

/** The text of a message, its calls, and the rest of it. */
interface Parts {
  readonly text: string | undefined
  readonly calls: readonly Call[]
  readonly rest: object
}

function partsOf(message: AgUiMessage): Parts {
  const {
    content,
    toolCalls = [],
    streaming: _,
    ...rest
  } = message as AgUiMessage & {
    content?: unknown
    toolCalls?: readonly Call[]
  }
  if (typeof content === 'string' || content === undefined) return { text: content, calls: toolCalls, rest }
  return { text: undefined, calls: toolCalls, rest: { ...rest, content } }
}

/** A message as the protocol has it. */
function plain({ streaming: _, ...message }: AgUiMessage): object {
  return message
}

export class MessageWriter {
  #given: readonly AgUiMessage[] = []
  /** What ends each thing that is open. */
  readonly #open = new Map<string, readonly AGUIEvent[]>()

  /** How it went on. */
  write(now: readonly AgUiMessage[]): AGUIEvent[] {
    const given = this.#given
    if (now === given) return []
    if (now.length < given.length || !given.every((message, at) => this.#goesOn(message, now[at]))) {
      return this.whole(now)
    }
    this.#given = now
    if (now.slice(given.length).some((message) => !this.#canStream(message))) return this.whole(now)
    return now.flatMap((message, at) => (message === given[at] ? [] : this.#events(message, given[at])))
  }

  /** The conversation as it is, whatever was told before. */
  whole(now: readonly AgUiMessage[]): AGUIEvent[] {
    this.#given = now
    const closed = this.close()
    const opened = now.flatMap((message) => (message.streaming === true ? this.#start(message) : []))
    return [...closed, agUiEvent('MESSAGES_SNAPSHOT', { messages: now.map(plain) }), ...opened]
  }

  /** Ends what is open. */
  close(): AGUIEvent[] {
    const events = [...this.#open.values()].reverse().flat()
    this.#open.clear()
    return events
  }

  #canStream({ role, ...message }: AgUiMessage): boolean {
    const { content, toolCalls = [] } = message as { content?: unknown; toolCalls?: readonly Call[] }
    const isText = typeof content === 'string'
    if (role === 'tool' || role === 'reasoning') return isText
    return TEXT_ROLES.includes(role) && (isText || (content === undefined && toolCalls.length > 0))
  }

  /** Whether a message is what was given, or goes on from it where it was open. */
  #goesOn(given: AgUiMessage, now: AgUiMessage | undefined): boolean {
    if (given === now) return true
    if (now === undefined) return false
    const [before, after] = [partsOf(given), partsOf(now)]
    const isOpen = given.streaming === true
    const extendsBy = (one = '', other = ''): boolean => (isOpen ? other.startsWith(one) : one === other)
    return (
      sameValue(before.rest, after.rest) &&
      extendsBy(before.text, after.text) &&
      before.calls.every(({ id, function: { name, arguments: json } }, at) => {
        const call = after.calls[at]
        return call?.id === id && call.function.name === name && extendsBy(json, call.function.arguments)
      })
    )
  }

  #events(message: AgUiMessage, given: AgUiMessage | undefined): AGUIEvent[] {
    const { text, calls } = partsOf(message)
    const before = given === undefined ? undefined : partsOf(given)
    if (message.role === 'tool') return given === undefined ? [this.#result(message)] : []
    const events =
      text === undefined && !this.#open.has(message.id) ? [] : this.#text(message, text ?? '', before)
    for (const [at, call] of calls.entries()) events.push(...this.#call(message, call, before?.calls[at]))
    if (message.streaming !== true) events.push(...this.#end(message))
    return events
  }

  #result(message: AgUiMessage): AGUIEvent {
    const { id, toolCallId, content } = message as { id: string; toolCallId: string; content: string }
    return agUiEvent('TOOL_CALL_RESULT', { messageId: id, toolCallId, content, role: 'tool' })
  }

  #text(message: AgUiMessage, text: string, before: Parts | undefined): AGUIEvent[] {
    const { id, role } = message
    const isNew = before?.text === undefined && !this.#open.has(id)
    const delta = text.slice(before?.text?.length ?? 0)
    const content = role === 'reasoning' ? 'REASONING_MESSAGE_CONTENT' : 'TEXT_MESSAGE_CONTENT'
    return [
      ...(isNew ? this.#startText(message) : []),
      ...(delta === '' ? [] : [agUiEvent(content, { messageId: id, delta })]),
    ]
  }

  #startText(message: AgUiMessage): AGUIEvent[] {
    const { id: messageId, role } = message
    if (role === 'reasoning') {
      this.#open.set(messageId, [
        agUiEvent('REASONING_MESSAGE_END', { messageId }),
        agUiEvent('REASONING_END', { messageId }),
      ])
      return [
        agUiEvent('REASONING_START', { messageId }),
        agUiEvent('REASONING_MESSAGE_START', { messageId, role }),
      ]
    }
    const { name } = message as { name?: string }
    this.#open.set(messageId, [agUiEvent('TEXT_MESSAGE_END', { messageId })])
    return [agUiEvent('TEXT_MESSAGE_START', { messageId, role, ...(name !== undefined && { name }) })]
  }

  #call({ id: parentMessageId }: AgUiMessage, call: Call, before: Call | undefined): AGUIEvent[] {
    const {
      id: toolCallId,
      function: { name: toolCallName, arguments: json },
    } = call
    const delta = json.slice(before?.function.arguments.length ?? 0)
    const isNew = before === undefined
    if (isNew) this.#open.set(callKey(toolCallId), [agUiEvent('TOOL_CALL_END', { toolCallId })])
    return [
      ...(isNew ? [agUiEvent('TOOL_CALL_START', { toolCallId, toolCallName, parentMessageId })] : []),
      ...(delta === '' ? [] : [agUiEvent('TOOL_CALL_ARGS', { toolCallId, delta })]),
    ]
  }

  /** Opens again what a whole conversation has told already. */
  #start(message: AgUiMessage): AGUIEvent[] {
    const { text, calls } = partsOf(message)
    const texts = text === undefined || message.role === 'tool' ? [] : this.#startText(message)
    return [...texts, ...calls.flatMap((call) => this.#call(message, call, undefined).slice(0, 1))]
  }

  /** Ends a message and its calls. */
  #end(message: AgUiMessage): AGUIEvent[] {
    const keys = [...partsOf(message).calls.map(({ id }) => callKey(id)), message.id]
    return keys.flatMap((key) => {
      const events = this.#open.get(key) ?? []
      this.#open.delete(key)
      return events
    })
  }
}

/** Calls and messages may have the same ids. */
const callKey = (id: string): string => `call ${id}`
