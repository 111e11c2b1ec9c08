/** What the rows of the benchmark of sync share: what is measured, sockets, and where results go. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { WebSocketServer } from 'ws'

const dist = (path) => pathToFileURL(join(import.meta.dirname, '../../dist/esm', path)).href
export const { createStore } = await import(dist('index.js'))
export const { mirror, serve, socketPair, wsSocket } = await import(dist('sync/index.js'))
export const { faultProxy } = await import(dist('testing/index.js'))

export const turn = () => new Promise((resolve) => setImmediate(resolve))
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

export const robots = (count, round = 0) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, n) => [
      `r${n}`,
      { battery: 90 + round, mode: `IDLE-${round}`, pose: { x: n + round, y: round, z: round } },
    ]),
  )

/** The cheapest write: one field of one robot. */
export const write = (store, x) =>
  store.update((draft) => {
    draft.robots.r7.pose.x = x
  })

/** A port of loopback that takes WebSockets. */
export async function listening(accept) {
  const http = createServer()
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: false })
  sockets.on('connection', accept)
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const close = () => {
    for (const socket of sockets.clients) socket.terminate()
    http.close()
  }
  return { sockets, port: http.address().port, close }
}

/** Rounds until there are enough, or the time is over; three at least. */
export async function rounds({ most, seconds }, round) {
  const until = performance.now() + seconds * 1_000
  let done = 0
  while (done < most && (done < 3 || performance.now() < until)) {
    await round(done)
    done += 1
  }
  return done
}
