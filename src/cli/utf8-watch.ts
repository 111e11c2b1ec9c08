/**
 * Watches whether chunks of bytes are UTF-8, at no cost while they are: bytes are looked at only where their text
 * holds the replacement character, which a text may also hold by right.
 *
 *   chunk 1   … e2 82 │ ac …   chunk 2      a character that a chunk cuts is judged with the chunk that ends it
 */
import { isUtf8 } from 'node:buffer'

/** What bytes that are no UTF-8 are read as. */
export const REPLACEMENT = '\uFFFD'
/** The most bytes of a character that may stand in the chunk before. */
const CARRIED_BYTES = 3

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80

export class Utf8Watch {
  #carried: Uint8Array = new Uint8Array(0)

  /** @returns whether the chunk, or what it completes, has bytes that are no UTF-8. */
  isMalformed(chunk: Uint8Array, text: string): boolean {
    const carried = this.#carried
    // A copy: the reader fills its buffer again.
    this.#carried = Uint8Array.from(
      chunk.length < CARRIED_BYTES
        ? [...carried, ...chunk].slice(-CARRIED_BYTES)
        : chunk.subarray(-CARRIED_BYTES),
    )
    if (!text.includes(REPLACEMENT)) return false
    return !isUtf8(wholeCharacters(Buffer.concat([carried, chunk]), carried.length))
  }
}

/** Leaves out the end of a character that began before, and the beginning of one that is not complete. */
function wholeCharacters(bytes: Uint8Array, carried: number): Uint8Array {
  let start = 0
  while (start < carried && isContinuation(bytes[start])) start += 1
  let end = bytes.length
  while (bytes.length - end < CARRIED_BYTES && isContinuation(bytes[end - 1])) end -= 1
  const first = bytes[end - 1] ?? 0
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1
  const complete = end - 1 + length <= bytes.length
  return bytes.subarray(start, complete ? bytes.length : end - 1)
}
