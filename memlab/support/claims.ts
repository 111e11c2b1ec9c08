/** Shapes that many scenario files share. */
import { setMaxListeners } from 'node:events'
import {
  createStore,
  type Policy,
  type Store,
  type SubscribeOptions,
  type SubscriberHandle,
} from '../../src/index.ts'
import type { Claim, Scenario, ScenarioOptions, Witness } from './scenario.ts'

/** A state that is new with every write. */
export interface Tick {
  readonly tick: number
}

/** A store to follow, whose faults are expected. */
export function tickStore(): Store<Tick> {
  return createStore<Tick>({ tick: 0 }, { onFault: () => {} })
}

/** A writer: each call is one commit, as long as the store lives. */
export function writerOf(current: () => Store<Tick> | undefined): () => void {
  let tick = 0
  return () => {
    tick += 1
    current()?.set({ tick })
  }
}

/**
 * A controller with its signal, and with a listener of its own: Node makes the signal and its list when they
 * are first asked for, and keeps them.
 */
export function openController(): { controller: AbortController; signal: AbortSignal } {
  const controller = new AbortController()
  const { signal } = controller
  signal.addEventListener('abort', () => {})
  // Node warns of more than ten; here a thousand are meant.
  setMaxListeners(0, signal)
  return { controller, signal }
}

/** One claim for each policy. */
export function perPolicy(
  policies: Readonly<Record<string, Policy>>,
  way: string,
  create: (policy: Policy, options: ScenarioOptions) => Scenario,
  rest: Partial<Claim> = {},
): Claim[] {
  return Object.entries(policies).map(([name, policy]) => ({
    ...rest,
    name: `${name}, ${way}`,
    create: (options) => create(policy, options),
  }))
}

/** Subscribers of a store that lives on, each given back by its handle. */
export function followers(
  policy: Policy,
  { leak, witness }: ScenarioOptions,
  consume: (held: Witness) => unknown,
  options: SubscribeOptions<Tick> = {},
): Scenario {
  const store = tickStore()
  const handles: SubscriberHandle[] = []
  const attach = (): SubscriberHandle => {
    const held = witness()
    return store.subscribe(() => consume(held) as undefined, { ...options, policy })
  }
  return {
    act(count) {
      for (let index = 0; index < count; index += 1) handles.push(attach())
    },
    release() {
      if (!leak) for (const handle of handles) handle.unsubscribe()
      handles.length = 0
    },
    write: writerOf(() => store),
  }
}
