/**
 * Who may ask: whoever knows the token, on this machine, under a name of this machine. A page of somebody else's that
 * has had its name pointed here (DNS rebinding) knows neither.
 */
import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Address } from './loopback-server.ts'

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

const nameOf = (host: string): string => host.replace(/:\d+$/, '')

/** Whether a request came to a name of this machine. */
const isForHere = ({ headers: { host = '' } }: IncomingMessage): boolean => LOOPBACK.has(nameOf(host))

/** Whether it was made by a page from here, or by no page. */
const isFromHere = ({ headers: { origin } }: IncomingMessage): boolean =>
  origin === undefined || LOOPBACK.has(nameOf(origin.replace(/^https?:\/\//, '')))

export const mayAsk = (request: IncomingMessage, { searchParams }: Address, token: string): boolean =>
  isForHere(request) && isFromHere(request) && isSame(searchParams.get('token') ?? '', token)

/** Takes as long for any two of one length. */
function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}
