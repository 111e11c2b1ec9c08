/** Machines of nested states and regions without children, and work that puts out a stream, left in the middle of it. */
import { Observable } from 'rxjs'
import { createMachineStore, defineMachine } from '../../src/index.ts'
import { LONG_MS } from '../support/policies.ts'
import type { Claim, ScenarioOptions, Witness } from '../support/scenario.ts'

export const claim =
  'States inside of states leave no timer, work or history of theirs behind, and streams end with their state.'

/** The event carries the witness: what work, streams and acts capture is what a leak would keep. */
type Go = { type: 'GO'; held: Witness }

const stayed = (_context: unknown, event: object, { signal }: { readonly signal: AbortSignal }) =>
  new Promise<never>(() => signal.addEventListener('abort', () => event))

const robot = defineMachine({
  id: 'robot',
  initial: 'IDLE',
  context: { rounds: 0 },
  types: {} as { events: Go | { type: 'STOP' } | { type: 'NEXT' } },
  states: {
    IDLE: { on: { GO: 'ACTIVE.last' } },
    ACTIVE: {
      type: 'parallel',
      on: { STOP: 'IDLE' },
      after: { ms: LONG_MS, target: 'IDLE' },
      states: {
        arm: {
          initial: 'down',
          states: {
            down: { invoke: { src: stayed }, on: { NEXT: 'up' } },
            up: {
              initial: 'left',
              after: { ms: LONG_MS, target: 'down' },
              states: { left: { invoke: { src: stayed } } },
              on: { NEXT: 'down' },
            },
          },
        },
        light: { initial: 'off', states: { off: { invoke: { src: stayed } } } },
        last: { type: 'history', history: 'deep' },
      },
    },
  },
})

const enter = (held: Witness) => {
  const store = createMachineStore(robot)
  store.subscribe(() => {
    held.seen += 1
  })
  store.send({ type: 'GO', held })
  store.send('NEXT')
  return store
}

type Robot = ReturnType<typeof enter>

function leaving(name: string, leave: (store: Robot) => void): Claim {
  const create = ({ leak, witness }: ScenarioOptions) => {
    let stores: Robot[] = []
    return {
      act(count: number) {
        for (let index = 0; index < count; index += 1) stores.push(enter(witness()))
      },
      release() {
        // The twin's machines stay where they are: their timers keep them and all that follow them.
        if (!leak) for (const store of stores) leave(store)
        stores = []
      },
      write() {
        for (const store of stores.slice(-10)) store.send('NEXT')
      },
    }
  }
  return { name: `regions with timers and work, ${name}`, dear: true, create }
}

/** A source that lives on, as a socket does: who subscribes to it and is forgotten stays in its list. */
function source() {
  const listeners = new Set<(value: number) => void>()
  const items$ = (held: Witness) =>
    new Observable<number>((observer) => {
      const listener = (value: number): void => {
        held.seen += value
        observer.next(value)
      }
      listeners.add(listener)
      return () => listeners.delete(listener)
    })
  const tell = (value: number): void => {
    for (const listener of [...listeners].slice(-10)) listener(value)
  }
  return { items$, tell }
}

const streaming = (items$: (held: Witness) => Observable<number>) =>
  defineMachine({
    id: 'reader',
    initial: 'IDLE',
    context: { sum: 0 },
    types: {} as { events: Go | { type: 'STOP' }; items: { READING: number } },
    states: {
      IDLE: { on: { GO: 'READING' } },
      READING: {
        on: { STOP: 'IDLE' },
        invoke: {
          src: (_context, event) => items$((event as Go).held),
          onNext: {
            update: (draft, event) => {
              draft.sum += event.value
            },
          },
        },
      },
    },
  })

const streams: Claim = {
  name: 'streamed work, state left',
  dear: true,
  create({ leak, witness }) {
    const { items$, tell } = source()
    const machine = streaming(items$)
    const begin = () => {
      const store = createMachineStore(machine)
      store.send({ type: 'GO', held: witness() })
      return store
    }
    let stores: ReturnType<typeof begin>[] = []
    return {
      act(count) {
        for (let index = 0; index < count; index += 1) stores.push(begin())
      },
      release() {
        if (!leak) for (const store of stores) store.send('STOP')
        stores = []
      },
      write() {
        tell(1)
      },
    }
  },
}

const iterated: Claim = {
  name: 'an async iterable as work, store destroyed',
  dear: true,
  create({ leak, witness }) {
    const waiting = new Set<() => void>()
    const endless = (held: Witness): AsyncIterable<number> => ({
      [Symbol.asyncIterator]: () => {
        let wake = (): void => {}
        return {
          next: () =>
            new Promise((resolve) => {
              wake = () => {
                held.seen += 1
                resolve({ done: true, value: undefined })
              }
              waiting.add(wake)
            }),
          return: () => {
            waiting.delete(wake)
            return Promise.resolve({ done: true, value: undefined })
          },
        }
      },
    })
    const machine = defineMachine({
      id: 'iterated',
      initial: 'IDLE',
      context: {},
      types: {} as { events: Go },
      states: {
        IDLE: { on: { GO: 'READING' } },
        READING: { invoke: { src: (_context, event) => endless((event as Go).held) } },
      },
    })
    const begin = () => {
      const store = createMachineStore(machine)
      store.send({ type: 'GO', held: witness() })
      return store
    }
    let stores: ReturnType<typeof begin>[] = []
    return {
      act(count) {
        for (let index = 0; index < count; index += 1) stores.push(begin())
      },
      release() {
        if (!leak) for (const store of stores) store.destroy()
        stores = []
      },
      write() {
        for (const store of stores.slice(-10)) store.updateContext(() => {})
      },
    }
  },
}

export const claims: readonly Claim[] = [
  leaving('state left', (store) => store.send('STOP')),
  leaving('store destroyed', (store) => store.destroy()),
  streams,
  iterated,
]
