/** What a path can lead into: plain objects, lists and collections. */
import { isPlainObject } from '../json/index.ts'

export type Fields = Readonly<Record<string, unknown>>

/** Whether a value is a plain object, made in whatever realm. */
export const isRecord: (value: unknown) => value is Fields = isPlainObject
