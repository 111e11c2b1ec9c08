/**
 * Mounts components in either build of React. The production build has no `act`, so there everything is rendered
 * synchronously; the other complains through `console.error`, which no test lets pass.
 */
import { afterEach, beforeEach, expect, jest } from '@jest/globals'
import * as React from 'react'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'

export interface Mounted {
  readonly container: HTMLElement
  readonly text: string
  render(node: React.ReactNode): void
  unmount(): void
}

const roots = new Set<Mounted>()

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  jest.spyOn(console, 'error')
})

afterEach(() => {
  for (const root of roots) root.unmount()
  expect(console.error).not.toHaveBeenCalled()
})

/** Lets React do all that follows from some work. */
export function act(work: () => unknown): void {
  if (typeof React.act === 'function') React.act(() => void work())
  else {
    flushSync(() => void work())
    flushSync(() => {})
  }
}

/** The same for work that goes on behind promises. */
export async function actLater(work: () => unknown): Promise<void> {
  if (typeof React.act === 'function') {
    await React.act(async () => {
      await work()
      await turns()
    })
    return
  }
  await work()
  await turns()
}

/** Promises have run, and what React had scheduled behind them. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((done) => setTimeout(done, 0))
}

/** Waits for what a component shows: in production React lets a fallback stand for a while, so as not to flicker. */
export async function shows(mounted: Mounted, text: string | RegExp): Promise<void> {
  const isShown = () => (typeof text === 'string' ? mounted.text === text : text.test(mounted.text))
  for (let round = 0; round < 1_000 && !isShown(); round += 1) await actLater(() => {})
  expect(mounted.text).toEqual(typeof text === 'string' ? text : expect.stringMatching(text))
}

export function mount(node: React.ReactNode): Mounted {
  const container = document.createElement('div')
  document.body.append(container)
  const root = createRoot(container)
  const mounted: Mounted = {
    container,
    get text() {
      return container.textContent ?? ''
    },
    render: (next) => act(() => root.render(next)),
    unmount() {
      if (!roots.delete(mounted)) return
      act(() => root.unmount())
      container.remove()
    },
  }
  roots.add(mounted)
  mounted.render(node)
  return mounted
}

/** Shows in its place what a component below it throws. */
export class Boundary extends React.Component<{ children: React.ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {}
  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error }
  }
  override render(): React.ReactNode {
    return this.state.error === undefined ? this.props.children : `caught ${this.state.error.message}`
  }
}

/** Lets React say that a boundary caught something, which it does in development. */
export function allowErrors(): void {
  ;(console.error as jest.Mock).mockImplementation(() => {})
}

/** What React said so; afterwards no test has seen it. */
export function takeErrors(): unknown[] {
  const { mock } = console.error as jest.Mock
  const calls = mock.calls.flat()
  ;(console.error as jest.Mock).mockClear()
  return calls
}
