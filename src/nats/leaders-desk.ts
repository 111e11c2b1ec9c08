/**
 * What a machine does by itself on the member that leads: what it would commit goes into the log, in its turn, with the
 * fence of the term. Of what was begun in a term nothing is committed after it.
 */
import type { SchedulerLike } from 'rxjs'
import { HeadgateError, type Immutable, isHeadgateError } from '../kit/index.ts'
import {
  type AnyState,
  decide,
  type Elsewhere,
  type MachineDriver,
  type Taking,
  toEvent,
} from '../machine/index.ts'
import type { WriteResult } from '../sync/index.ts'
import type { Term } from './leadership.ts'
import type { Make } from './pending-write.ts'
import type { Made } from './record-texts.ts'
import type { Writer } from './writer.ts'

/** A write of a term is decided, or the term is over. */
const NO_LIMIT = Number.POSITIVE_INFINITY
const AGAIN_MS = 1_000

export interface DeskHost {
  readonly member: string
  readonly store: string
  readonly driver: MachineDriver
  readonly writer: Writer<AnyState>
  readonly scheduler: SchedulerLike
  readonly term: Term | undefined
  failed(error: unknown): void
}

type Hands = ReturnType<Elsewhere['hands']>

export class LeadersDesk implements Elsewhere {
  /** Commits that a fence has refused. */
  fenced = 0
  readonly #host: DeskHost

  constructor(host: DeskHost) {
    this.#host = host
  }

  async commit(taking: Taking, isWanted: () => boolean): Promise<boolean> {
    const { term } = this.#host
    if (term === undefined) return this.#refuse(taking, undefined)
    for (;;) {
      let failure: { readonly error: unknown } | undefined
      const make: Make<AnyState> = (state) => {
        if (!isWanted()) return this.#unwanted()
        try {
          return this.#made(taking, state, term)
        } catch (error) {
          failure = { error }
          throw error
        }
      }
      try {
        const { signal } = term
        const result = await this.#host.writer.write(make, {
          operation: 'a leader',
          retries: NO_LIMIT,
          timeoutMs: NO_LIMIT,
          waits: true,
          // Whether it is wanted is asked of the state that is in the log.
          isAlone: true,
          signal,
        })
        if (result.committed) return true
        // What became of it is not known, and what is run begins again.
        return result.reason === 'refused' ? false : this.#refuse(taking, term)
      } catch (error) {
        if (term.signal.aborted) return this.#refuse(taking, term)
        if (failure !== undefined || isHeadgateError(error)) throw error
        // The servers did not take a part of the state.
        this.#host.failed(error)
        await this.#pause(term.signal)
      }
    }
  }

  hands(isWanted: () => boolean): Hands {
    const { driver } = this.#host
    const ask = (taking: Taking): void => {
      const isStillWanted = (): boolean => {
        const isWhat = isWanted()
        if (!isWhat) driver.late()
        return isWhat
      }
      this.commit(taking, isStillWanted).catch((error: unknown) => driver.report('run', error))
    }
    return {
      input: driver.input,
      get destroyed() {
        return driver.destroyed
      },
      emit: (event) => driver.emit(event),
      late: () => driver.late(),
      report: (phase, error) => driver.report(phase, error),
      schedule: (ms, fire) => driver.schedule(ms, fire),
      send: (given) => {
        const { machine, head } = driver
        const event = toEvent(machine.id, given)
        ask(driver.taking(event))
        return { ...decide(machine, head.state, event, driver.instant()), snapshot: head }
      },
      updateContext: (recipe) => {
        ask(driver.updating(recipe))
        return driver.head
      },
    }
  }

  #made(taking: Taking, state: Immutable<AnyState>, { fence }: Term): Made<AnyState> {
    const { driver, member } = this.#host
    const at = driver.instant()
    const next = taking.step(state, at)
    return { next, labels: { reason: taking.event.type, source: member, tsWall: at.tsWall, fence } }
  }

  #unwanted(): WriteResult {
    return { committed: false, reason: 'refused', version: this.#host.driver.head.version }
  }

  /** A commit of a term that is over. */
  #refuse({ event }: Taking, term: Term | undefined): false {
    this.fenced += 1
    const { store } = this.#host
    const details = { store, operation: event.type, fence: term?.fence ?? null }
    this.#host.failed(new HeadgateError('LEADERSHIP_LOST', details))
    return false
  }

  #pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        timer.unsubscribe()
        signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = this.#host.scheduler.schedule(end, AGAIN_MS)
      signal.addEventListener('abort', end)
    })
  }
}
