/** `for await` loops that are left with `break`. */
import { VirtualTimeScheduler } from 'rxjs'
import type { Policy, Store } from '../../src/index.ts'
import { perPolicy, type Tick, tickStore, writerOf } from '../support/claims.ts'
import { LONG_MS, PULLED_POLICIES } from '../support/policies.ts'
import type { Claim, Witness } from '../support/scenario.ts'

export const claim = 'A `for await` loop that was left with `break` is let go of.'

interface Loop {
  readonly store: Store<Tick>
  readonly policy: Policy
  readonly held: Witness
  readonly gate: Promise<void>
  readonly leak: boolean
  readonly scheduler: VirtualTimeScheduler
}

/** Works on its first snapshot until the gate opens. The twin then waits for a second one. */
async function run({ store, policy, held, gate, leak, scheduler }: Loop): Promise<void> {
  for await (const { version } of store.stream({ policy, scheduler })) {
    held.seen = version
    await gate
    if (!leak) break
  }
}

export const claims: readonly Claim[] = perPolicy(PULLED_POLICIES, 'left with break', (policy, options) => {
  const { leak, witness } = options
  const store = tickStore()
  const scheduler = new VirtualTimeScheduler(undefined, 0)
  let loops: Promise<void>[] = []
  let gates: (() => void)[] = []
  return {
    act(count) {
      const gate = new Promise<void>((open) => gates.push(open))
      const shared = { store, policy, gate, leak, scheduler }
      for (let index = 0; index < count; index += 1) loops.push(run({ ...shared, held: witness() }))
      // A stream behind a time policy gets its first snapshot at the end of a window. Then it is in the next.
      scheduler.maxFrames += 2 * LONG_MS
      scheduler.flush()
    },
    async release() {
      const [opening, ending] = [gates, loops]
      gates = []
      loops = []
      for (const open of opening) open()
      if (!leak) await Promise.all(ending)
    },
    write: writerOf(() => store),
  }
})
