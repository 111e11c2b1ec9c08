/** What the tests of the operator `backpressure` share: an observer that notes, and projections it drives. */
import { type Observable, Subject, type Subscription } from 'rxjs'

/** Subscribes, and writes down what comes: values as they are, `error …` and `complete`. */
export function observe(source$: Observable<unknown>): { seen: unknown[]; subscription: Subscription } {
  const seen: unknown[] = []
  const subscription = source$.subscribe({
    next: (value) => seen.push(value),
    error: (error) => seen.push(`error ${(error as Error).message}`),
    complete: () => seen.push('complete'),
  })
  return { seen, subscription }
}

/** Projects each value to a subject, which the test drives. */
export function toSubjects(): { running: Subject<string>[]; project: () => Subject<string> } {
  const running: Subject<string>[] = []
  const project = (): Subject<string> => {
    const work = new Subject<string>()
    running.push(work)
    return work
  }
  return { running, project }
}
