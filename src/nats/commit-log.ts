/** What a member needs of a log that many write; JetStream is one (jetstream-log.ts), and tests have another. */

/** One record, as it stands in the log. */
export interface LogEntry {
  readonly sequence: number
  /** Whoever wrote it gave it this; a record that was written twice has it twice. */
  readonly id: string
  readonly text: string
  /** How many were behind it when it was sent. */
  readonly pending: number
}

export interface LogFollower {
  /** The next record, in order, none left out. */
  entry(entry: LogEntry): void
  /** There is nothing behind what was told. */
  upToDate(): void
  /** Nothing more is told. Called once. */
  lost(error: unknown): void
}

/** What is known about the servers. */
export interface ServerFacts {
  /** Of the server that the connection was on when the member joined, such as `2.10.27`. */
  readonly version: string
  /** Copies of the stream that holds the log. */
  readonly replicas: number
  /** Whether an acknowledged record is on disk: false before 2.10, else the option `syncs`. */
  readonly syncs: boolean | 'unknown'
}

export interface CommitLog {
  readonly server: ServerFacts
  /** Bytes of a record; what is larger goes in parts. */
  readonly payloadBytesMax: number
  /** Bytes of a state, in parts. */
  readonly stateBytesMax: number
  /**
   * Writes a record behind all others. Says nothing of what becomes of it, which is read; throws nothing.
   *
   * @param expected - what the writer has seen last: the log may refuse it where there is more. 0: it takes it anyway.
   */
  publish(text: string, id: string, expected: number): void
  /** Tells of every record from a sequence on, that one included; 0: of all. Returns the end of it. */
  follow(from: number, follower: LogFollower): () => void
  /** The sequence of the newest record, also where the log has let go of it. @throws what the servers say */
  newest(): Promise<number>
  /** The text of the newest snapshot. @throws what the servers say. */
  newestSnapshot(): Promise<string | undefined>
  putSnapshot(text: string): Promise<void>
  /** Keeps a part of a state; resolves with its sequence. */
  putPart(id: string, index: number, bytes: Uint8Array): Promise<number>
  part(id: string, index: number): Promise<Uint8Array | undefined>
  /** Lets go of parts of before a sequence, and of all snapshots but the newest two. */
  trim(partsBefore: number): Promise<void>
  /** Calls when nothing will come any more, as the connection was closed for good. */
  onClosed(closed: () => void): void
  close(): Promise<void>
}
