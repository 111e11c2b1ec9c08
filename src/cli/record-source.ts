/**
 * Where records come from: a file, standard input, or the module itself; always as a stream of batches, and
 * never read whole. A batch is the lines of one chunk, or some of the module's own records.
 */
import { constants, createReadStream, open as openDescriptor } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { Socket } from 'node:net'
import { resolve } from 'node:path'
import type { Readable, Transform } from 'node:stream'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { type Line, LineSplitter } from './line-splitter.ts'
import { messageOf, UsageError } from './usage-error.ts'

/** A line to parse, or a record as it is. */
export type RawRecord = Line | object

/** Some records in a row. */
export interface RecordBatch {
  /** The number of the first line, or record, counted from 1. */
  readonly firstNumber: number
  readonly items: readonly RawRecord[]
  /** When its bytes came in, before they were cut into lines; milliseconds of the clock that was given. */
  readonly readAt: number
  /** How far the source is, from 0 to 1, before and after this batch; undefined where its length is unknown. */
  readonly progress: readonly [before: number, after: number] | undefined
  /** Whether the source has had bytes that are no UTF-8. */
  readonly malformed?: boolean
}

/** Milliseconds of a monotonic clock. */
type Now = () => number

export interface RecordSource {
  readonly batches: AsyncIterable<RecordBatch>
  /** Lets go of what a batch may be waited for from; allowed at any time. */
  close(): void
}

/** The lines of a chunk die young: of a larger one many are copied by the garbage collector first. */
const CHUNK_BYTES = 64 * 1024
/** How many of a module's own records make a batch. */
const BATCH_ITEMS = 256

/**
 * Opens a file of NDJSON, or a named pipe.
 *
 * @throws {@link UsageError} where there is nothing to read.
 */
export async function openFile(path: string, workingDirectory: string, now: Now): Promise<RecordSource> {
  const file = resolve(workingDirectory, path)
  const refuse = (error: unknown): never => {
    const missing = (error as { code?: unknown }).code === 'ENOENT'
    throw new UsageError(
      `The events file ${path} ${missing ? 'does not exist.' : `cannot be read: ${messageOf(error)}`}`,
    )
  }
  const stats = await stat(file).catch(refuse)
  if (stats.isDirectory()) throw new UsageError(`The events file ${path} is a directory.`)
  if (stats.isFIFO()) return fromStream(await openPipe(file).catch(refuse), now)
  const expand = expander(path)
  if (expand !== undefined) {
    const packed = createReadStream(file)
    // An error of the file is one of what is read from it.
    packed.on('error', (error) => expand.destroy(error))
    return fromStream(packed.pipe(expand), now)
  }
  const handle = await open(file).catch(refuse)
  // A device has no size to measure progress by. The end of the batches, however it comes, closes the file.
  const batches = linesOf(chunksOf(handle), now, stats.isFile() ? stats.size : undefined)
  return { batches, close: () => {} }
}

/** What expands a packed file, by the end of its name. */
function expander(path: string): Transform | undefined {
  if (path.endsWith('.gz')) return zlib.createGunzip()
  if (!path.endsWith('.zst')) return undefined
  const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform }
  if (createZstdDecompress !== undefined) return createZstdDecompress()
  throw new UsageError(
    `The events file ${path} is packed with zstd, which this Node cannot read. Expand it first: zstd -dc ${path} | headgate run MODULE --events -`,
  )
}

/**
 * Opens a named pipe, or what the shell made of `<(command)`, so that the event loop waits for its data. A
 * file handle would have a thread wait, and the process could not end before somebody writes.
 */
async function openPipe(file: string): Promise<Readable> {
  const fd = await promisify(openDescriptor)(file, constants.O_RDONLY | constants.O_NONBLOCK)
  return new Socket({ fd, writable: false })
}

/** Reads a file piece by piece into one buffer: a chunk is valid until the next. */
async function* chunksOf(file: FileHandle): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES)
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  } finally {
    await file.close()
  }
}

/** Reads lines from a stream of bytes or text. */
export function fromStream(stream: Readable, now: Now): RecordSource {
  // A stream that was closed before its end errors; nobody listens any more then.
  stream.on('error', () => {})
  const batches = linesOf(stream as AsyncIterable<Uint8Array | string>, now)
  return { batches, close: () => void stream.destroy() }
}

async function* linesOf(
  chunks: AsyncIterable<Uint8Array | string>,
  now: Now,
  sizeBytes?: number,
): AsyncGenerator<RecordBatch> {
  const splitter = new LineSplitter()
  let firstNumber = 1
  let bytes = 0
  const share = (): number | undefined => fraction(bytes, sizeBytes)
  const batch = (readAt: number, before: number | undefined, items: readonly RawRecord[]): RecordBatch => {
    const made = {
      firstNumber,
      items,
      readAt,
      progress: pair(before, share()),
      malformed: splitter.malformed,
    }
    firstNumber += items.length
    return made
  }
  for await (const chunk of chunks) {
    const readAt = now()
    const before = share()
    bytes += chunk.length
    yield batch(readAt, before, splitter.push(chunk))
  }
  yield batch(now(), share(), splitter.end())
}

/** Takes the records that a module makes itself: objects, or lines of JSON. */
export function fromRecords(records: Iterable<unknown> | AsyncIterable<unknown>, now: Now): RecordSource {
  const batches = Symbol.asyncIterator in records ? singly(records, now) : inBatches(records, now)
  return { batches, close: () => {} }
}

async function* inBatches(records: Iterable<unknown>, now: Now): AsyncGenerator<RecordBatch> {
  const total = Array.isArray(records) ? records.length : undefined
  let done = 0
  let readAt = now()
  let items: RawRecord[] = []
  const batch = (): RecordBatch => {
    const before = done
    done += items.length
    const progress = pair(fraction(before, total), fraction(done, total))
    const made = { firstNumber: before + 1, items, readAt, progress }
    items = []
    return made
  }
  for (const record of records) {
    if (items.length === 0) readAt = now()
    // The cast: what is no object is refused with its number when it is handled.
    items.push(record as RawRecord)
    if (items.length === BATCH_ITEMS) yield batch()
  }
  yield batch()
}

async function* singly(records: AsyncIterable<unknown>, now: Now): AsyncGenerator<RecordBatch> {
  let firstNumber = 1
  for await (const record of records) {
    yield { firstNumber, items: [record as RawRecord], readAt: now(), progress: undefined }
    firstNumber += 1
  }
}

/** A file may have grown since its size was taken; of nothing, all is done. */
function fraction(done: number, total: number | undefined): number | undefined {
  if (total === undefined) return undefined
  return total === 0 ? 1 : Math.min(1, done / total)
}

function pair(before: number | undefined, after: number | undefined): RecordBatch['progress'] {
  return before === undefined || after === undefined ? undefined : [before, after]
}
