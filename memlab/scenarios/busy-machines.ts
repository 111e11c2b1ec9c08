/** Machines that are left while a timer of `after` runs and invoked work is in flight. */
import { createMachineStore, defineMachine } from '../../src/index.ts'
import { LONG_MS } from '../support/policies.ts'
import type { Claim, ScenarioOptions, Witness } from '../support/scenario.ts'

export const claim = 'Timers of `after` and invoked work end with their state, and with their store.'

/** The event carries the witness: what the work captures is what a leak would keep. */
type Go = { type: 'GO'; held: Witness }

const machine = defineMachine({
  id: 'busy',
  initial: 'IDLE',
  context: { rounds: 0 },
  types: {} as { events: Go | { type: 'STOP' } },
  states: {
    IDLE: { on: { GO: 'WAITING' } },
    WAITING: {
      entry: (draft) => {
        draft.rounds += 1
      },
      on: { STOP: 'IDLE' },
      after: { ms: LONG_MS, target: 'IDLE' },
      invoke: {
        src: (_context, event, { signal }) =>
          new Promise(() => signal.addEventListener('abort', () => event.type)),
        onDone: 'IDLE',
      },
    },
  },
})

const enter = (held: Witness) => {
  const store = createMachineStore(machine)
  store.subscribe(() => {
    held.seen += 1
  })
  store.send({ type: 'GO', held })
  return store
}

type Busy = ReturnType<typeof enter>

function leaving(name: string, leave: (store: Busy) => void): Claim {
  const create = ({ leak, witness }: ScenarioOptions) => {
    let stores: Busy[] = []
    return {
      act(count: number) {
        for (let index = 0; index < count; index += 1) stores.push(enter(witness()))
      },
      release() {
        // The twin's machines stay in their state: their timers keep them and all that follow them.
        if (!leak) for (const store of stores) leave(store)
        stores = []
      },
      write() {
        for (const store of stores.slice(-10)) {
          store.updateContext((draft) => {
            draft.rounds += 1
          })
        }
      },
    }
  }
  return { name: `after and invoke, ${name}`, dear: true, create }
}

/** One store that lives on, and goes through a life of its state for each. */
const livesOn: Claim = {
  name: 'after and invoke, entered again',
  create({ leak, witness }) {
    const store = createMachineStore(machine)
    const kept: unknown[] = []
    return {
      act(count) {
        for (let index = 0; index < count; index += 1) {
          const held = witness()
          store.send({ type: 'GO', held })
          // The twin is a caller that keeps what each life was begun with.
          if (leak) kept.push(held)
          if (index < count - 1) store.send('STOP')
        }
      },
      release() {
        store.send('STOP')
        for (let round = 0; round < 70; round += 1) {
          store.send('GO' as never)
          store.send('STOP')
        }
      },
      write() {
        store.updateContext((draft) => {
          draft.rounds += 1
        })
      },
    }
  },
}

export const claims: readonly Claim[] = [
  leaving('state left', (store) => store.send('STOP')),
  leaving('store destroyed', (store) => store.destroy()),
  livesOn,
]
