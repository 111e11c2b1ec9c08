/** Stores that are created, followed in every way and destroyed, again and again. */
import { createMachineStore, createStore, defineMachine, sample } from '../../src/index.ts'
import { LONG_MS } from '../support/policies.ts'
import type { Claim, ScenarioOptions, Witness } from '../support/scenario.ts'

export const claim =
  'A store that was destroyed is let go of, however it was followed; nothing global knows it.'

const machine = defineMachine({
  id: 'parked',
  initial: 'RESTING',
  context: { robots: { one: { pose: 0 } }, tick: 0 },
  states: { RESTING: { after: { ms: LONG_MS, target: 'RESTING' } } },
})

type Destroyable = { destroy(): void }

function followed(held: Witness): Destroyable {
  const store = createStore({ robots: { one: { pose: 0 } }, tick: 0 })
  const follow = (): void => {
    held.seen += 1
  }
  store.subscribe(follow)
  // Its timer keeps the store of a twin.
  store.subscribe(follow, { policy: sample({ ms: LONG_MS }) })
  store.snapshot$.subscribe(follow)
  store.select('robots', 'one', 'pose').subscribe(follow)
  store.select((state) => state.tick).subscribe(follow)
  store.stream().next().then(follow)
  store.waitFor(() => false).catch(follow)
  store.set({ robots: { one: { pose: 1 } }, tick: 1 })
  return store
}

function followedMachine(held: Witness): Destroyable {
  const store = createMachineStore(machine)
  store.transitions$.subscribe(() => {
    held.seen += 1
  })
  store.updateContext((draft) => {
    draft.tick += 1
  })
  return store
}

function recreated(name: string, open: (held: Witness) => Destroyable): Claim {
  const create = ({ leak, witness }: ScenarioOptions) => ({
    act(count: number) {
      for (let index = 0; index < count; index += 1) {
        const store = open(witness())
        if (!leak) store.destroy()
      }
    },
    release() {},
    write() {},
  })
  return { name: `${name}, created and destroyed`, dear: true, create }
}

export const claims: readonly Claim[] = [
  recreated('store', followed),
  recreated('machine store', followedMachine),
]
