import type { Readable } from './readable.ts'
import type { ReadableCore } from './readable-core.ts'
import { coreSymbol } from './readable-face.ts'
import { readableSymbol } from './select/selected-observable.ts'

/** What anything that can be read is made of, a selection too; undefined for anything else. */
export function findCore(source: unknown): ReadableCore<unknown> | undefined {
  const readable =
    (source as { [readableSymbol]?: Readable<unknown> } | null | undefined)?.[readableSymbol] ?? source
  return (readable as { [coreSymbol]?: ReadableCore<unknown> } | null | undefined)?.[coreSymbol]
}
