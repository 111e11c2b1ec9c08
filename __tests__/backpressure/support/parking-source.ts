/** A source of one mailbox that keeps a backlog for it while it is busy, as a store does for many. */
import { ALL_TOLD, Backlog, type Cursor, type Telling } from '../../../src/backpressure/backlog.ts'
import type { Versioned } from '../../../src/backpressure/index.ts'
import type { Slotted } from '../../../src/kit/index.ts'

export class ParkingSource implements Telling {
  turn: number = ALL_TOLD
  /** How many versions were published, and how many of them were offered. */
  published = 0
  offered = 0
  parked = false
  readonly #owner: Slotted = { slot: 0 }
  readonly #offer: (entry: Versioned) => void
  #backlog: Backlog<Versioned> | undefined

  /** @param offer - offers an entry to the mailbox. */
  constructor(offer: (entry: Versioned) => void) {
    this.#offer = offer
  }

  /** Whether anything is kept. */
  get keeps(): boolean {
    return this.#backlog !== undefined
  }

  /** Publishes an entry; a handler may publish another one meanwhile. `before` runs before its turn. */
  publish(entry: Versioned, before: () => void = () => {}): void {
    this.published += 1
    this.turn = -1
    this.#backlog?.push(entry)
    before()
    this.turn = 0
    if (!this.parked) {
      this.offered += 1
      this.#offer(entry)
    }
    this.turn = ALL_TOLD
    this.#backlog?.trim()
  }

  // ---- what a host hands on ----

  park(entry: Versioned, before: Versioned | undefined, capacity: number): Cursor<Versioned> {
    this.parked = true
    this.#backlog ??= new Backlog<Versioned>(capacity, this, () => {
      this.#backlog = undefined
    })
    return this.#backlog.join(entry, this.#owner, before)
  }

  unpark(): void {
    this.parked = false
  }
}
