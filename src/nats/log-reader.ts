/**
 * Reads a log from where it has come to, again and again, and skips nothing.
 *
 * Sequences have no gap. It begins with the record that it has read last, and then each must be the next: where another
 * comes, the log has let go of what is between, and it asks for a newer state.
 *
 *   read   … 7 8 9        log begins at 5:   9 │ 10 11 …      goes on
 *                         log begins at 10:  10 11 …          goes on
 *                         log begins at 12:  12 …             a resync
 */
import type { SchedulerLike, Subscription } from 'rxjs'
import type { CommitLog, LogEntry, LogFollower } from './commit-log.ts'

const RETRY_MS = 100
const RETRY_MS_MAX = 2_000

export interface ReaderHost {
  /** The next record; what it returns is waited for: whether it could be read, or needs what the log has let go of. */
  read(entry: LogEntry): Promise<boolean> | undefined
  upToDate(): void
  /** Nothing comes; it tries again by itself. */
  lost(error: unknown): void
  /**
   * Finds a state to begin from, as nothing was read yet or what follows is gone; resolves with its sequence. Where it
   * rejects it is asked again.
   */
  resync(): Promise<number>
  /** The log is not the one that was read. */
  broken(sequence: number, problem: string): void
}

export class LogReader {
  /** The newest record that was read; 0 before the first. */
  seen = 0
  /** Records that are in the log and were not read, as far as is known. */
  pending = 0
  readonly #log: CommitLog
  readonly #host: ReaderHost
  readonly #scheduler: SchedulerLike
  #seenId: string | undefined
  /** What has come and waits for the one before; the record that is read now is its first. */
  #inbox: (LogEntry | 'up to date')[] = []
  #isReading = false
  #stop: (() => void) | undefined
  #retry: Subscription | undefined
  #failures = 0
  #isClosed = false

  constructor(log: CommitLog, host: ReaderHost, scheduler: SchedulerLike) {
    this.#log = log
    this.#host = host
    this.#scheduler = scheduler
  }

  start(): void {
    this.#cut()
  }

  /** What follows may not be told any more, without a word: it is asked for anew. */
  again(): void {
    this.#giveUp(new Error('Nothing is read of what is written.'))
  }

  close(): void {
    this.#isClosed = true
    this.#stop?.()
    this.#retry?.unsubscribe()
    this.#inbox = []
  }

  #open(): void {
    if (this.#isClosed) return
    let awaitsSeen = this.seen > 0
    let newest = this.seen
    let isCurrent = true
    const end = (): void => {
      isCurrent = false
      this.#inbox = []
    }
    const lost = (error: unknown): void => {
      if (!isCurrent) return
      end()
      this.#lost(error)
    }
    /** The log has none of them, not even the one that was read: it has let go of all, or the server is behind. */
    const nothing = (written: number): void => {
      if (!isCurrent || !awaitsSeen) return
      if (written === this.seen) {
        awaitsSeen = false
        this.#take('up to date')
      } else if (written > this.seen) this.#missing()
      else
        this.#giveUp(new Error(`The server that was asked has not got record ${this.seen}, which was read.`))
    }
    const unanswered = (error: unknown): void => {
      if (isCurrent) this.#giveUp(error)
    }
    const follower: LogFollower = {
      entry: (entry) => {
        if (!isCurrent) return
        const { sequence, id, pending } = entry
        if (!awaitsSeen) {
          newest += 1
          if (sequence === newest) this.#take(entry)
          else this.#missing()
          return
        }
        awaitsSeen = false
        if (sequence === this.seen + 1) {
          // The log has let go of the one that was read, and of no other.
          newest = sequence
          this.#take(entry)
        } else if (sequence !== this.seen) this.#missing()
        else if (this.#seenId !== undefined && id !== this.#seenId) {
          this.#broken(`record ${sequence} is not the one that was read`)
        } else if (pending === 0) this.#take('up to date')
      },
      upToDate: () => {
        if (!isCurrent) return
        if (!awaitsSeen) this.#take('up to date')
        else this.#log.newest().then(nothing, unanswered)
      },
      lost,
    }
    const stop = this.#log.follow(this.seen, follower)
    this.#stop = () => {
      end()
      stop()
    }
    // It may have ended before there was something to stop.
    if (!isCurrent) stop()
  }

  #take(item: LogEntry | 'up to date'): void {
    if (item !== 'up to date') this.pending = item.pending
    this.#inbox.push(item)
    if (!this.#isReading) void this.#work()
  }

  /** Goes on at once, as long as nothing is to be waited for. */
  async #work(): Promise<void> {
    this.#isReading = true
    try {
      for (;;) {
        const item = this.#inbox.shift()
        if (item === undefined) return
        if (item === 'up to date') this.#upToDate()
        else {
          const waits = this.#host.read(item)
          const isRead = waits === undefined || (await waits)
          if (this.#isClosed) return
          if (!isRead) {
            this.#cut()
            return
          }
          this.seen = item.sequence
          this.#seenId = item.id
          if (item.pending === 0) this.#upToDate()
        }
      }
    } catch (error) {
      // A state in parts could not be had: the record is read again.
      this.#giveUp(error)
    } finally {
      this.#isReading = false
    }
  }

  #upToDate(): void {
    this.#failures = 0
    this.pending = 0
    this.#host.upToDate()
  }

  /** Records are missing: nothing goes on from what was read. */
  #missing(): void {
    if (this.seen > 0) {
      this.#cut()
      return
    }
    this.#giveUp(new Error('The log begins in the middle, and no state is kept to begin from.'))
  }

  #cut(): void {
    this.#stop?.()
    this.#host.resync().then(
      (sequence) => {
        this.seen = sequence
        this.#seenId = undefined
        this.#open()
      },
      (error: unknown) => this.#lost(error),
    )
  }

  #broken(problem: string): void {
    this.#stop?.()
    this.#host.broken(this.seen, problem)
  }

  /** Ends what is told, and asks anew after a while. */
  #giveUp(error: unknown): void {
    this.#stop?.()
    this.#lost(error)
  }

  #lost(error: unknown): void {
    if (this.#isClosed) return
    this.#host.lost(error)
    const ms = Math.min(RETRY_MS * 2 ** this.#failures, RETRY_MS_MAX)
    this.#failures += 1
    this.#retry?.unsubscribe()
    this.#retry = this.#scheduler.schedule(() => (this.seen === 0 ? this.#cut() : this.#open()), ms)
  }
}
