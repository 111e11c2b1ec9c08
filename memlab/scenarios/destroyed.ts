/** Subscribers whose store is destroyed while somebody still holds the store. */
import { perPolicy, tickStore, writerOf } from '../support/claims.ts'
import { POLICIES } from '../support/policies.ts'
import type { Claim } from '../support/scenario.ts'

export const claim = 'A destroyed store lets go of everybody, also where the store itself is kept.'

export const claims: readonly Claim[] = perPolicy(POLICIES, 'destroyed', (policy, { leak, witness }) => {
  let store = tickStore()
  let destroyed = false
  const write = writerOf(() => store)
  return {
    act(count) {
      if (destroyed) store = tickStore()
      destroyed = false
      for (let index = 0; index < count; index += 1) {
        const held = witness()
        store.subscribe(
          () => {
            held.seen += 1
          },
          { policy },
        )
      }
    },
    release() {
      if (leak) return
      store.destroy()
      destroyed = true
    },
    write() {
      if (!destroyed) write()
    },
  }
})
