/** From which pages connections are taken: a browser lets any page connect anywhere, and says only where it is from. */

/** What came with the request that a connection began with, as `node:http` has it. */
export interface RequestLike {
  readonly headers: { readonly origin?: string | undefined }
}

/** The origins of pages that may connect: a list, or a function that decides. */
export type Origins = readonly string[] | ((origin: string) => boolean)

const LOOPBACK = /^https?:\/\/(?:(?:[\w-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i

/** Pages of the own machine. `null`, which a sandboxed page says, is none of them. */
export const isLoopback = (origin: string): boolean => LOOPBACK.test(origin)

/** Whether a page of this origin may connect. What says none is no page of a browser. */
export function allowsOrigin(origins: Origins, origin: string | undefined): boolean {
  if (origin === undefined) return true
  return typeof origins === 'function' ? origins(origin) === true : origins.includes(origin)
}
