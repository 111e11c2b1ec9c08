/**
 * Reads frames. What comes in is foreign: its length, its depth and the number of its values are bounded before it is
 * parsed, and every member is looked at before anything is done with it.
 */

import { Budget, parseJson } from '../json/index.ts'
import { HeadgateError, isVersion } from '../kit/index.ts'
import type { Beat, ClientFrame, FrameData, Resume, ServerFrame, VersionHead } from './frames.ts'

/** How much of one frame is read. */
export interface FrameLimits {
  readonly frameBytesMax: number
}

/** The longest name that a frame may carry: of a client, a store, a write, a reason. */
const NAME_MAX = 512
const TOKEN_MAX = 16_384

type Fields = Readonly<Record<string, unknown>>

export const protocolInvalid = (problem: string): HeadgateError<'PROTOCOL_INVALID'> =>
  new HeadgateError('PROTOCOL_INVALID', { problem })

const decoder = new TextDecoder('utf-8', { fatal: true })

/** How many bytes a frame takes on the wire. */
export const bytesOf = (frame: FrameData): number =>
  typeof frame === 'string' ? utf8Length(frame) : frame.byteLength

/** Counted, not encoded: a text that goes to many is encoded by none of them here. */
function utf8Length(text: string): number {
  let bytes = text.length
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    // Each half of a surrogate pair stands for two of its four bytes.
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1
  }
  return bytes
}

/** @throws `PROTOCOL_INVALID` for what is no object of JSON, or too long, too deep or too rich. */
function readObject(data: unknown, { frameBytesMax }: FrameLimits): Fields {
  const isBytes = data instanceof Uint8Array
  if (typeof data !== 'string' && !isBytes) throw protocolInvalid('a frame is text')
  const length = isBytes ? data.byteLength : data.length
  if (length > frameBytesMax) throw protocolInvalid(`a frame is longer than ${frameBytesMax} bytes`)
  let value: unknown
  try {
    const text = isBytes ? decoder.decode(data) : data
    value = parseJson(text, new Budget({ bytesMax: frameBytesMax }), 'the frame')
  } catch (error) {
    throw new HeadgateError(
      'PROTOCOL_INVALID',
      { problem: 'a frame is no JSON, or nested too deep' },
      { cause: error },
    )
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw protocolInvalid('a frame is an object')
  return value as Fields
}

class Reader {
  readonly t: string
  readonly #fields: Fields

  constructor(fields: Fields) {
    this.#fields = fields
    this.t = this.text('t')
  }

  text(name: string, max = NAME_MAX): string {
    const value = this.#own(name)
    if (typeof value === 'string' && value.length <= max) return value
    throw protocolInvalid(`"${name}" of a frame is a text of at most ${max} characters`)
  }

  optionalText(name: string, max = NAME_MAX): string | undefined {
    return this.#own(name) === undefined ? undefined : this.text(name, max)
  }

  get store(): string {
    return this.optionalText('store') ?? ''
  }

  version(name: string): number {
    const value = this.#own(name)
    if (isVersion(value)) return value
    throw protocolInvalid(`"${name}" of a ${this.t} is an integer from 0 to 2^52`)
  }

  count(name: string): number {
    const value = this.#own(name)
    if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number
    throw protocolInvalid(`"${name}" of a ${this.t} is an integer from 0`)
  }

  optionalCount(name: string): number | undefined {
    return this.#own(name) === undefined ? undefined : this.count(name)
  }

  number(name: string): number {
    const value = this.#own(name)
    if (Number.isFinite(value)) return value as number
    throw protocolInvalid(`"${name}" of a ${this.t} is a number`)
  }

  flag(name: string): boolean {
    const value = this.#own(name)
    if (typeof value === 'boolean') return value
    throw protocolInvalid(`"${name}" of a ${this.t} is true or false`)
  }

  any(name: string): unknown {
    return this.#own(name)
  }

  object(name: string): Reader | undefined {
    const value = this.#own(name)
    if (value === undefined) return undefined
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw protocolInvalid(`"${name}" of a ${this.t} is an object`)
    }
    return new Reader({ t: this.t, ...value })
  }

  texts(name: string): Readonly<Record<string, string>> {
    const value = this.#own(name)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      if (Object.values(value).every((entry) => typeof entry === 'string'))
        return value as Record<string, string>
    }
    throw protocolInvalid(`"${name}" of a ${this.t} is an object of texts`)
  }

  #own(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined
  }
}

