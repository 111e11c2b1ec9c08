import type { IncomingMessage, ServerResponse } from 'node:http'
import { isVersion, messageOf } from '../kit/index.ts'
import { type SyncServer, sseHandler } from '../sync/index.ts'
import { serveFeed } from './feed-server.ts'
import { Inspector, type Watchables } from './inspector.ts'
import { type InspectorOptions, inspectorSettings } from './inspector-options.ts'
import { type Address, answer, type Handler, type LoopbackOptions, serveLoopback } from './loopback-server.ts'
import { readEvent } from './read-event.ts'

/** Where the inspector listens, who may see it, and how much it keeps. */
export interface ServeInspectorOptions extends InspectorOptions, LoopbackOptions {}

/** An inspector that is served. */
export interface InspectorServer {
  /** What to open in a browser. */
  readonly url: string
  /** Pages that are open. */
  readonly clients: number
  /** Ends it: no timer, socket or subscriber is left. */
  close(): Promise<void>
}

/**
 * Serves a page that shows running stores: who is slow, who leaks, what happened. It changes nothing in the figures of
 * what it watches, and no writer waits for it.
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 * import { serveInspector } from 'headgate/inspector'
 *
 * const robot = createStore({ battery: 90 }, { name: 'robot' })
 * const inspector = await serveInspector([robot])
 * console.log(inspector.url.startsWith('http://127.0.0.1:')) // → true
 * await inspector.close()
 * ```
 * @param stores - stores, machine stores, systems, derived values, views; a function is asked again at each interval.
 * @throws `OPTION_INVALID`, `OPTION_UNKNOWN`; what `listen` fails with, such as a port that is taken.
 */
export async function serveInspector(
  stores: Watchables,
  options: ServeInspectorOptions = {},
): Promise<InspectorServer> {
  const { port, host, token, ...own } = options
  const inspector = new Inspector(stores, inspectorSettings(own, 'serveInspector()'))
  const feed = serveFeed(inspector)
  const end = (): void => {
    feed[Symbol.dispose]()
    inspector.close()
  }
  try {
    const server = await serveLoopback({ port, host, token }, handlerOf(inspector, feed))
    return {
      url: server.url.href,
      get clients(): number {
        return feed.metrics().connections
      },
      close: () => {
        end()
        return server.close()
      },
    }
  } catch (error) {
    end()
    throw error
  }
}

function handlerOf(inspector: Inspector, feed: SyncServer): Handler {
  const frames = sseHandler(runWithPages(inspector, feed), { path: '/feed' })
  return (request, response, address) => {
    if (address.pathname === '/feed') frames(request, response)
    else if (request.method === 'POST') void control(inspector, request, response, address)
    else if (request.method !== 'GET') answer(response, 405, '')
    else if (address.pathname === '/version') void version(inspector, response, address)
    else answer(response, 404, '')
  }
}

/** Runs the inspector from the first page until the last one has gone. */
function runWithPages(inspector: Inspector, feed: SyncServer): Parameters<typeof sseHandler>[0] {
  return {
    accept: (socket) => {
      feed.accept(socket)
      inspector.run()
    },
    // Where a page is from was looked at before.
    allowsOrigin: () => true,
  }
}

async function version(
  inspector: Inspector,
  response: ServerResponse,
  { searchParams }: Address,
): Promise<void> {
  const wanted = Number(searchParams.get('version') ?? Number.NaN)
  const kept = isVersion(wanted)
    ? await inspector.version(searchParams.get('store') ?? '', wanted)
    : undefined
  if (kept === undefined) answer(response, 404, 'This version is not kept.')
  else answer(response, 200, JSON.stringify(kept), { 'content-type': 'application/json' })
}

/** Sends an event to a machine, where that is allowed. */
async function control(
  inspector: Inspector,
  request: IncomingMessage,
  response: ServerResponse,
  { pathname, searchParams }: Address,
): Promise<void> {
  if (!inspector.settings.allowControl || pathname !== '/send') {
    answer(response, 405, 'It is read only: serve it with allowControl to send events.')
    return
  }
  const event = await readEvent(request)
  if (event === undefined) {
    answer(response, 400, 'An event is an object of JSON with a "type" that is a text.')
    return
  }
  try {
    answer(response, 200, inspector.send(searchParams.get('store') ?? '', event))
  } catch (error) {
    answer(response, 200, `it threw: ${messageOf(error)}`)
  }
}
