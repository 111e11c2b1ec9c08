/** Which pages may connect: a browser lets any page connect anywhere, and only reports its origin. */

import { asyncRefusal } from './async-refusal.ts'

/** The request a connection began with, as `node:http` has it. */
export interface RequestLike {
  readonly headers: { readonly origin?: string | undefined }
}

/** The origins of pages that may connect: a list, or a function that decides. */
export type Origins = readonly string[] | ((origin: string) => boolean)

const LOOPBACK = /^https?:\/\/(?:(?:[\w-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i

/** Whether an origin is a page of this machine. `null`, which a sandboxed page sends, is not. */
export const isLoopback = (origin: string): boolean => LOOPBACK.test(origin)

/**
 * Whether a page of this origin may connect. A request without an origin is not from a browser page, and may.
 *
 * @throws what the function throws; `OPTION_INVALID` for an asynchronous one.
 */
export function allowsOrigin(origins: Origins, origin: string | undefined): boolean {
  if (origin === undefined) return true
  if (typeof origins !== 'function') return origins.includes(origin)
  const allows = origins(origin)
  const refusal = asyncRefusal('origins', allows)
  if (refusal !== undefined) throw refusal
  return allows === true
}
