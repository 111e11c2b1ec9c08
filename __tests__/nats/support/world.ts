/** Members of one log in memory, and a time that the test moves. */
import { VirtualTimeScheduler } from 'rxjs'
import { createMachineStore, createStore, type Store } from '../../../src/index.ts'
import type { AnyMachine, MachineStore } from '../../../src/machine/index.ts'
import type { NatsFault } from '../../../src/nats/index.ts'
import { MachineMember } from '../../../src/nats/machine-member.ts'
import { type NatsOptions, settingsOf } from '../../../src/nats/nats-options.ts'
import { StoreMember } from '../../../src/nats/store-member.ts'
import { MemoryLog, Servers } from './memory-log.ts'

export interface Fleet {
  n: number
  ids: string[]
}

export const add =
  (id: string) =>
  (draft: Fleet): void => {
    draft.n += 1
    draft.ids.push(id)
  }

/** Lets everything run that waits for no time. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export interface Joined<S = Fleet> {
  readonly member: StoreMember<S>
  readonly log: MemoryLog
  readonly store: Store<S>
  readonly started: Promise<void>
}

export interface JoinedMachine {
  readonly member: MachineMember
  readonly log: MemoryLog
  readonly store: MachineStore<any, any>
  readonly started: Promise<void>
  readonly faults: NatsFault[]
}

export class World {
  readonly scheduler: VirtualTimeScheduler = new VirtualTimeScheduler()
  readonly servers: Servers = new Servers(this.scheduler)
  readonly members: Joined[] = []

  join(
    options: Partial<NatsOptions> = {},
    store: Store<Fleet> = createStore<Fleet>({ n: 0, ids: [] }, { name: 'fleet', onFault: () => {} }),
  ): Joined {
    const log = new MemoryLog(this.servers)
    const settings = settingsOf({ stream: 'S', scheduler: this.scheduler, ...options }, store.name)
    const member = new StoreMember<Fleet>(store, log, settings)
    const started = member.start()
    started.catch(() => {}) // whoever asks is told
    const joined = { member, log, store, started }
    this.members.push(joined)
    return joined
  }

  /** A member with a machine of its own, whose time is that of the world. */
  joinMachine(
    machine: AnyMachine,
    options: Partial<NatsOptions> = {},
    prepare: (store: JoinedMachine['store']) => void = () => {},
  ): JoinedMachine {
    const { scheduler } = this
    const clock = { wall: () => scheduler.now(), mono: () => scheduler.now() }
    const faults: NatsFault[] = []
    const store = createMachineStore(machine, { scheduler, clock, held: true, onFault: () => {} })
    prepare(store as never)
    const log = new MemoryLog(this.servers)
    const settings = settingsOf({ stream: 'S', scheduler, leaseMs: 3_000, ...options }, store.name)
    const member = new MachineMember(store as never, log, settings)
    member.faults$.subscribe((fault) => faults.push(fault))
    const started = member.start()
    started.catch(() => {}) // whoever asks is told
    const joined = { member, log, store: store as never, started, faults }
    this.members.push(joined as never)
    return joined
  }

  /** Everything that is under way happens, and a time passes. */
  async pass(ms: number): Promise<void> {
    const { scheduler } = this
    const end = scheduler.now() + ms
    for (;;) {
      while (await this.step());
      const next = Math.min(...scheduler.actions.map(({ delay }) => delay))
      if (next > end) break
      await this.tick()
    }
    scheduler.frame = end
    scheduler.maxFrames = end
  }

  /** One of the things that are under way happens. */
  async step(pick = 0): Promise<boolean> {
    await settle()
    const { underway } = this.servers
    if (underway.length === 0) return false
    const [one] = underway.splice(Math.min(pick, underway.length - 1), 1)
    one?.()
    await settle()
    return true
  }

  /** Lets time go on to the next timer. */
  async tick(): Promise<boolean> {
    const { actions } = this.scheduler
    const next = [...actions].sort((one, other) => one.delay - other.delay)[0]
    if (next === undefined) return false
    this.scheduler.maxFrames = next.delay
    this.scheduler.flush()
    await settle()
    return true
  }

  /** Everything that is under way happens, in order, and as much time passes as is needed. */
  async quiet(isDone: () => boolean = () => this.servers.underway.length === 0): Promise<void> {
    for (let n = 0; n < 200; n += 1) {
      while (await this.step());
      if (isDone()) return
      if (!(await this.tick())) return
    }
    const states = this.members.map(({ member }) => [member.status, member.store.published.version])
    throw new Error(`It never comes to rest: ${JSON.stringify(states)}, ${this.servers.sequence} records.`)
  }

  async close(): Promise<void> {
    const closing = Promise.all(this.members.map(({ member }) => member.close()))
    await this.quiet(() => this.members.every(({ member }) => member.status === 'closed'))
    await closing
  }
}
