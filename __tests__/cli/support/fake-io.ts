/** A world for the command without a process: streams in memory, a manual time, modules by path. */
import { Readable, Writable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { CommandIo } from '../../../src/cli/command-io.ts'
import type { RunTime } from '../../../src/cli/run-time.ts'

/** Gathers what is written; may play a terminal, or a reader that goes away. */
export class MemoryStream extends Writable {
  text = ''
  isTTY: boolean | undefined
  columns: number | undefined
  rows: number | undefined
  /** Fails, as a closed pipe does, once this many characters have been written. */
  closesAfter: number = Number.POSITIVE_INFINITY

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    if (this.text.length >= this.closesAfter) {
      done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
      return
    }
    this.text += chunk.toString()
    done()
  }

  get lines(): string[] {
    return this.text.split('\n').slice(0, -1)
  }
}

/** Time that passes only in sleeps: each takes one turn of the event loop, and what repeats with it. */
export class ManualTime implements RunTime {
  #now = 0
  readonly #repeating = new Set<{ ms: number; due: number; work: () => void }>()
  readonly slept: number[] = []

  now(): number {
    return this.#now
  }

  async sleep(ms: number): Promise<void> {
    this.slept.push(ms)
    this.advance(ms)
    await nextTurn()
  }

  async breathe(): Promise<void> {
    await nextTurn()
  }

  every(ms: number, work: () => void): () => void {
    const repeating = { ms, due: this.#now + ms, work }
    this.#repeating.add(repeating)
    return () => this.#repeating.delete(repeating)
  }

  advance(ms: number): void {
    const end = this.#now + ms
    for (const repeating of this.#repeating) {
      for (; repeating.due <= end; repeating.due += repeating.ms) {
        this.#now = repeating.due
        repeating.work()
      }
    }
    this.#now = end
  }
}

export interface FakeIo extends CommandIo {
  readonly stdout: MemoryStream
  readonly stderr: MemoryStream
  readonly time: ManualTime
  readonly environment: Record<string, string>
  /** Asks the command to end, as Ctrl-C does. */
  readonly abort: AbortController
  /** What `importModule` finds, by path. */
  readonly modules: Map<string, unknown>
}

/** @param input - what standard input holds, in chunks. */
export function fakeIo(input: Iterable<string | Uint8Array> | Readable = [], workingDirectory = '/'): FakeIo {
  const abort = new AbortController()
  const modules = new Map<string, unknown>()
  return {
    stdin: input instanceof Readable ? input : Readable.from(input, { objectMode: true }),
    stdout: new MemoryStream(),
    stderr: new MemoryStream(),
    environment: {},
    workingDirectory,
    signal: abort.signal,
    abort,
    time: new ManualTime(),
    modules,
    importModule: async (url) => {
      for (const [path, module] of modules) if (pathToFileURL(path).href === url) return module
      if (url === 'classic-level') return import('classic-level')
      throw new Error(`Cannot find module '${url}'`)
    },
    packageVersion: () => '9.9.9',
  }
}
