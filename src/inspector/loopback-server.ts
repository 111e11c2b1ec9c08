/** A server for pages on this machine, and for whoever knows its token. */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mayAsk } from './guard.ts'
import { refuse } from './inspector-options.ts'
import { readPage } from './page-file.ts'

/** Where a server of the inspector listens, and who may ask it. */
export interface LoopbackOptions {
  /** Default 0: one that is free. */
  port?: number | undefined
  /** Default `'127.0.0.1'`; nobody else than this machine can be listened to. */
  host?: '127.0.0.1' | '::1' | undefined
  /** What a page must know; default a random one, which is in the address. */
  token?: string | undefined
}

/** A server of the inspector that runs. */
export interface LoopbackServer {
  readonly url: URL
  close(): Promise<void>
}

/** What was asked for. */
export type Address = Pick<URL, 'pathname' | 'searchParams'>

/** Answers what is asked for beside the page itself. */
export type Handler = (request: IncomingMessage, response: ServerResponse, address: Address) => void

/** Characters of a token that is given. */
const TOKEN_MIN = 16

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
}

/** @throws `OPTION_INVALID`; what `listen` fails with. */
export async function serveLoopback(options: LoopbackOptions, handler: Handler): Promise<LoopbackServer> {
  const { port = 0, host = '127.0.0.1', token = randomBytes(24).toString('base64url') } = options
  if (!Number.isInteger(port) || port < 0 || port > 65_535) refuse('port', 'an integer from 0 to 65535', port)
  if (host !== '127.0.0.1' && host !== '::1') refuse('host', '"127.0.0.1" or "::1"', host)
  if (typeof token !== 'string' || token.length < TOKEN_MIN)
    refuse('token', `a text of at least ${TOKEN_MIN} characters`, token)
  const page = readPage()
  const http = createServer((request, response) => {
    const address = addressOf(request)
    // Before anything else is looked at.
    if (!mayAsk(request, address, token))
      answer(response, 403, 'The token is in the address that was printed.')
    else if (address.pathname === '/' && request.method === 'GET') answer(response, 200, page, PAGE_HEADERS)
    else handler(request, response, address)
  })
  await listen(http, port, host)
  const { port: taken } = http.address() as AddressInfo
  const name = host === '::1' ? '[::1]' : host
  return {
    url: new URL(`http://${name}:${taken}/?${new URLSearchParams({ token })}`),
    close: () => closed(http),
  }
}

/** Not `new URL`: it throws on `GET //`, which anybody may send before the token is checked. */
function addressOf({ url = '/' }: IncomingMessage): Address {
  const [pathname = '', query] = url.split('?', 2)
  return { pathname, searchParams: new URLSearchParams(query) }
}

export function answer(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = { 'content-type': 'text/plain; charset=utf-8' },
): void {
  response.writeHead(status, { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers })
  response.end(text)
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

function closed(http: Server): Promise<void> {
  return new Promise((resolve) => {
    http.close(() => resolve())
    http.closeAllConnections()
  })
}
