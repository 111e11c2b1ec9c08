/** @jest-environment jsdom */
import { describe, expect, test } from '@jest/globals'
import { act, cleanup, render } from '@testing-library/react'
import { Activity, StrictMode } from 'react'
import {
  createMachineStore,
  createStore,
  defineMachine,
  direct,
  type MachineState,
  paced,
  type Snapshot,
  type Store,
} from '../../src/index.ts'
import { useConsumer, useMachine, useOwnStore, useStore } from '../../src/react/index.ts'
import './support/mount.tsx'

const shown = (isShown: boolean, node: React.ReactNode) => (
  <Activity mode={isShown ? 'visible' : 'hidden'}>{node}</Activity>
)

type Work = MachineState<'IDLE' | 'BUSY', { done: number }>

/** A component with a machine of its own, that works from the start. */
function worker() {
  const signals: AbortSignal[] = []
  const resumed: (Snapshot<Work> | undefined)[] = []
  const stores: Store<Work>[] = []
  const machine = defineMachine({
    id: 'worker',
    initial: 'IDLE',
    context: { done: 0 },
    types: {} as { events: { type: 'WORK' } },
    states: {
      IDLE: {
        on: {
          WORK: {
            target: 'BUSY',
            update: (draft) => {
              draft.done += 1
            },
          },
        },
      },
      BUSY: {
        invoke: {
          src: (_context, _event, { signal }) => {
            signals.push(signal)
            return new Promise(() => {})
          },
          onDone: 'IDLE',
        },
      },
    },
  })
  const create = (last: Snapshot<Work> | undefined) => {
    resumed.push(last)
    const store = createMachineStore(machine)
    if (last !== undefined) store.put(last)
    stores.push(store)
    return store
  }
  const Worker = () => {
    const [{ current, context }, send] = useMachine(useOwnStore(create))
    return (
      <button type="button" onClick={() => send({ type: 'WORK' })}>
        {`${current} ${context.done}`}
      </button>
    )
  }
  return { Worker, signals, resumed, stores }
}

describe('Strict Mode', () => {
  test('leaves one subscription for each hook, and none after unmount', () => {
    const store = createStore({ n: 1 })
    const Shown = () => {
      useConsumer(store, () => {})
      return <>{`${useStore(store, 'n')} ${useStore(store, ({ n }) => n)}`}</>
    }
    const { container, unmount } = render(<Shown />, { wrapper: StrictMode })
    expect(store.metrics().subscriberCount).toBe(3)
    act(() => void store.set({ n: 2 }))
    expect(container.textContent).toBe('2 2')
    unmount()
    expect(store.metrics().subscriberCount).toBe(0)
  })

  test('finds the view again that it has just left', () => {
    const store = createStore({ n: 1 })
    const view = paced(store, direct())
    const Shown = () => <>{useStore(view, 'n')}</>
    render(<Shown />, { wrapper: StrictMode })
    expect(store.metrics().subscribers).toMatchObject([{ published: 1 }])
  })

  test('makes an own store again, from the last snapshot, and leaves none', () => {
    const { Worker, stores, resumed } = worker()
    const { container, unmount } = render(<Worker />, { wrapper: StrictMode })
    expect(container.textContent).toBe('IDLE 0')
    expect(stores.filter(({ closed }) => !closed)).toHaveLength(1)
    expect(resumed.at(-1)).toMatchObject({ version: 0, state: { current: 'IDLE' } })
    act(() => container.querySelector('button')?.click())
    expect(container.textContent).toBe('BUSY 1')
    unmount()
    expect(stores.filter(({ closed }) => !closed)).toEqual([])
  })
})

describe('Activity', () => {
  test('follows nothing while it is hidden, and shows what is published when it is shown', () => {
    const store = createStore({ n: 1 })
    const Shown = () => <>{`${useStore(store, 'n')} ${useStore(store, ({ n }) => n)} ${useStore(store).n}`}</>
    const node = <Shown />
    const { container, rerender } = render(shown(true, node))
    rerender(shown(false, node))
    expect(store.metrics().subscriberCount).toBe(0)
    act(() => void store.set({ n: 2 }))
    rerender(shown(true, node))
    expect([container.textContent, store.metrics().subscriberCount]).toEqual(['2 2 2', 3])
    cleanup()
    expect(store.metrics().subscriberCount).toBe(0)
  })

  test('ends an own store when it is hidden, and goes on with its last snapshot when it is shown', () => {
    const { Worker, signals, stores } = worker()
    const node = <Worker />
    const { container, rerender, unmount } = render(shown(true, node))
    act(() => container.querySelector('button')?.click())
    expect([container.textContent, signals.map(({ aborted }) => aborted)]).toEqual(['BUSY 1', [false]])
    rerender(shown(false, node))
    expect([signals.map(({ aborted }) => aborted), stores.map(({ closed }) => closed)]).toEqual([
      [true],
      [true],
    ])
    rerender(shown(true, node))
    // The work has started again.
    expect([container.textContent, signals.map(({ aborted }) => aborted)]).toEqual(['BUSY 1', [true, false]])
    unmount()
    expect([signals.every(({ aborted }) => aborted), stores.every(({ closed }) => closed)]).toEqual([
      true,
      true,
    ])
  })
})
