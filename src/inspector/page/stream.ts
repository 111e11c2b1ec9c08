/** Frames as server-sent events and the bodies of POSTs, one a line: what `sseHandler` of `headgate/sync` takes. */
import type { FrameSocket } from './frames.ts'

const ignore = (): void => {}

export function openStream(token: string): FrameSocket {
  const query = new URLSearchParams({ token })
  const source = new EventSource(`feed?${query}`)
  let waiting: string[] = []
  let isPosting = false
  const socket: FrameSocket = {
    onFrame: ignore,
    onClose: ignore,
    send: (frame) => {
      waiting.push(frame)
      if (query.has('session') && !isPosting) void post()
    },
    close: (code) => end(code),
  }
  const end = (code: number): void => {
    source.close()
    const { onClose } = socket
    socket.onFrame = ignore
    socket.onClose = ignore
    onClose(code)
  }
  /** One at a time, so that the order is kept. Never rejects. */
  const post = async (): Promise<void> => {
    isPosting = true
    try {
      while (waiting.length > 0) {
        const body = waiting.join('\n')
        waiting = []
        const { ok } = await fetch(`feed?${query}`, { method: 'POST', body })
        if (!ok) throw new Error('the session is over')
      }
    } catch {
      end(1006)
    }
    isPosting = false
  }
  source.onmessage = ({ data }) => socket.onFrame(data as string)
  source.onerror = () => end(1006)
  source.addEventListener('end', ({ data }) => end(Number(data)))
  source.addEventListener('session', ({ data }) => {
    query.set('session', data as string)
    if (waiting.length > 0) void post()
  })
  return socket
}
