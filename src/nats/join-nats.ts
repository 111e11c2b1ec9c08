import type { NatsConnection } from '@nats-io/nats-core'
import { HeadgateError } from '../kit/index.ts'
import { type Cell, driverSymbol, type MachineStore, type Ports, runnerSymbol } from '../machine/index.ts'
import type { Store } from '../store/index.ts'
import type { CommitLog } from './commit-log.ts'
import { JetStreamLog } from './jetstream-log.ts'
import { MachineMember } from './machine-member.ts'
import type { NatsMachineMember, NatsMember } from './nats-member.ts'
import { type NatsOptions, type NatsSettings, settingsOf } from './nats-options.ts'
import { StoreMember } from './store-member.ts'

/** Streams of which it was said that a power failure may take back what they have acknowledged. */
const warned = new Set<string>()

/**
 * Joins a store to a log in NATS JetStream. All members of the log have the same versions and states, and each may
 * write. Resolves once the store has caught up with the log; if the log is empty, the store's state is the first
 * version.
 *
 * A machine store becomes a member with `send`; one of its members, the leader, runs timers and work. Create it with
 * `held: true`.
 *
 * @example
 * ```ts no-run
 * import { connect } from '@nats-io/transport-node'
 * import { createStore } from 'headgate'
 * import { joinNats } from 'headgate/nats'
 *
 * const robots: Record<string, { battery: number }> = {}
 * const store = createStore({ robots }, { name: 'fleet' })
 * const fleet = await joinNats(store, await connect(), { stream: 'FLEET', create: true })
 *
 * fleet.store.select('robots', 'r1').subscribe((robot) => console.log(robot)) // as before
 * await fleet.update((draft) => { draft.robots.r1 = { battery: 90 } })
 * ```
 *
 * @throws `STREAM_ABSENT` if there is no such stream, or one with other subjects; `OPTION_INVALID`, also for a store
 *   that is ahead of the log, or of `createSystemStore`; `OPTION_UNKNOWN`; `RECORD_INVALID` for a log it cannot read;
 *   `KERNEL_ABSENT`; errors of the NATS client, such as a `TimeoutError` after `writeTimeoutMs` without an answer.
 */
export function joinNats<Context, Cells extends Cell, Io extends Ports>(
  store: MachineStore<Context, Cells, Io>,
  connection: NatsConnection,
  options: NatsOptions,
): Promise<NatsMachineMember<Context, Cells>>
export function joinNats<S>(
  store: Store<S>,
  connection: NatsConnection,
  options: NatsOptions,
): Promise<NatsMember<S>>
export async function joinNats(
  store: Store<unknown>,
  connection: NatsConnection,
  options: NatsOptions,
): Promise<NatsMember<unknown>> {
  const settings = settingsOf(options, store.name)
  if (runnerSymbol in store) {
    // What its actors do is in it after it has happened; there is nothing to decide.
    const expected = 'the machine store of its root, whose children the leader runs'
    throw new HeadgateError('OPTION_INVALID', { option: 'store', expected, received: 'a store of a system' })
  }
  const log = await JetStreamLog.open(connection, settings, store.name)
  const { stream } = settings
  if (log.server.replicas === 1 && log.server.syncs !== true && !warned.has(stream)) {
    warned.add(stream)
    // biome-ignore lint/suspicious/noConsole: advice, once for each stream
    console.warn(
      `[headgate] NATS_NOT_SYNCED: stream "${stream}" has one replica, and a server acknowledges before its disk has it: a power failure may take back what was committed. Use replicas: 3, or sync_interval: always of nats-server 2.10 and syncs: true.`,
    )
  }
  const member = memberOf(store, log, settings)
  try {
    await member.start()
  } catch (error) {
    await member.close()
    throw error
  }
  return member
}

/** The casts hold: only a machine store has a driver. */
const memberOf = (store: Store<unknown>, log: CommitLog, settings: NatsSettings): StoreMember<unknown> =>
  driverSymbol in store
    ? (new MachineMember(store as never, log, settings) as unknown as StoreMember<unknown>)
    : new StoreMember(store, log, settings)
