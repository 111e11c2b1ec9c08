/** Children that are started and ended, and systems that are torn down in the middle of everything. */
import { createSystem } from '../../src/actors/index.ts'
import { createMachineStore, defineMachine } from '../../src/index.ts'
import { LONG_MS } from '../support/policies.ts'
import type { Claim, ScenarioOptions, Witness } from '../support/scenario.ts'

export const claim = 'A child ends with its key, and a system with all that is in it, whatever is going on.'

/** A child keeps the witness by its work, its timer and its followers. */
const machineOf = (witness: Witness) => {
  const part = defineMachine({
    id: 'part',
    initial: 'BUSY',
    types: {} as { events: { type: 'SAY'; held: Witness } | { type: 'FAIL' } },
    context: { said: 0 },
    states: {
      BUSY: {
        on: {
          SAY: {
            description: 'counts',
            update: (draft, { held }) => {
              draft.said += held.seen
            },
          },
          FAIL: {
            update: () => {
              throw new Error('failed')
            },
          },
        },
        after: { ms: LONG_MS, target: 'BUSY' },
        invoke: {
          src: (_context, _event, { signal }) =>
            new Promise(() => signal.addEventListener('abort', () => witness.seen)),
          onDone: 'BUSY',
        },
      },
    },
  })
  return defineMachine({
    id: 'parent',
    initial: 'ON',
    types: {} as { events: { type: 'WANT'; keys: readonly string[] } | { type: 'TICK' } },
    context: { keys: [] as string[], ticks: 0 },
    states: {
      ON: {
        on: {
          WANT: {
            description: 'whom it wants',
            update: (draft, { keys }) => {
              draft.keys = [...keys]
            },
          },
          TICK: {
            update: (draft) => {
              draft.ticks += 1
            },
          },
        },
      },
    },
    children: {
      part: {
        machine: part,
        keys: (context) => context.keys,
        supervise: { strategy: 'restart', backoffMs: LONG_MS, maxRestarts: 9 },
      },
    },
  })
}

/** A system whose children are looked at, have messages that wait, and wait for a restart. */
function startIn(machine: ReturnType<typeof machineOf>, held: Witness, keys: readonly string[]) {
  const store = createMachineStore(machine, { onFault: () => {} })
  const system = createSystem(store)
  store.send({ type: 'WANT', keys })
  for (const key of keys) follow(system, key, held)
  return { store, system }
}

type System = ReturnType<typeof startIn>['system']

function follow(system: System, key: string, held: Witness): void {
  const address = `root/part:${key}` as const
  if (key.endsWith('0')) {
    system.get(address)?.subscribe(() => {
      held.seen += 1
    })
  }
  if (key.endsWith('1')) system.send(address, 'FAIL')
  system.send(address, { type: 'SAY', held })
}

/** One system that lives on. */
const childrenEnd: Claim = {
  name: 'children of a system that lives on',
  dear: true,
  create({ leak, witness }: ScenarioOptions) {
    // The queue of the parent is made when the first child fails, and is as long as many failed at once.
    const primed = Array.from({ length: 1_000 }, (_, index) => `${index}1`)
    const { store, system } = startIn(machineOf(witness()), witness(), primed)
    void system.idle().then(() => store.send({ type: 'WANT', keys: [] }))
    let made = 0
    return {
      async act(count) {
        const keys = Array.from({ length: count }, () => {
          made += 1
          return String(made)
        })
        store.send({ type: 'WANT', keys: [...store.context.keys, ...keys] })
        const held = witness()
        for (const key of keys) follow(system, key, held)
        await system.idle()
      },
      async release() {
        // The twin goes on wanting them.
        if (!leak) store.send({ type: 'WANT', keys: [] })
        await system.idle()
      },
      write() {
        store.send('TICK')
      },
    }
  },
}

const tornDown: Claim = {
  name: 'a system torn down in the middle of everything',
  count: 100,
  dear: true,
  create({ leak, witness }: ScenarioOptions) {
    let systems: ReturnType<typeof startIn>[] = []
    return {
      async act(count) {
        for (let index = 0; index < count; index += 1) {
          const held = witness()
          const started = startIn(machineOf(held), held, ['a0', 'b0', 'c1', 'd1', 'e', 'f'])
          if (index % 2 === 0) await started.system.idle()
          systems.push(started)
        }
      },
      release() {
        for (const { store, system } of systems) {
          for (const key of ['a0', 'e']) system.send(`root/part:${key}`, 'FAIL')
          // The twin forgets: the timers of the children keep them, and all that follow them.
          if (leak) continue
          store.subscribe(() => system.destroy(), { replay: false })
          store.send('TICK')
        }
        systems = []
      },
      write() {
        for (const { store } of systems.slice(-10)) store.send('TICK')
      },
    }
  },
}

export const claims: readonly Claim[] = [childrenEnd, tornDown]
