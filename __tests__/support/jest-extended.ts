import { expect } from '@jest/globals'
import * as matchers from 'jest-extended'

/**
 * The matchers of jest-extended by name. Its own types have an index signature too, which would let a misspelt
 * matcher compile; and they reach only the global `expect`, not the one of `@jest/globals`.
 */
type NamedMatchers<R> = {
  [Name in keyof CustomMatchers<R> as string extends Name ? never : Name]: CustomMatchers<R>[Name]
}

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends NamedMatchers<R> {}
}

expect.extend(matchers)
