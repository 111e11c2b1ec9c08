/**
 * One request of a client of AG-UI, over HTTP: its input is sent to the machine, and the run is streamed to it as
 * server-sent events.
 *
 * The response is a subscriber: while it is not drained it is busy, and what its policy keeps waits. One that hangs
 * costs the newest version, and nobody else.
 */
import type { AGUIEvent, RunAgentInput } from '@ag-ui/core'
import { messageOf } from '../../kit/index.ts'
import type { Cell, MachineStore, Ports } from '../../machine/index.ts'
import type { SubscriberHandle } from '../../store/index.ts'
import { agUiEvent } from './mapping.ts'
import { areEntries, resumeAgUi } from './resume-ag-ui.ts'
import { feed, type MappingOf, type ToAgUiOptions } from './to-ag-ui.ts'

/** What is used of a request of `node:http`: its body. */
export type AgUiRequest = AsyncIterable<Uint8Array>

/** What is used of a response of `node:http`. */
export interface AgUiResponse {
  /** Whether its connection is gone. */
  readonly destroyed?: boolean
  writeHead(status: number, headers: Record<string, string>): unknown
  write(text: string): boolean
  end(text: string): unknown
  on(event: 'close' | 'drain', listener: () => void): unknown
  off(event: 'close' | 'drain', listener: () => void): unknown
}

/** How a client is served over server-sent events. */
export interface ServeAgUiOptions extends Pick<ToAgUiOptions, 'policy' | 'threadId'> {
  /** The input, if other code has already read the body of the request. */
  readonly input?: unknown
  /** How many bytes of a body are read; default 1 MiB. */
  readonly bytesMax?: number
}

const MIB = 1_048_576

/**
 * Answers a request with a run: a POST with a `RunAgentInput`.
 *
 * A refusal (an answer that is late, unknown, incomplete or does not fit its schema, an input without an answer
 * while the machine waits) is `RUN_ERROR` on the wire, and changes nothing. A body that is not an input is refused with
 * 400. Authorization is up to the caller.
 *
 * @returns the subscription of the response, once it has begun; undefined if there is none.
 */
export async function serveAgUi<Context, Cells extends Cell, Io extends Ports>(
  req: AgUiRequest,
  res: AgUiResponse,
  store: MachineStore<Context, Cells, Io>,
  mapping: MappingOf<Context, Cells>,
  options: ServeAgUiOptions = {},
): Promise<SubscriberHandle | undefined> {
  const { input: given, bytesMax = MIB, threadId, policy } = options
  let input: RunAgentInput
  try {
    input = inputOf(given ?? JSON.parse(await bodyOf(req, bytesMax)))
  } catch (error) {
    res.writeHead(400, { 'content-type': 'text/plain' })
    res.end(messageOf(error))
    return undefined
  }
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  const ids = { threadId: input.threadId, runId: input.runId }
  const failure = sendInput(store, input, mapping, threadId)
  if (failure !== undefined) {
    const refused = [agUiEvent('RUN_STARTED', ids), agUiEvent('RUN_ERROR', failure)]
    res.end(refused.map(sseOf).join(''))
    return undefined
  }
  const handle = feed(
    store,
    mapping,
    { ...ids, ...(policy !== undefined && { policy }) },
    (events, isLast) => {
      const text = textOf(events, res)
      if (isLast) {
        res.end(text)
        return undefined
      }
      return res.write(text) ? undefined : drained(res)
    },
  )
  res.on('close', () => handle.unsubscribe())
  // A client that left while the body was read emits no further close.
  if (res.destroyed === true) handle.unsubscribe()
  return handle
}

/** Events as text; what comes ahead of one that is no JSON is sent. */
function textOf(events: readonly AGUIEvent[], res: AgUiResponse): string {
  let text = ''
  try {
    for (const event of events) text += sseOf(event)
    return text
  } catch (error) {
    if (text !== '') res.write(text)
    throw error
  }
}

function sendInput<Context, Cells extends Cell, Io extends Ports>(
  store: MachineStore<Context, Cells, Io>,
  input: RunAgentInput,
  mapping: MappingOf<Context, Cells>,
  threadId: string | undefined,
): { readonly message: string; readonly code: string } | undefined {
  try {
    const result = resumeAgUi(store, input, mapping, threadId === undefined ? {} : { threadId })
    return result.handled ? undefined : { message: result.message, code: result.reason }
  } catch (error) {
    return { message: messageOf(error), code: 'refused' }
  }
}

/** An event as server-sent events have it, with the version as its id. */
export function sseOf(event: AGUIEvent): string {
  const { headgate } = (event as { metadata?: { headgate?: { version: number } } }).metadata ?? {}
  const id = headgate === undefined ? '' : `id: ${headgate.version}\n`
  return `${id}data: ${JSON.stringify(event)}\n\n`
}

/** Resolves when a response takes more, or is over: one promise and two listeners, however long it hangs. */
const drained = (res: AgUiResponse): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      res.off('drain', end)
      res.off('close', end)
      resolve()
    }
    res.on('drain', end)
    res.on('close', end)
  })

async function bodyOf(req: AgUiRequest, bytesMax: number): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of req) {
    bytes += chunk.length
    if (bytes > bytesMax) throw new Error(`The body has more than ${bytesMax} bytes.`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

/** What the protocol needs of an input; the rest is for the mapping to read. */
function inputOf(given: unknown): RunAgentInput {
  const { threadId, runId, resume } = (given ?? {}) as Partial<RunAgentInput>
  if (typeof threadId !== 'string' || typeof runId !== 'string') {
    throw new Error('Expected a RunAgentInput with "threadId" and "runId".')
  }
  if (resume !== undefined && !areEntries(resume)) {
    throw new Error('Expected "resume" to be a list of { interruptId, status, payload }.')
  }
  return given as RunAgentInput
}
