/** Who writes a journal when several may have its database open, as tabs have IndexedDB. */

export interface JournalTurns {
  /**
   * Takes the turn to write. With a signal, resolves once the turn is free, or rejects when the signal aborts; without
   * one, resolves at once, with undefined if somebody else has the turn.
   */
  take(journal: string, signal?: AbortSignal): Promise<JournalTurn | undefined>
  /** Calls the listener whenever the writer has written; returns a function that stops it. */
  hear(journal: string, listener: () => void): () => void
}

/** The turn of the one writer among several that have a journal open. */
export interface JournalTurn {
  /** Announces that something was written. */
  tell(): void
  /** Hands the turn to the next writer. */
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
