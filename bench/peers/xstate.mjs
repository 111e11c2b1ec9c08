/** XState's actors; a write is an event whose action assigns the context. */
import { assign, createActor, createMachine } from 'xstate'

const started = (machine) => createActor(machine).start()

export default {
  name: 'XState',
  keepsSnapshots: true,

  scalars(initial) {
    const machine = createMachine({
      context: { ...initial },
      on: { WRITTEN: { actions: assign({ a: ({ event }) => event.n }) } },
    })
    const actor = started(machine)
    return {
      write: (n) => actor.send({ type: 'WRITTEN', n }),
      snapshot: () => actor.getSnapshot().context,
      a: (snapshot) => snapshot.a,
    }
  },

  watched() {
    const machine = createMachine({
      context: { n: 0 },
      on: { WRITTEN: { actions: assign({ n: ({ event }) => event.n }) } },
    })
    const actor = started(machine)
    return {
      write: (n) => actor.send({ type: 'WRITTEN', n }),
      read: () => actor.getSnapshot().context.n,
      subscribe(callback) {
        const subscription = actor.subscribe(callback)
        return () => subscription.unsubscribe()
      },
    }
  },

  machine() {
    const machine = createMachine({
      initial: 'A',
      states: {
        A: { on: { NEXT: 'B' } },
        B: { on: { NEXT: 'C' } },
        C: { on: { NEXT: { target: 'D', guard: ({ event }) => event.count > 0 } } },
        D: { on: { NEXT: 'E' } },
        E: { on: { NEXT: 'A' } },
      },
    })
    const actor = started(machine)
    return { send: (event) => actor.send(event), state: () => actor.getSnapshot().value }
  },
}
