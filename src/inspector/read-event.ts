import type { IncomingMessage } from 'node:http'

/** Bytes of an event. */
export const EVENT_BYTES_MAX = 65_536

/** The event in the body of a request; undefined for what is none, or too long. Never rejects. */
export async function readEvent(request: IncomingMessage): Promise<{ readonly type: string } | undefined> {
  // What a page of another origin cannot send without asking first.
  if (request.headers['content-type'] !== 'application/json') return undefined
  const pieces: Buffer[] = []
  let bytes = 0
  try {
    for await (const piece of request as AsyncIterable<Buffer>) {
      bytes += piece.byteLength
      if (bytes > EVENT_BYTES_MAX) return undefined
      pieces.push(piece)
    }
    const event: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8'))
    return isEvent(event) ? event : undefined
  } catch {
    return undefined
  }
}

const isEvent = (value: unknown): value is { readonly type: string } =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
