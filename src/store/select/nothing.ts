/** What no value is the same as: what has not been read, told, or been there yet. */
export const NOTHING: unique symbol = Symbol('nothing')
