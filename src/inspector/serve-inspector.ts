import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isVersion, messageOf } from '../kit/index.ts'
import { type SyncServer, sseHandler } from '../sync/index.ts'
import { serveFeed } from './feed-server.ts'
import { mayAsk } from './guard.ts'
import { Inspector, type Watchables } from './inspector.ts'
import { type InspectorOptions, inspectorSettings, refuse } from './inspector-options.ts'
import { readPage } from './page-file.ts'
import { readEvent } from './read-event.ts'

export interface ServeInspectorOptions extends InspectorOptions {
  /** Default 0: one that is free. */
  port?: number | undefined
  /** Default `'127.0.0.1'`; nobody else than this machine can be listened to. */
  host?: '127.0.0.1' | '::1' | undefined
  /** What a page must know; default a random one, which is in the address. */
  token?: string | undefined
}

/** An inspector that is served. */
export interface InspectorServer {
  /** What to open in a browser. */
  readonly url: string
  /** Pages that are open. */
  readonly clients: number
  /** Ends it: no timer, socket or subscriber is left. */
  close(): Promise<void>
}

/** Characters of a token that is given. */
const TOKEN_MIN = 16

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
  const { port = 0, host = '127.0.0.1', token = randomBytes(24).toString('base64url'), ...own } = options
  if (!Number.isInteger(port) || port < 0 || port > 65_535) refuse('port', 'an integer from 0 to 65535', port)
  if (host !== '127.0.0.1' && host !== '::1') refuse('host', '"127.0.0.1" or "::1"', host)
  if (typeof token !== 'string' || token.length < TOKEN_MIN)
    refuse('token', `a text of at least ${TOKEN_MIN} characters`, token)
  const inspector = new Inspector(stores, inspectorSettings(own, 'serveInspector()'))
  const feed = serveFeed(inspector)
  const http = createServer(handlerOf(inspector, feed, token))
  try {
    await listen(http, port, host)
  } catch (error) {
    end(inspector, feed)
    throw error
  }
  const { port: taken } = http.address() as AddressInfo
  const name = host === '::1' ? '[::1]' : host
  return {
    url: `http://${name}:${taken}/?${new URLSearchParams({ token })}`,
    get clients(): number {
      return feed.metrics().connections
    },
    close: () => {
      end(inspector, feed)
      return closed(http)
    },
  }
}

function listen(http: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, host, () => {
      http.off('error', reject)
      resolve()
    })
  })
}

function end(inspector: Inspector, feed: SyncServer): void {
  feed[Symbol.dispose]()
  inspector.close()
}

function closed(http: Server): Promise<void> {
  return new Promise((resolve) => {
    http.close(() => resolve())
    http.closeAllConnections()
  })
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

function handlerOf(inspector: Inspector, feed: SyncServer, token: string): Handler {
  const page = readPage()
  const frames = sseHandler(runWithPages(inspector, feed), { path: '/feed' })
  return (request, response) => {
    const address = new URL(request.url ?? '/', 'http://localhost')
    // Told before anything else is looked at.
    if (!mayAsk(request, address, token))
      answer(response, 403, 'The token is in the address that was printed.')
    else if (address.pathname === '/feed') frames(request, response)
    else if (request.method === 'POST') void control(inspector, request, response, address)
    else if (request.method !== 'GET') answer(response, 405, '')
    else if (address.pathname === '/') answer(response, 200, page, PAGE_HEADERS)
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

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
}

function answer(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = { 'content-type': 'text/plain; charset=utf-8' },
): void {
  response.writeHead(status, { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers })
  response.end(text)
}

async function version(inspector: Inspector, response: ServerResponse, { searchParams }: URL): Promise<void> {
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
  { pathname, searchParams }: URL,
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
