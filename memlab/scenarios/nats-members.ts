/** Members that join a log that lives on, lead, follow, and go; of a store, and of a machine with a timer and work. */
import { asyncScheduler } from 'rxjs'
import { MemoryLog, Servers } from '../../__tests__/nats/support/memory-log.ts'
import { createMachineStore, defineMachine } from '../../src/machine/index.ts'
import { MachineMember } from '../../src/nats/machine-member.ts'
import { settingsOf } from '../../src/nats/nats-options.ts'
import { StoreMember } from '../../src/nats/store-member.ts'
import { createStore } from '../../src/store/index.ts'
import { type Claim, turn, type Witness } from '../support/scenario.ts'

export const claim = 'A member that is closed leaves nothing, in the log or among those who go on.'

export const noGrowth =
  'each operation asks a server to make and read a log, which takes too long to be done a thousand times'

const blinker = defineMachine({
  id: 'blinker',
  initial: 'DARK',
  context: { n: 0 },
  states: {
    DARK: { after: { ms: 1_000_000, target: 'LIT' }, on: { ADD: 'LIT' } },
    LIT: { invoke: { src: () => new Promise<never>(() => {}) }, on: { ADD: 'DARK' } },
  },
})

interface Guest {
  write(): Promise<unknown>
  close(): Promise<void>
}
type Join = (log: MemoryLog, held: Witness, isFirst: boolean) => Guest

const joinStore: Join = (log, held) => {
  const store = createStore({ n: 0 }, { name: 'guest' })
  store.subscribe(() => {
    held.seen += 1
  })
  const member = new StoreMember(store, log, settingsOf({ stream: 'S', snapshotEvery: 50 }, 'guest'))
  const started = member.start()
  const write = async (): Promise<unknown> => {
    await started
    return member.update((draft) => {
      draft.n += 1
    })
  }
  return { write, close: () => member.close() }
}

const joinMachine: Join = (log, held, lead) => {
  const store = createMachineStore(blinker, { name: 'guest', held: true })
  store.subscribe(() => {
    held.seen += 1
  })
  const settings = settingsOf({ stream: 'S', snapshotEvery: 50, lead }, 'guest')
  const member = new MachineMember(store as never, log, settings)
  member.leader$.subscribe(() => {
    held.seen += 1
  })
  const started = member.start()
  const write = async (): Promise<unknown> => {
    await started
    return member.send('ADD')
  }
  return { write, close: () => member.close() }
}

/** What everybody reads, and nobody counts. */
const VOID = JSON.stringify({
  format: 'headgate.commit',
  v: 1,
  base: 999_999_999,
  version: 1,
  member: 'stranger',
  reason: 'LATE',
  source: 'stranger',
  tsWall: 0,
  ops: [],
})

function members(name: string, join: Join): Claim {
  return {
    name,
    count: 120,
    create({ leak, witness }) {
      const servers = new Servers(asyncScheduler)
      servers.historyMax = 120
      const kept: unknown[] = [servers]
      let open: Guest[] = []
      const run = (): void => {
        for (const go of servers.underway.splice(0)) go()
      }
      const drive = async (work: Promise<unknown>): Promise<void> => {
        let isOver = false
        const end = (): void => {
          isOver = true
        }
        work.then(end, end)
        while (!isOver) {
          run()
          await turn()
        }
      }
      return {
        async act(count) {
          for (let index = 0; index < count; index += 1) {
            const guest = join(new MemoryLog(servers), witness(), index === 0)
            await drive(guest.write())
            open.push(guest)
            if (leak) kept.push(guest)
          }
        },
        async release() {
          if (!leak) for (const guest of open) await drive(guest.close())
          open = []
          run()
          await turn()
          // What stands in the log stays there: others are put in the place of the records that they wrote.
          servers.records = servers.records.map((record) => ({ ...record }))
        },
        write() {
          servers.store('stranger', VOID)
          run()
        },
      }
    },
  }
}

export const claims: readonly Claim[] = [
  members('members of a store', joinStore),
  members('members of a machine, of which one leads', joinMachine),
]
