import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, jest } from '@jest/globals'
import type {} from 'jest-extended'

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

const FOLDER = join(dirname(require.resolve('jest-extended')), 'matchers')

/** A matcher that is loaded when it is first used: most test files use few. */
function late(name: string): (this: unknown, ...values: unknown[]) => never {
  return function (...values) {
    return jest
      .requireActual<Record<string, (...values: unknown[]) => never>>(join(FOLDER, name))
      [name]?.apply(this, values) as never
  }
}

const NAMES = readdirSync(FOLDER)
  .map((file) => file.replace('.js', ''))
  .filter((name) => name !== 'index')

expect.extend(Object.fromEntries(NAMES.map((name) => [name, late(name)])))
