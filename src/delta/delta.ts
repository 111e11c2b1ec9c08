/** What a delta is: JSON Patch (RFC 6902) with one member more, and JSON Pointer (RFC 6901). */

/**
 * Where something is: `/robots/r1/pose/0`; `''` is the whole state. `~1` stands for a slash in a key, `~0` for a tilde.
 */
export type JsonPointer = string

/** Puts a value where there is none, or, in an object, in the place of what is there. In a list, `-` is its end. */
export interface AddOperation {
  readonly op: 'add'
  readonly path: JsonPointer
  readonly value: unknown
  /**
   * In a collection: the id that the entity is put ahead of. It is put at the end where there is none, or the id is
   * not there. Others ignore it, as RFC 6902 asks of members that it does not know.
   */
  readonly before?: string
}

/** One operation of a JSON Patch (RFC 6902). */
export type Operation =
  | AddOperation
  | { readonly op: 'replace' | 'test'; readonly path: JsonPointer; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: JsonPointer }
  | { readonly op: 'move' | 'copy'; readonly from: JsonPointer; readonly path: JsonPointer }

/** What turns one state into another: operations, done one after the other, all or none. */
export type Delta = readonly Operation[]
