// @ts-check
/**
 * A bare BehaviorSubject under `headgate stress`.
 *
 * It has no queues, no ledger and no health, so those checks are skipped. What a subscriber throws is contained
 * here, since RxJS would rethrow it later, where it ends the process.
 */
import { BehaviorSubject, skip } from 'rxjs'

/** @type {import('headgate/stress').StressAdapter} */
export const adapter = {
  name: 'BehaviorSubject',
  create(initial) {
    const subject = new BehaviorSubject(initial)
    return {
      read: () => subject.value,
      write: (state) => subject.next(state),
      subscribe(consumer) {
        const contained = (/** @type {import('headgate/stress').StressState} */ state) => {
          try {
            void consumer(state)
          } catch {
            // Its own trouble.
          }
        }
        // The current state comes first; the suite asks for those from now on.
        return subject.pipe(skip(1)).subscribe(contained)
      },
      convert: () => JSON.parse(JSON.stringify(subject.value)),
      destroy: () => subject.complete(),
    }
  },
}
