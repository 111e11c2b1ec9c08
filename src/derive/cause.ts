import { instantOf, systemClock } from '../kit/index.ts'
import type { Snapshot } from '../store/index.ts'
import type { Reading } from './reading.ts'

type Labels = Omit<Snapshot<unknown>, 'version' | 'state'>

const NO_METADATA: Readonly<Record<string, string>> = Object.freeze({})

/** What says who, why and when: the newest snapshot among those that have changed since a reading before. */
export function causeOf(reading: Reading, before: Reading | undefined, name: string): Labels {
  let cause: Snapshot<unknown> | undefined
  const { inputs, view } = reading
  for (let place = 0; place < inputs.length; place += 1) {
    if (before?.hasSame(reading, place) === true) continue
    const snapshot = inputs[place]?.snapshot(view)
    if (snapshot !== undefined && !(cause !== undefined && snapshot.tsMono < cause.tsMono)) cause = snapshot
  }
  return cause ?? { reason: 'INIT', source: name, metadata: NO_METADATA, ...instantOf(systemClock) }
}