const beatOf = (read: Reader): Beat => ({ t: read.t as Beat['t'], at: read.number('at') })

function resumeOf(read: Reader): Resume | undefined {
  // What somebody cannot have got from a server is no place to go on from: it is given a snapshot.
  try {
    const resume = read.object('resume')
    return resume && { epoch: resume.text('epoch'), version: resume.version('version') }
  } catch {
    return undefined
  }
}

const fromClient: Readonly<Record<string, (read: Reader) => ClientFrame>> = {
  hello: (read) => ({
    t: 'hello',
    protocol: read.count('protocol'),
    clientId: read.text('clientId'),
    store: read.store,
    token: read.optionalText('token', TOKEN_MAX),
    resume: resumeOf(read),
  }),
  ack: (read) => ({
    t: 'ack',
    store: read.store,
    version: read.version('version'),
    index: read.optionalCount('index'),
  }),
  write: (read) => ({
    t: 'write',
    store: read.store,
    id: read.text('id'),
    epoch: read.text('epoch'),
    base: read.version('base'),
    reason: read.text('reason'),
    ops: read.any('ops'),
  }),
  send: (read) => ({ t: 'send', store: read.store, id: read.text('id'), event: read.any('event') }),
  leave: (read) => ({ t: 'leave', store: read.store }),
  ping: beatOf,
  pong: beatOf,
}

function headOf(read: Reader): VersionHead
function headOf(read: Reader | undefined): VersionHead | undefined
function headOf(read: Reader | undefined): VersionHead | undefined {
  if (read === undefined) return undefined
  return {
    version: read.version('version'),
    missed: read.count('missed'),
    reason: read.text('reason', Number.POSITIVE_INFINITY),
    source: read.text('source', Number.POSITIVE_INFINITY),
    tsWall: read.number('tsWall'),
    metadata: read.texts('metadata'),
  }
}

const fromServer: Readonly<Record<string, (read: Reader) => ServerFrame>> = {
  welcome: (read) => {
    const mode = read.text('mode')
    if (mode !== 'resume' && mode !== 'snapshot')
      throw protocolInvalid('"mode" of a welcome is "resume" or "snapshot"')
    const grant = read.object('grant')
    if (grant === undefined) throw protocolInvalid('a welcome has a "grant"')
    return {
      t: 'welcome',
      store: read.store,
      epoch: read.text('epoch'),
      mode,
      version: read.number('version'),
      heartbeatMs: read.number('heartbeatMs'),
      window: read.count('window'),
      windowBytes: read.optionalCount('windowBytes'),
      grant: { read: grant.flag('read'), write: grant.flag('write') },
    }
  },
  chunk: (read) => ({
    t: 'chunk',
    store: read.store,
    version: read.version('version'),
    index: read.count('index'),
    count: read.count('count'),
    text: read.text('text', Number.POSITIVE_INFINITY),
    head: headOf(read.object('head')),
  }),
  delta: (read) => ({
    t: 'delta',
    store: read.store,
    from: read.version('from'),
    ops: read.any('ops'),
    ...headOf(read),
  }),
  result: (read) => {
    const reason = read.optionalText('reason')
    return {
      t: 'result',
      store: read.store,
      id: read.text('id'),
      ok: read.flag('ok'),
      version: read.number('version'),
      reason: reason === 'conflict' || reason === 'refused' ? reason : undefined,
      message: read.optionalText('message', Number.POSITIVE_INFINITY),
    }
  },
  bye: (read) => ({
    t: 'bye',
    store: read.optionalText('store'),
    code: read.text('code'),
    message: read.text('message', Number.POSITIVE_INFINITY),
  }),
  ping: beatOf,
  pong: beatOf,
}

function frameReader<Frame>(kinds: Readonly<Record<string, (read: Reader) => Frame>>) {
  return (data: unknown, limits: FrameLimits): Frame | undefined => {
    const read = new Reader(readObject(data, limits))
    return Object.hasOwn(kinds, read.t) ? kinds[read.t]?.(read) : undefined
  }
}

/**
 * Reads what a client has sent; `undefined` for a kind of frame that this version does not know.
 *
 * @throws `PROTOCOL_INVALID`
 */
export const readClientFrame: (data: unknown, limits: FrameLimits) => ClientFrame | undefined =
  frameReader(fromClient)

/** Reads what a server has sent; as {@link readClientFrame}. */
export const readServerFrame: (data: unknown, limits: FrameLimits) => ServerFrame | undefined =
  frameReader(fromServer)
