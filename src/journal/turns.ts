/** Who writes a journal, where several may have its database open, as tabs have IndexedDB. */

export interface JournalTurns {
  /**
   * Resolves with a turn to write: with a signal once it is free, or rejects when that aborts; without one at once, with
   * undefined where somebody else has it.
   */
  take(journal: string, signal?: AbortSignal): Promise<JournalTurn | undefined>
  /** Calls whenever the writer has written; returns the end of it. */
  hear(journal: string, listener: () => void): () => void
}

/** The turn of the one that writes, among several that have a journal open. */
export interface JournalTurn {
  /** Says that something was written. */
  tell(): void
  /** Lets the next one write. */
  end(): void
}

/** What is used of Web Locks; the compiler knows them in browsers only. */
interface Locks {
  request(
    name: string,
    options: { ifAvailable: true } | { signal: AbortSignal },
    callback: (lock: object | null) => Promise<void> | undefined,
  ): Promise<void>
}

/** Turns by Web Locks, told over a BroadcastChannel; undefined where there are none. */
export function webTurns(): JournalTurns | undefined {
  const { locks } = (globalThis as { navigator?: { locks?: Locks } }).navigator ?? {}
  if (locks === undefined) return undefined
  const nameOf = (journal: string): string => `headgate:${journal}`
  return {
    take: (journal, signal) =>
      new Promise((resolve, reject) => {
        const options = signal === undefined ? ({ ifAvailable: true } as const) : { signal }
        const held = (lock: object | null): Promise<void> | undefined => {
          if (lock !== null) return new Promise((end) => resolve(turnOf(nameOf(journal), end)))
          resolve(undefined)
          return undefined
        }
        locks.request(nameOf(journal), options, held).catch(reject)
      }),
    hear(journal, listener) {
      const channel = new BroadcastChannel(nameOf(journal))
      channel.onmessage = listener
      return () => channel.close()
    },
  }
}

function turnOf(name: string, end: () => void): JournalTurn {
  const channel = new BroadcastChannel(name)
  return {
    tell: () => channel.postMessage(null),
    end: () => {
      channel.close()
      end()
    },
  }
}
