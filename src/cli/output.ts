/**
 * One stream to write text to, where the reader may go away.
 *
 * Text is gathered and written once a turn of the event loop: at full speed a write for each line would cost
 * more than what the line tells. What is gathered has a bound; where the stream cannot keep up with it,
 * `room()` says what to wait for.
 *
 * A reader that closes the pipe (`headgate run … | head -1`) shows as an `error` event some time after the
 * write. From then on nothing is written, and whoever made the output is told once.
 */
import type { Writable } from 'node:stream'

/** A stream that may be a terminal. */
export type OutputStream = Writable & {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  readonly rows?: number | undefined
}

/** Text gathered in one turn beyond this is written at once, in UTF-16 code units. */
const GATHERED_LENGTH_MAX = 64 * 1024

export class Output {
  readonly stream: OutputStream
  readonly #onFailure: (failure: Error) => void
  #gathered = ''
  #timer: NodeJS.Immediate | undefined
  #failed = false
  /** Lets those go on who wait for a stream that will never be ready again. */
  #wake: (() => void) | undefined

  constructor(stream: OutputStream, onFailure: (failure: Error) => void = () => {}) {
    this.stream = stream
    this.#onFailure = onFailure
    // It stays for good: a late error without any listener would end the process with a stack.
    stream.on('error', (failure: Error) => this.#fail(failure))
  }

  /** Whether what is written still reaches somebody, as far as is known. */
  get open(): boolean {
    return !this.#failed && this.stream.writable
  }

  write(text: string): void {
    this.#gathered += text
    if (this.#gathered.length > GATHERED_LENGTH_MAX) this.#writeGathered()
    else this.#timer ??= setImmediate(() => this.#writeGathered())
  }

  line(text: string): void {
    this.write(`${text}\n`)
  }

  /** Something to wait for before writing more; undefined where there is room. */
  room(): Promise<void> | undefined {
    if (!this.open || !this.stream.writableNeedDrain) return undefined
    return new Promise((resolve) => {
      const done = (): void => {
        this.stream.off('drain', done)
        this.#wake = undefined
        resolve()
      }
      this.#wake = done
      this.stream.once('drain', done)
    })
  }

  /** Resolves when all that was written has left this process, or never will, and it is known which. */
  async flush(): Promise<void> {
    await this.#written()
    // A stream calls back about a write that has failed, and tells of the error after that.
    await new Promise((resolve) => setImmediate(resolve))
  }

  #written(): Promise<void> {
    return new Promise((resolve) => {
      this.#writeGathered()
      if (!this.open) {
        resolve()
        return
      }
      this.#wake = resolve
      // Called behind everything that was written before it, also where that has failed.
      this.stream.write('', () => resolve())
    })
  }

  #writeGathered(): void {
    clearImmediate(this.#timer)
    this.#timer = undefined
    const text = this.#gathered
    this.#gathered = ''
    if (text !== '' && this.open) this.stream.write(text)
  }

  #fail(failure: Error): void {
    const first = !this.#failed
    this.#failed = true
    this.#wake?.()
    if (first) this.#onFailure(failure)
  }
}
