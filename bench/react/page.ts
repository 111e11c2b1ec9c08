/** What the page offers to whoever drives it: the suite over one library at a time. */
import './hook.ts'

import { createStore, frame, paced, throttle } from '../../src/index.ts'
import { useStore } from '../../src/react/index.ts'
import type { Adapter } from './adapter.ts'
import { tenChecks } from './checks.tsx'
import { headgate } from './headgate.ts'
import { type Load, manyChunks, manyComponents } from './load.tsx'
import { type Looks, twoPaces } from './paces.tsx'

export interface Suite {
  readonly names: readonly string[]
  ten(name: string): Promise<boolean[]>
  load(name: string, perSecond: number, ms: number): Promise<Load>
  chunks(name: string, count: number): Promise<number>
  /** Views that are shared, or a policy in each component. */
  paces(shared: boolean, ms: number): Promise<Looks>
}

export function openSuite(others: Readonly<Record<string, Adapter>>): void {
  const adapters = { ...headgate, ...others }
  const named = (name: string): Adapter => adapters[name] as Adapter
  const suite: Suite = {
    names: Object.keys(adapters),
    ten: (name) => tenChecks(named(name).counter),
    load: (name, perSecond, ms) => manyComponents(named(name).entities, perSecond, ms),
    chunks: (name, count) => manyChunks(named(name).counter(), count),
    paces: (shared, ms) => (shared ? sharedPaces(ms) : ownPaces(ms)),
  }
  Object.assign(globalThis, { suite })
}

function sharedPaces(ms: number): Promise<Looks> {
  const store = createStore({ n: 0 })
  const [screen, chart] = [paced(store, frame()), paced(store, throttle({ ms: 100 }))]
  const readers = { counters: () => useStore(screen, 'n'), chart: () => useStore(chart, 'n') }
  return twoPaces((n) => void store.set({ n }), readers, ms)
}

function ownPaces(ms: number): Promise<Looks> {
  const { useCount, change } = named('headgate, a policy in each component')
  return twoPaces((n) => change(() => n), { counters: useCount, chart: useCount }, ms)
}

const named = (name: string) => (headgate[name] as Adapter).counter()
