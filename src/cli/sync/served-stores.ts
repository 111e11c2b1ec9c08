/** What a module for `headgate serve` exports. */
import { kernelOf } from '../../kernel/index.ts'
import type { CommandIo } from '../command-io.ts'
import { importModuleAt } from '../load-module.ts'
import { UsageError } from '../usage-error.ts'
import type { AnyStore } from './listen.ts'

type Exports = Readonly<Record<string, unknown>>
export type ServedStores = AnyStore | Readonly<Record<string, AnyStore>>

const isObject = (value: unknown): value is Exports => typeof value === 'object' && value !== null

export function isStore(value: unknown): value is AnyStore {
  if (!isObject(value)) return false
  try {
    kernelOf(value)
    return true
  } catch {
    return false
  }
}

const areStores = (value: unknown): value is Readonly<Record<string, AnyStore>> =>
  isObject(value) && Object.keys(value).length > 0 && Object.values(value).every(isStore)

/** @throws {@link UsageError} */
export async function loadStores(path: string, io: CommandIo): Promise<ServedStores> {
  const exports = (await importModuleAt(path, io)) as Exports
  const inner = exports.default
  const places = isObject(inner) && !isStore(inner) ? [exports, inner] : [exports]
  for (const place of places) {
    if (isStore(place.store)) return place.store
    if (areStores(place.stores)) return place.stores
  }
  if (isStore(inner) || areStores(inner)) return inner
  const names = Object.keys(exports).join(', ') || 'nothing'
  throw new UsageError(
    `The module ${path} exports ${names}; expected "store", or "stores", an object of them by name.`,
  )
}
