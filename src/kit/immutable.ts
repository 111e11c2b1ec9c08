/**
 * immer's type of the same name but for arrays: immer maps them, which the compiler does at once, and for a type that
 * contains itself (`type Json = string | Json[]`) without end. The item of an array written as `X[]` is looked at when
 * somebody asks for it. Tuples are mapped.
 */

/** What has no parts to be changed. */
type Whole =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  // biome-ignore lint/complexity/noBannedTypes: any function, as immer has it
  | Function
  | Promise<unknown>
  | Date
  | RegExp
  | WeakMap<WeakKey, unknown>
  | WeakSet<WeakKey>

/** A value as a snapshot holds it: readonly, deeply. */
export type Immutable<T> = T extends Whole
  ? T
  : T extends ReadonlyMap<infer Key, infer Value>
    ? ReadonlyMap<Immutable<Key>, Immutable<Value>>
    : T extends ReadonlySet<infer Member>
      ? ReadonlySet<Immutable<Member>>
      : T extends object
        ? ImmutableObject<T>
        : T

// Looked up in a table, not asked for: the compiler then compares two of them part by part, so that
// `Snapshot<{ x: number }>` is a `Snapshot<unknown>`; of a condition it would demand that both be the same.
type ImmutableObject<T> = {
  parts: { readonly [Key in keyof T]: Immutable<T[Key]> }
  list: ImmutableList<T>
}[Shape<T>]

type ImmutableList<T> = readonly Immutable<T extends readonly (infer Item)[] ? Item : never>[]

type Shape<T> = T extends readonly (infer Item)[] ? (Item[] extends T ? 'list' : 'parts') : 'parts'
