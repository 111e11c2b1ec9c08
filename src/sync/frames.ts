/**
 * The frames that a server and a mirror exchange: JSON text, one object each, its first member `t`. docs/protocol.md
 * specifies them for clients in other languages.
 *
 *   client                          server
 *   hello ────────────────────────>
 *         <──────────────────────── welcome
 *         <──────────────────────── chunk … chunk | delta …
 *   ack ──────────────────────────>
 *   write, send ──────────────────>
 *         <──────────────────────── result
 */
export const PROTOCOL = 1

/** What a socket carries: text, or its UTF-8 bytes. */
export type FrameData = string | Uint8Array

/** Where a client resumes from. */
export interface Resume {
  readonly epoch: string
  readonly version: number
}

/** A client's first frame: who it is, and what it has. */
export interface Hello {
  readonly t: 'hello'
  readonly protocol: number
  readonly clientId: string
  /** Which of the served stores; by default the one without a name. */
  readonly store: string
  readonly token: string | undefined
  readonly resume: Resume | undefined
}

export interface Ack {
  readonly t: 'ack'
  readonly store: string
  readonly version: number
  /** The index of a chunk of a snapshot; undefined for a delta. */
  readonly index: number | undefined
}

export interface WriteFrame {
  readonly t: 'write'
  readonly store: string
  readonly id: string
  readonly epoch: string
  readonly base: number
  readonly reason: string
  /** A delta in its JSON form, not validated yet. */
  readonly ops: unknown
}

export interface SendFrame {
  readonly t: 'send'
  readonly store: string
  readonly id: string
  /** An event in its JSON form, not validated yet. */
  readonly event: unknown
}

/** A sign of life of the connection, not of a store. */
export interface Beat {
  readonly t: 'ping' | 'pong'
  readonly at: number
}

export type ClientFrame = Hello | Ack | WriteFrame | SendFrame | Beat | Leave

/** Says that a mirror which shares its socket with others was closed. */
export interface Leave {
  readonly t: 'leave'
  readonly store: string
}

/** What a client may do. */
export interface Grant {
  readonly read: boolean
  readonly write: boolean
}

export interface Welcome {
  readonly t: 'welcome'
  readonly store: string
  readonly epoch: string
  readonly mode: 'resume' | 'snapshot'
  /** The newest version of the store; -1 while it is uninitialized. */
  readonly version: number
  readonly heartbeatMs: number
  /** How many frames, and bytes of them, the client may have without acknowledging them. */
  readonly window: number
  readonly windowBytes: number | undefined
  readonly grant: Grant
}

/** What is sent about a version besides its state. */
export interface VersionHead {
  readonly version: number
  readonly missed: number
  readonly reason: string
  readonly source: string
  readonly tsWall: number
  readonly metadata: Readonly<Record<string, string>>
}

export interface Chunk {
  readonly t: 'chunk'
  readonly store: string
  readonly version: number
  readonly index: number
  readonly count: number
  /** A piece of the JSON text of the state. */
  readonly text: string
  /** In the first chunk: which version the snapshot is of. */
  readonly head: VersionHead | undefined
}

export interface DeltaFrame extends VersionHead {
  readonly t: 'delta'
  readonly store: string
  readonly from: number
  /** A delta in its JSON form, not validated yet. */
  readonly ops: unknown
}

export interface Result {
  readonly t: 'result'
  readonly store: string
  readonly id: string
  readonly ok: boolean
  /** The version it was committed as or, if it was not, the current version. */
  readonly version: number
  readonly reason: 'conflict' | 'refused' | undefined
  readonly message: string | undefined
}

/** Why a server ends a connection. */
export type ByeCode =
  | 'CLIENTS_FULL'
  | 'CLOSED'
  | 'DEAD'
  | 'DESTROYED'
  | 'FAILED'
  | 'ORIGIN_FORBIDDEN'
  | 'OVERFLOW'
  | 'PROTOCOL_INVALID'
  | 'REPLACED'
  | 'STORE_UNKNOWN'
  | 'UNAUTHORIZED'

export interface Bye {
  readonly t: 'bye'
  /** The store; undefined for the whole connection. */
  readonly store: string | undefined
  readonly code: string
  readonly message: string
}

export type ServerFrame = Welcome | Chunk | DeltaFrame | Result | Beat | Bye

/** A frame of either side; of a delta all but its operations, which are text already. */
export type Writable = (ClientFrame | Exclude<ServerFrame, DeltaFrame> | Omit<DeltaFrame, 'ops'>) & {
  readonly store?: string | undefined
}

/** The members of a frame, without those that are undefined and the name of the store that has none. */
export const writeFrame = (frame: Writable): string =>
  JSON.stringify(frame.store === '' ? { ...frame, store: undefined } : frame)
