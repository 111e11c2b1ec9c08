/**
 * Runs one policy on the input that all pictures share, in virtual time, and notes what happens when.
 *
 * A mailbox is driven as a source drives it: it is offered versions and completed. `suspend` needs a writer
 * who waits, so it runs on a store. Time advances a millisecond a step, and promises settle in between.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Observable, VirtualAction, VirtualTimeScheduler } from 'rxjs'
import { TestScheduler } from 'rxjs/testing'

/** The diagrams of marbles/pictures.marble.test.ts, which says in marbles what each policy makes of their input. */
const DIAGRAMS = JSON.parse(readFileSync(join(import.meta.dirname, '../../marbles/pictures.json'), 'utf8'))

/** The input: a burst written at once, a steady part, a pause, a pair, a last write, the completion. */
const INPUT = new TestScheduler(() => {}).run(() =>
  TestScheduler.parseMarbles(DIAGRAMS.source, undefined, undefined, false, true),
)
export const WRITES = Object.freeze(
  INPUT.flatMap(({ frame, notification }) =>
    notification.kind === 'N' ? [{ letter: String(notification.value), at: frame }] : [],
  ),
)
/** How long the consumer is busy with each delivery. */
export const BUSY_MS = DIAGRAMS.busyMs
export const COMPLETE_AT = INPUT.at(-1)?.frame ?? 0
export const LENGTH_MS = COMPLETE_AT + 80
const FRAME_MS = DIAGRAMS.frameMs

/**
 * @typedef {typeof import('../../src/index.ts') & typeof import('../../src/backpressure/index.ts')} Library
 * @typedef {import('../../src/backpressure/index.ts').Policy} Policy
 * @typedef {import('../../src/backpressure/index.ts').SubscriberStats} SubscriberStats
 * @typedef {{ letter: string, at: number }} Write
 * @typedef {{ letters: string[], from: number, to: number, aborted: boolean, missed: number }} Handled
 * @typedef {{ letter: string, at: number, kind: 'conflated' | 'dropped', reason?: string }} Loss
 * @typedef {{ from: number, to: number, fired: boolean }} Wait
 * @typedef {{ at: number, kind: 'complete' | 'error' }} End
 * @typedef {{
 *   asked: Write[] | undefined, writes: Write[], refused: Write[], deliveries: Handled[], losses: Loss[],
 *   waits: Wait[], end: End | undefined, stats: SubscriberStats,
 * }} Run
 */

/** What a run is noted in, and the consumer that is busy for a while with everything. */
class Recorder {
  time = new VirtualTimeScheduler(VirtualAction, 0)
  /** @type {Handled[]} */
  deliveries = []
  /** @type {Wait[]} */
  waits = []
  /** @type {End | undefined} */
  end

  get now() {
    return this.time.frame
  }

  /**
   * @param {string[]} letters
   * @param {number} missed
   */
  handle(letters, missed) {
    return new Observable((observer) => {
      const handled = { letters, from: this.now, to: this.now, aborted: true, missed }
      this.deliveries.push(handled)
      const timer = this.time.schedule(() => {
        handled.aborted = false
        observer.complete()
      }, BUSY_MS)
      return () => {
        handled.to = this.now
        timer.unsubscribe()
      }
    })
  }

  /** @param {'complete' | 'error'} kind */
  finish(kind) {
    this.end = { at: this.now, kind }
  }

  /** Begins to note a wait; the result ends it. */
  wait() {
    const wait = { from: this.now, to: Number.NaN, fired: false }
    this.waits.push(wait)
    return (/** @type {boolean} */ fired) => {
      if (!Number.isNaN(wait.to)) return
      wait.to = this.now
      wait.fired = fired
    }
  }

  /**
   * The scheduler that a policy is given: its timers are noted.
   *
   * @returns {import('rxjs').SchedulerLike}
   */
  scheduler() {
    const recorder = this
    return {
      now: () => recorder.now,
      schedule(work, delay, state) {
        let ended = recorder.wait()
        const timer = recorder.time.schedule(
          /** @this {import('rxjs').SchedulerAction<any>} */
          function (current) {
            ended(true)
            const again = (/** @type {any} */ next, /** @type {number | undefined} */ ms) => {
              ended = recorder.wait()
              return this.schedule(next, ms)
            }
            work.call(/** @type {any} */ ({ schedule: again }), /** @type {any} */ (current))
          },
          delay,
          state,
        )
        timer.add(() => ended(false))
        return timer
      },
    }
  }

