/** The feed of a page that a server has served: frames over one stream, and questions over HTTP. */
import type { Facts, KeptVersion, Look } from '../facts.ts'
import type { Looks } from '../inspector.ts'
import { type Feed, newFeedState } from './feed.ts'
import { type FrameSocket, Frames } from './frames.ts'

/** How long is waited before a lost stream is opened again. */
const RETRY_MS = 1_000
/** Asks for all stores at once, for a recording. */
export const ALL = '*'

export function serverFeed(token: string, openSocket: (token: string) => FrameSocket): Feed {
  const state = newFeedState('connecting')
  const recorders = new Set<NonNullable<Parameters<NonNullable<Feed['record']>>[0]>>()
  let looksAt: string | undefined
  let frames: Frames | undefined
  let retry: ReturnType<typeof setTimeout> | undefined
  let socket: FrameSocket | undefined
  let isClosed = false

  const missed = (count: number): void => {
    if (count > 0) state.missed.value += count
  }
  const onLooks = (looks: Looks, count: number): void => {
    missed(count)
    const look: Look | undefined = looksAt === undefined ? undefined : looks[looksAt]
    state.look.value = look
    for (const record of recorders) record({ at: Date.now(), looks })
  }
  const follow = (): void => {
    const wanted = recorders.size > 0 ? ALL : looksAt
    if (wanted === undefined) frames?.leave('looks')
    else {
      // Which stores it is shown is a part of who it is.
      const clientId = `${wanted} ${crypto.randomUUID()}`
      frames?.follow({ name: 'looks', clientId, next: (looks, count) => onLooks(looks as Looks, count) })
    }
  }
  const connect = (): void => {
    socket = openSocket(token)
    frames = new Frames(socket)
    frames.follow({
      name: 'facts',
      clientId: crypto.randomUUID(),
      next: (facts, count) => {
        state.status.value = 'live'
        missed(count)
        state.facts.value = facts as Facts
        for (const record of recorders) record({ at: Date.now(), facts: facts as Facts })
      },
    })
    follow()
    socket.onClose = () => {
      if (isClosed) return
      state.status.value = 'lost'
      retry = setTimeout(connect, RETRY_MS)
    }
  }
  connect()

  return {
    ...state,
    lookAt: (id) => {
      looksAt = id
      if (recorders.size === 0) follow()
    },
    version: async (id, version) => {
      const answer = await fetch(
        `version?${new URLSearchParams({ token, store: id, version: String(version) })}`,
      )
      return answer.ok ? ((await answer.json()) as KeptVersion) : undefined
    },
    send: async (id, event) => {
      const answer = await fetch(`send?${new URLSearchParams({ token, store: id })}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(event),
      })
      return answer.text()
    },
    record: (line) => {
      recorders.add(line)
      if (state.facts.value !== undefined) line({ at: Date.now(), facts: state.facts.value })
      follow()
      return () => {
        recorders.delete(line)
        follow()
      }
    },
    close: () => {
      isClosed = true
      clearTimeout(retry)
      socket?.close(1000, 'CLOSED')
    },
  }
}
