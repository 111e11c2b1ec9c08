/** What the tests of the store share: a clock set by hand, handlers that end when told to, and checks. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, jest } from '@jest/globals'
import { config } from 'rxjs'
import type { Clock, ErrorCode, Snapshot, SubscriberStats } from '../../src/index.ts'
import { SlotList } from '../../src/kit/index.ts'

/** A clock that stands still until it is advanced. */
export class ManualClock implements Clock {
  wallMs = 1_700_000_000_000
  monoMs = 50

  wall(): number {
    return this.wallMs
  }

  mono(): number {
    return this.monoMs
  }

  advance(ms: number): void {
    this.wallMs += ms
    this.monoMs += ms
  }
}

/** Counts the slots that walks look at while `work` runs. */
export function slotsVisited(work: () => void): number {
  let visited = 0
  const at = Object.getOwnPropertyDescriptor(SlotList.prototype, 'walked')?.get
  const walked = jest.spyOn(SlotList.prototype, 'walked', 'get').mockImplementation(function (this: unknown) {
    return new Proxy(at?.call(this), {
      get(slots, slot) {
        visited += 1
        return slots[slot]
      },
    })
  })
  work()
  walked.mockRestore()
  return visited
}

/** A promise that the test settles. */
export interface Gate<T = void> {
  readonly promise: Promise<T>
  open(value: T): void
  fail(reason: unknown): void
}

export function gate<T = void>(): Gate<T> {
  let open!: (value: T) => void
  let fail!: (reason: unknown) => void
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve
    fail = reject
  })
  return { promise, open, fail }
}

/** A consumer that is busy with each delivery until the test opens its gate. */
export function slowConsumer(): {
  seen: number[]
  gates: Gate[]
  next: (snapshot: Snapshot<unknown>) => Promise<void>
} {
  const seen: number[] = []
  const gates: Gate[] = []
  const next = ({ version }: Snapshot<unknown>): Promise<void> => {
    const handler = gate()
    seen.push(version)
    gates.push(handler)
    return handler.promise
  }
  return { seen, gates, next }
}

/** A consumer that notes the version of each snapshot. */
export const noteVersions =
  (into: number[]) =>
  ({ version }: Snapshot<unknown>): void => {
    into.push(version)
  }

/** A consumer that notes the state of each snapshot. */
export const noteStates =
  <T>(into: T[]) =>
  ({ state }: { readonly state: T }): void => {
    into.push(state)
  }

/** Lets every microtask run that waits or is set off by one. */
export const microtasks = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Runs some work and gathers the errors that RxJS reports of it: it does so from timers of 0 ms. */
export function reportedByRxjs(work: () => void): unknown[] {
  const errors: unknown[] = []
  config.onUnhandledError = (error) => errors.push(error)
  jest.useFakeTimers()
  try {
    work()
    jest.runAllTimers()
  } finally {
    jest.useRealTimers()
    config.onUnhandledError = null
  }
  return errors
}

/** Matches an error of Headgate: its code and, where it is given, its whole sentence. */
export const refusal = (code: ErrorCode, message?: string): unknown =>
  expect.objectContaining({ code, ...(message !== undefined && { message }) })

/** What a call throws, or fails the test. */
export function caught(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  throw new Error('Expected the call to throw, but it returned.')
}

/** Guarantee 3 for the figures of one subscriber, or for the totals of a store. */
export function expectAccounted(
  figures: Pick<SubscriberStats, 'published' | 'delivered' | 'dropped' | 'conflated' | 'pending'>,
): void {
  const { published, delivered, dropped, conflated, pending } = figures
  expect({ published }).toEqual({ published: delivered + dropped + conflated + pending })
}

/** Whether a value and everything below it, Maps and Sets included, is frozen. */
export function isDeeplyFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  const below =
    value instanceof Map || value instanceof Set ? [...value.entries()].flat() : Object.values(value)
  return Object.isFrozen(value) && below.every(isDeeplyFrozen)
}

/** Collects all garbage now; the flag makes V8 offer `gc` to contexts that are made after it. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const gc: () => void = runInNewContext('gc')
  gc()
}
