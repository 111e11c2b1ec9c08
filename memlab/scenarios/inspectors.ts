/** Inspectors of a store that lives on: each is served, shown to a page that looks at the store, and closed. */
import { Agent, createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createStore } from '../../src/index.ts'
import { type InspectorServer, serveInspector } from '../../src/inspector/index.ts'
import type { Claim } from '../support/scenario.ts'

export const claim =
  'An inspector that is closed leaves nothing, in what it watched nor of the pages that it was shown to.'

export const noGrowth = 'each operation opens sockets, which takes too long to be done a thousand times'

const COUNT = 100

/** One connection a request, and none that is kept. */
const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY })

const asked = (url: URL, method: 'GET' | 'POST', body?: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request(url, { method, agent }, resolve).on('error', reject).end(body)
  })

/**
 * Node keeps parsers of connections that were closed, each with a list of its newest headers, and the pool that small
 * buffers are cut from. This uses as many as will ever be open, a server's and a client's for each: before anything is
 * measured, so that they are there, and at the end, so that their lists and the pool are new.
 */
async function renewNodes(): Promise<void> {
  const waiting: (() => void)[] = []
  const http = createServer((_, response) => {
    waiting.push(() => response.end())
    if (waiting.length === COUNT * 2) for (const answer of waiting) answer()
  })
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening))
  const url = new URL(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`)
  await Promise.all(Array.from({ length: COUNT * 2 }, async () => ended(await asked(url, 'GET'))))
  await new Promise((closed) => http.close(closed))
  for (let used = 0; used <= Buffer.poolSize; used += 1_024) Buffer.allocUnsafe(1_024)
}

let begun: Promise<void> | undefined

const ended = (response: IncomingMessage): Promise<void> =>
  new Promise((resolve) => response.resume().on('end', resolve).on('error', resolve))

/** Opens the feed of an inspector as its page does, and waits until it has shown the store. */
async function look(inspector: InspectorServer): Promise<IncomingMessage> {
  const feed = new URL(inspector.url)
  feed.pathname = '/feed'
  const stream = await asked(feed, 'GET')
  stream.setEncoding('utf8')
  let text = ''
  await new Promise<void>((shown) => {
    stream.on('data', (piece: string) => {
      text += piece
      const session = /event: session\ndata: (.*)\n/.exec(text)?.[1]
      if (session !== undefined && !feed.searchParams.has('session')) {
        feed.searchParams.set('session', session)
        void hello(feed)
      }
      if (text.includes('toldMs')) shown()
    })
  })
  return stream
}

async function hello(feed: URL): Promise<void> {
  const hellos = ['facts', 'looks'].map((store) =>
    JSON.stringify({ t: 'hello', protocol: 1, clientId: `s1 ${store}`, store }),
  )
  await ended(await asked(feed, 'POST', hellos.join('\n')))
}

const inspectors: Claim = {
  name: 'inspectors that were looked at, and closed',
  count: COUNT,
  create({ leak, witness }) {
    const store = createStore({ tick: 0 }, { name: 'watched' })
    const kept: unknown[] = [store]
    let open: [InspectorServer, IncomingMessage][] = []
    let tick = 0
    return {
      async act(count) {
        begun ??= renewNodes()
        await begun
        for (let index = 0; index < count; index += 1) {
          const held = witness()
          const inspector = await serveInspector([store], {
            sanitize: (state) => {
              held.seen += 1
              return state
            },
          })
          open.push([inspector, await look(inspector)])
        }
      },
      async release() {
        if (leak) kept.push(...open)
        else {
          for (const [inspector, stream] of open) {
            const gone = ended(stream)
            await inspector.close()
            await gone
          }
        }
        open = []
        await renewNodes()
      },
      write() {
        tick += 1
        store.set({ tick })
      },
    }
  },
}

export const claims: readonly Claim[] = [inspectors]
