/** Subscribers that end with a signal, and signals that outlive their subscribers. */
import type { SubscriberHandle } from '../../src/index.ts'
import { openController, perPolicy, tickStore, writerOf } from '../support/claims.ts'
import { POLICIES } from '../support/policies.ts'
import type { Claim } from '../support/scenario.ts'

export const claim =
  'A subscriber whose signal aborted is let go of, and a signal that lives on keeps nobody.'

const byItsSignal = perPolicy(POLICIES, 'aborted', (policy, { leak, witness }) => {
  const store = tickStore()
  // The aborted controller is kept until the next one is needed: an aborted signal keeps nobody either.
  let { controller, signal } = openController()
  return {
    act(count) {
      if (signal.aborted) ({ controller, signal } = openController())
      for (let index = 0; index < count; index += 1) {
        const held = witness()
        store.subscribe(
          () => {
            held.seen += 1
          },
          { policy, signal },
        )
      }
    },
    release() {
      if (!leak) controller.abort()
    },
    write: writerOf(() => store),
  }
})

const signalLivesOn: Claim = {
  name: 'latest, unsubscribed before its signal aborts',
  create({ leak, witness }) {
    const store = tickStore()
    const { signal } = openController()
    const handles: SubscriberHandle[] = []
    return {
      act(count) {
        for (let index = 0; index < count; index += 1) {
          const held = witness()
          const handle = store.subscribe(
            () => {
              held.seen += 1
            },
            { signal },
          )
          handles.push(handle)
          // The twin is a caller that listens for itself and never takes its listener away.
          if (leak) signal.addEventListener('abort', () => held.seen)
        }
      },
      release() {
        for (const handle of handles) handle.unsubscribe()
        handles.length = 0
      },
      write: writerOf(() => store),
    }
  },
}

export const claims: readonly Claim[] = [...byItsSignal, signalLivesOn]
