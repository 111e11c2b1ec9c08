/**
 * Cuts chunks of bytes into lines, by hand: `readline` calls out for each line, which costs more than
 * parsing it.
 *
 *   chunk 1   {"t":1}\n{"t":  ──> one line, and the rest of it is kept
 *   chunk 2   2}\n            ──> {"t":2}
 *
 * A character cut in two by a chunk waits in the decoder. The newline is looked for in the new text only, so
 * a line of many chunks costs no more than its length. A line longer than the maximum is skipped up to its
 * newline and told as {@link LINE_TOO_LONG}: a file without newlines must not fill the memory.
 */
import { StringDecoder } from 'node:string_decoder'
import { Utf8Watch } from './utf8-watch.ts'

/** Stands for a line that was longer than allowed. */
export const LINE_TOO_LONG: unique symbol = Symbol('line too long')

/** The text of a line without its newline, or that there was too much of it. */
export type Line = string | typeof LINE_TOO_LONG

/** The longest line, in UTF-16 code units. */
export const LINE_LENGTH_MAX: number = 16 * 1024 * 1024

const BYTE_ORDER_MARK = '\uFEFF'

export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8')
  readonly #lengthMax: number
  #partial = ''
  #skipping = false
  #atStart = true
  readonly #watch = new Utf8Watch()
  /** Whether any byte so far was no UTF-8; it was read as U+FFFD. */
  malformed = false

  constructor(lengthMax: number = LINE_LENGTH_MAX) {
    this.#lengthMax = lengthMax
  }

  /** Takes a chunk; returns the lines that end in it. */
  push(chunk: Uint8Array | string): Line[] {
    // The decoder takes any view of bytes; its type, only Node's own.
    const text = this.#decoder.write(chunk as Buffer)
    if (typeof chunk !== 'string' && !this.malformed) this.malformed = this.#watch.isMalformed(chunk, text)
    return this.#split(this.#atStart ? this.#withoutMark(text) : text)
  }

  /** Takes the end of the input; returns the last line if it has no newline. */
  end(): Line[] {
    const rest = this.#decoder.end()
    if (rest !== '') this.malformed = true
    const lines = this.#split(rest)
    if (this.#partial !== '' || this.#skipping) lines.push(this.#finish(''))
    return lines
  }

  #withoutMark(text: string): string {
    if (text === '') return text
    this.#atStart = false
    return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text
  }

  #split(text: string): Line[] {
    const lines: Line[] = []
    let start = 0
    let end = text.indexOf('\n')
    if (end !== -1 && (this.#partial !== '' || this.#skipping)) {
      lines.push(this.#finish(text.slice(0, end)))
      start = end + 1
      end = text.indexOf('\n', start)
    }
    for (; end !== -1; end = text.indexOf('\n', start)) {
      lines.push(end - start > this.#lengthMax ? LINE_TOO_LONG : text.slice(start, end))
      start = end + 1
    }
    if (!this.#skipping) this.#keep(start === 0 ? text : text.slice(start))
    return lines
  }

  #keep(text: string): void {
    // Appended as a rope: nothing is copied until the line is whole.
    this.#partial += text
    if (this.#partial.length <= this.#lengthMax) return
    this.#partial = ''
    this.#skipping = true
  }

  #finish(rest: string): Line {
    const line = this.#partial + rest
    const tooLong = this.#skipping || line.length > this.#lengthMax
    this.#partial = ''
    this.#skipping = false
    return tooLong ? LINE_TOO_LONG : line
  }
}
