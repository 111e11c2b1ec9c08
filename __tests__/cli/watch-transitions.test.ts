import { describe, expect, test } from '@jest/globals'
import { TestScheduler } from 'rxjs/testing'
import { type SeenTransition, watchTransitions } from '../../src/cli/watch-transitions.ts'
import { type Cell, createMachineStore, defineMachine, type MachineStore } from '../../src/machine/index.ts'

function watch(store: unknown) {
  const seen: SeenTransition[] = []
  const stop = watchTransitions(store as MachineStore<unknown, Cell>, (transition) => seen.push(transition))
  return { seen, stop }
}

const look = (draft: { seen: number }): void => {
  draft.seen += 1
}

const door = (historyLimit: number) =>
  defineMachine({
    id: 'door',
    initial: 'CLOSED',
    context: { seen: 0 },
    historyLimit,
    states: {
      CLOSED: { on: { OPEN: 'OPEN' } },
      OPEN: {
        on: {
          CLOSE: 'CLOSED',
          OPEN: { target: 'OPEN', reenter: true },
          LOOK: { update: look },
        },
        after: { ms: 500, target: 'CLOSED' },
      },
    },
  })

describe('watchTransitions', () => {
  test('tells each change of state with its version, and no other commit', () => {
    const store = createMachineStore(door(64))
    const { seen } = watch(store)
    store.send('OPEN')
    store.send('LOOK')
    store.send('CLOSE')
    expect(seen).toEqual([
      { from: 'CLOSED', to: 'OPEN', event: 'OPEN', version: 1 },
      { from: 'OPEN', to: 'CLOSED', event: 'CLOSE', version: 3 },
    ])
    store.destroy()
  })

  test('tells a re-entry', () => {
    const store = createMachineStore(door(64))
    store.send('OPEN')
    const { seen } = watch(store)
    store.send('OPEN')
    expect(seen).toEqual([{ from: 'OPEN', to: 'OPEN', event: 'OPEN', version: 2 }])
    store.destroy()
  })

  test('tells a transition of a timer', () => {
    const scheduler = new TestScheduler(() => {})
    scheduler.run(({ flush }) => {
      const store = createMachineStore(door(64), { scheduler })
      const { seen } = watch(store)
      store.send('OPEN')
      flush()
      expect(seen[1]).toEqual({ from: 'OPEN', to: 'CLOSED', event: 'after.500', version: 2 })
    })
  })

  test('tells all transitions of a batch', () => {
    const store = createMachineStore(door(64))
    const { seen } = watch(store)
    store.batch(() => {
      store.send('OPEN')
      store.send('CLOSE')
    })
    expect(seen.map(({ to, version }) => [to, version])).toEqual([
      ['OPEN', 1],
      ['CLOSED', 1],
    ])
    store.destroy()
  })

  test('tells a transition also where the machine keeps no history', () => {
    const store = createMachineStore(door(0))
    const { seen } = watch(store)
    store.send('OPEN')
    expect(seen).toEqual([{ from: 'CLOSED', to: 'OPEN', event: 'OPEN', version: 1 }])
    store.destroy()
  })

  test('tells nothing once it is ended', () => {
    const store = createMachineStore(door(64))
    const { seen, stop } = watch(store)
    stop()
    store.send('OPEN')
    expect(seen).toEqual([])
    store.destroy()
  })
})