  /** @param {() => void} [eachStep] */
  async play(eachStep = () => {}) {
    for (let ms = 0; ms <= LENGTH_MS; ms += 1) {
      this.time.maxFrames = ms
      this.time.flush()
      this.time.frame = ms
      await new Promise((resolve) => setImmediate(resolve))
      eachStep()
    }
  }
}

/**
 * Gives the policy `frame` animation frames in virtual time; the result takes them away.
 *
 * @param {Recorder} recorder
 */
function provideFrames(recorder) {
  /** @type {Map<number, () => void>} */
  const cancels = new Map()
  const { requestAnimationFrame, cancelAnimationFrame } = globalThis
  globalThis.requestAnimationFrame = (callback) => {
    const ended = recorder.wait()
    const due = (Math.floor(recorder.now / FRAME_MS) + 1) * FRAME_MS
    const timer = recorder.time.schedule(() => {
      ended(true)
      callback(recorder.now)
    }, due - recorder.now)
    const id = cancels.size + 1
    cancels.set(id, () => {
      ended(false)
      timer.unsubscribe()
    })
    return id
  }
  globalThis.cancelAnimationFrame = (id) => cancels.get(id)?.()
  return () => Object.assign(globalThis, { requestAnimationFrame, cancelAnimationFrame })
}

/**
 * @param {Library} library
 * @param {Policy} policy
 * @returns {Promise<Run>}
 */
export async function runPolicy(library, policy) {
  if (policy.suspends) return runSuspended(library, policy)
  const recorder = new Recorder()
  /** @type {Loss[]} */
  const losses = []
  /** @type {Write[]} */
  const writes = []
  /** @type {Write[]} */
  const refused = []
  const takeFrames = policy.kind === 'frame' ? provideFrames(recorder) : () => {}
  /** @type {import('../../src/backpressure/index.ts').Mailbox<Write & { version: number }>} */
  const mailbox = new library.Mailbox({
    id: 'picture',
    policy,
    onError: 'continue',
    pulled: false,
    // The timer of `frame` is for hidden tabs; what it waits for here is noted with its frames.
    scheduler: policy.kind === 'frame' ? recorder.time : recorder.scheduler(),
    consumer: {
      next: (entry, { missed }) =>
        recorder.handle(
          [entry].flat().map(({ letter }) => letter),
          missed,
        ),
      error: () => recorder.finish('error'),
      complete: () => recorder.finish('complete'),
    },
    now: () => recorder.now,
    conflated: ({ letter }) => losses.push({ letter, at: recorder.now, kind: 'conflated' }),
    dropped: ({ letter }, reason) => losses.push({ letter, at: recorder.now, kind: 'dropped', reason }),
    faulted: ({ error }) => {
      throw error
    },
    roomMade() {},
    closed() {},
  })
  WRITES.forEach(({ letter, at }, index) => {
    recorder.time.schedule(() => {
      const before = mailbox.published
      mailbox.offer({ letter, at, version: index + 1 })
      const list = mailbox.published > before ? writes : refused
      list.push({ letter, at })
    }, at)
  })
  recorder.time.schedule(() => mailbox.end({ kind: 'complete' }), COMPLETE_AT)
  await recorder.play()
  takeFrames()
  const { deliveries, waits, end } = recorder
  return { asked: undefined, writes, refused, deliveries, losses, waits, end, stats: mailbox.stats() }
}

/**
 * @param {Library} library
 * @param {Policy} policy
 * @returns {Promise<Run>}
 */
async function runSuspended({ createStore }, policy) {
  const recorder = new Recorder()
  const clock = { wall: () => recorder.now, mono: () => recorder.now }
  const store = createStore('', { clock, scheduler: recorder.time })
  const handle = store.subscribe(
    {
      next: (entry, { missed }) =>
        recorder.handle(
          [entry].flat().map(({ state }) => state),
          missed,
        ),
      complete: () => recorder.finish('complete'),
    },
    { policy, replay: false },
  )
  const at = (/** @type {number} */ ms) =>
    new Promise((resolve) => {
      recorder.time.schedule(resolve, Math.max(0, ms - recorder.now))
    })
  /** @type {Write[]} */
  const writes = []
  let written = false
  const write = async () => {
    for (const { letter, at: due } of WRITES) {
      if (recorder.now < due) await at(due)
      await store.ready()
      store.set(letter)
      writes.push({ letter, at: recorder.now })
    }
    written = true
  }
  const writing = write()
  await recorder.play(() => {
    const { pending, inFlight } = handle.stats()
    if (written && pending === 0 && inFlight === 0) store.destroy()
  })
  await writing
  const { deliveries, waits, end } = recorder
  const asked = [...WRITES]
  return { asked, writes, refused: [], deliveries, losses: [], waits, end, stats: handle.stats() }
}
