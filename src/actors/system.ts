/** A system as its users see it, without the types of its addresses: {@link ActorSystem} has them. */
import type { Observable } from 'rxjs'
import type { BufferPolicy } from '../backpressure/index.ts'
import { defineDispose, HeadgateError } from '../kit/index.ts'
import { type EventObject, type MachineDriver, toEvent } from '../machine/index.ts'
import { contained, findCore } from '../store/index.ts'
import { Actor } from './actor.ts'
import type { SystemSnapshot } from './actor-snapshot.ts'
import type { ActorStats, Sending, SendOptions, SystemMetrics } from './actor-system.ts'
import { stepsOf } from './address.ts'
import { checkSystemSnapshot } from './check-snapshot.ts'
import { Plan } from './family.ts'
import type { AnyMachineStore } from './seat.ts'
import { type Message, SystemCore } from './system-core.ts'
import { takeSnapshot } from './take-snapshot.ts'

/** A way that leads to nobody. */
const NOWHERE = [{ child: '', key: '' }]

export class System implements Disposable {
  static {
    defineDispose(System.prototype, function () {
      this.destroy()
    })
  }

  declare readonly [Symbol.dispose]: () => void
  readonly messages$: Observable<Message>
  /** For a {@link createSystemStore}; users see an `ActorSystem`, without it. */
  readonly core: SystemCore
  readonly #root: Actor
  readonly #store: AnyMachineStore

  constructor(store: AnyMachineStore, driver: MachineDriver, mailbox: BufferPolicy | undefined) {
    // The cast holds: every store has a core.
    const { clock, scheduler } = (findCore(store) as NonNullable<ReturnType<typeof findCore>>).audience
    this.core = new SystemCore(store, { clock, scheduler, mailbox })
    this.#root = new Actor(this.core, driver.machine, undefined)
    this.core.root = this.#root
    this.#store = store
    this.messages$ = contained(store, 'messages$', this.core.messages)
    this.#root.sit(store, driver)
  }

  get(address: string): AnyMachineStore | undefined {
    return this.#find(address)?.open()
  }

  send(
    address: string,
    given: EventObject | string,
    { from = this.core.handling?.address }: SendOptions = {},
  ): Sending {
    const event = toEvent(address, given)
    const actor = this.#find(address)
    if (actor === undefined) {
      this.core.deadLetters += 1
      return 'unknown'
    }
    if (!actor.inbox.offer({ from, event })) return 'dropped'
    this.core.line(actor)
    return 'queued'
  }

  snapshot(): SystemSnapshot {
    this.requireRest('snapshot()')
    return takeSnapshot(this.#root, this.core.clock.wall())
  }

  restore(snapshot: SystemSnapshot): void {
    this.requireRest('restore()')
    this.check(snapshot)
    const { root } = snapshot
    // The cast holds: it was checked to be there.
    this.core.adopt(root.snapshot as NonNullable<typeof root.snapshot>, new Plan(root))
  }

  /** @throws `SYSTEM_SNAPSHOT_INVALID` */
  check(snapshot: SystemSnapshot): void {
    checkSystemSnapshot(this.#root.machine, snapshot)
  }

  idle(): Promise<void> {
    return this.core.idle()
  }

  stats(address: string): ActorStats | undefined {
    const actor = this.#find(address, true)
    if (actor === undefined) return undefined
    const { status, inbox, held, restarts } = actor
    return {
      status,
      waiting: inbox.size + held.length,
      dropped: inbox.dropped,
      restarts: restarts?.count ?? 0,
    }
  }

  metrics(): SystemMetrics {
    const actors = [...this.#all()].filter(({ status }) => status !== 'ended')
    const waiting = actors.reduce((sum, { inbox, held }) => sum + inbox.size + held.length, 0)
    return { actors: actors.length, waiting, deadLetters: this.core.deadLetters }
  }

  destroy(): void {
    this.core.destroy()
  }

  /** An actor that has not ended; or one that has, and whose key is still wanted. */
  #find(address: string, orEnded = false): Actor | undefined {
    let actor: Actor | undefined = this.#root
    for (const { child, key } of stepsOf(address) ?? NOWHERE) actor = actor?.family?.find(child, key)
    return actor !== undefined && (orEnded || actor.status !== 'ended') ? actor : undefined
  }

  *#all(): Iterable<Actor> {
    const actors = [this.#root]
    for (const actor of actors) {
      yield actor
      actors.push(...(actor.family?.members() ?? []))
    }
  }

  /** Whether an actor is in the middle of an event. */
  get isBusy(): boolean {
    return [...this.#all()].some(({ isBusy }) => isBusy)
  }

  /** @throws `SYSTEM_BUSY`, `STORE_DESTROYED` */
  requireRest(operation: string): void {
    const store = this.#store.name
    if (this.core.isOver) throw new HeadgateError('STORE_DESTROYED', { store, operation })
    for (const actor of this.#all()) {
      if (!actor.isBusy) continue
      throw new HeadgateError('SYSTEM_BUSY', { store, operation, actor: actor.address })
    }
  }
}
