import { instantOf, systemClock } from '../kit/index.ts'
import type { Snapshot } from '../store/index.ts'
import type { Reading } from './reading.ts'

/** Who, why and when: those of the newest commit among what has changed since a reading before. */
export function labelsOf(
  reading: Reading,
  before: Reading | undefined,
  name: string,
): Omit<Snapshot<unknown>, 'version' | 'state'> {
  let cause: Snapshot<unknown> | undefined
  for (let place = 0; place < reading.inputs.length; place += 1) {
    if (before?.hasSame(reading, place) === true) continue
    const snapshot = reading.inputs[place]?.snapshot(reading.view)
    if (snapshot !== undefined && !(cause !== undefined && snapshot.tsMono < cause.tsMono)) cause = snapshot
  }
  if (cause === undefined) {
    return { reason: 'INIT', source: name, metadata: NO_METADATA, ...instantOf(systemClock) }
  }
  const { reason, source, metadata, tsWall, tsMono } = cause
  return { reason, source, metadata, tsWall, tsMono }
}

const NO_METADATA: Readonly<Record<string, string>> = Object.freeze({})
