/** A machine's history at its limit, while 100 000 transitions pass. */
import { createMachineStore, defineMachine } from '../../src/index.ts'
import type { Claim } from '../support/scenario.ts'

export const claim = 'A history at its limit lets go of its oldest record with each new one.'

const LIMIT = 64

const define = (historyLimit: number) =>
  defineMachine({
    id: 'pendulum',
    initial: 'LEFT',
    context: { swings: 0 },
    historyLimit,
    states: { LEFT: { on: { SWING: 'RIGHT' } }, RIGHT: { on: { SWING: 'LEFT' } } },
  })

export const claims: readonly Claim[] = [
  {
    name: 'history at its limit',
    count: 100_000,
    create({ leak }) {
      const store = createMachineStore(define(leak ? 1_000_000 : LIMIT))
      const swing = (times: number): void => {
        for (let time = 0; time < times; time += 1) store.send('SWING')
      }
      return {
        act: swing,
        // As many more as the history holds: those of `act` must all be gone.
        release: () => swing(LIMIT + 1),
        write() {
          store.updateContext((draft) => {
            draft.swings += 1
          })
        },
      }
    },
  },
]
