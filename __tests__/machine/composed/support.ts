/** A robot with states inside of states, regions and a history: what most tests of composed machines need. */
import type { MachineStore } from '../../../src/index.ts'
import { createMachineStore } from '../../../src/index.ts'
import type { EventObject, StateValue } from '../../../src/machine/index.ts'
import { defineLoose, Timeline } from '../support.ts'

export type LooseStore<Context = Noted> = MachineStore<Context, { state: StateValue; event: EventObject }>

/** A context in which recipes note their names. */
export interface Noted {
  log: string[]
}

/** A recipe that notes a name. */
export const note =
  (name: string) =>
  (draft: Noted): void =>
    void draft.log.push(name)

/** Notes that a state is entered and left. */
export const noted = (name: string): object => ({ entry: note(`+${name}`), exit: note(`-${name}`) })

/** A store of a definition whose `states` are given, with a time of its own. */
export function storeOf(definition: object): { store: LooseStore; scheduler: Timeline } {
  const scheduler = new Timeline()
  const machine = defineLoose<Noted>({ id: 'robot', context: { log: [] }, ...definition })
  // The cast widens the names of states, which are records where there are regions.
  return { store: createMachineStore(machine, { scheduler }) as unknown as LooseStore, scheduler }
}
