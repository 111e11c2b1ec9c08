/** What a journal has on the disk, to be read: the same for the one that writes and for those that follow it. */
import type { SchedulerLike } from 'rxjs'
import { describeValue, HeadgateError, onAbort } from '../kit/index.ts'
import { kernelOf, type Snapshot, type Store } from '../store/index.ts'
import type { ReplayOptions } from './journal.ts'
import type { JournalLog, Verification } from './journal-log.ts'
import type { Settings } from './journal-options.ts'

/** Lets time pass; a signal that aborts ends it. */
export const pause = (ms: number, scheduler: SchedulerLike, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    let stop = (): void => {}
    const end = (): void => {
      late.unsubscribe()
      stop()
      resolve()
    }
    const late = scheduler.schedule(end, ms)
    // Where it is aborted already, it ends at once.
    stop = onAbort(signal, end)
  })

export abstract class KeptJournal<S> {
  static {
    const key = (Symbol as { asyncDispose?: symbol }).asyncDispose ?? Symbol.for('Symbol.asyncDispose')
    Object.defineProperty(KeptJournal.prototype, key, {
      value(this: KeptJournal<unknown>): Promise<void> {
        return this.close()
      },
    })
  }

  declare readonly [Symbol.asyncDispose]: () => Promise<void>
  protected readonly log: JournalLog<S>
  protected readonly settings: Settings<S>

  constructor(log: JournalLog<S>, settings: Settings<S>) {
    this.log = log
    this.settings = settings
  }

  abstract get durableVersion(): number
  abstract close(): Promise<void>

  async at(version: number): Promise<Snapshot<S>> {
    return this.log.at(version, this.durableVersion)
  }

  async *commits(
    range: { from?: number; to?: number; newestFirst?: boolean } = {},
  ): AsyncGenerator<Snapshot<S>, undefined> {
    const { from = 0, to = this.durableVersion, newestFirst = false } = range
    yield* this.log.snapshots(from, Math.min(to, this.durableVersion), newestFirst)
  }

  async replay(into: Store<S>, options: ReplayOptions = {}): Promise<number> {
    const { from, to, speed = 'max', signal } = options
    if (speed !== 'max' && !(speed > 0)) {
      throw new HeadgateError('OPTION_INVALID', {
        option: 'speed',
        expected: 'a number above 0, or "max"',
        received: describeValue(speed),
      })
    }
    const kernel = kernelOf<S>(into)
    let count = 0
    let last: number | undefined
    for await (const snapshot of this.commits({
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    })) {
      if (speed !== 'max' && last !== undefined) {
        await pause(Math.max(0, snapshot.tsMono - last) / speed, this.settings.scheduler, signal)
      }
      signal?.throwIfAborted()
      last = snapshot.tsMono
      kernel.adopt(snapshot)
      count += 1
    }
    return count
  }

  verify(): Promise<Verification> {
    return this.log.verify()
  }
}
