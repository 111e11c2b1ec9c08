/** What a store runs for a caller who gives up: `modify`, `waitFor`. */
import type { Store } from '../../src/index.ts'
import { openController, type Tick, tickStore, writerOf } from '../support/claims.ts'
import type { Claim, ScenarioOptions, Witness } from '../support/scenario.ts'

export const claim =
  'Work that was aborted is let go of: modify() with its work, waitFor() with its predicate.'

type Start = (store: Store<Tick>, held: Witness, signal: AbortSignal) => Promise<unknown>

function aborted(name: string, start: Start): Claim {
  const create = ({ leak, witness }: ScenarioOptions) => {
    const store = tickStore()
    let { controller, signal } = openController()
    let running: Promise<unknown>[] = []
    return {
      act(count: number) {
        if (signal.aborted) ({ controller, signal } = openController())
        for (let index = 0; index < count; index += 1) {
          running.push(start(store, witness(), signal).catch(() => {}))
        }
      },
      async release() {
        const ending = running
        running = []
        if (leak) return
        controller.abort()
        await Promise.all(ending)
      },
      write: writerOf(() => store),
    }
  }
  return { name: `${name}, aborted`, create }
}

export const claims: readonly Claim[] = [
  aborted('modify', (store, held, signal) =>
    store.modify(
      () =>
        new Promise(() => {
          held.seen += 1
        }),
      { signal },
    ),
  ),
  aborted('waitFor', (store, held, signal) =>
    store.waitFor(
      () => {
        held.seen += 1
        return false
      },
      { signal },
    ),
  ),
]
