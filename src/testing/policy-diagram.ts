/**
 * Runs what a marble diagram says on a mailbox with a policy. A character is a millisecond, `5ms` five of them.
 *
 *   source   -abcd---e----|      busyMs 4
 *   expected -a---d---e---|
 */
import assert from 'node:assert/strict'
import { Observable, type SchedulerLike, type Subscription, timer } from 'rxjs'
import { TestScheduler } from 'rxjs/testing'
import { type DropReason, Mailbox, type Policy, type Versioned } from '../backpressure/index.ts'
import { isHeadgateError, messageOf } from '../kit/index.ts'
import { type ManualClock, manualClock } from './manual-clock.ts'

/** What one subscriber with a policy is handed, drawn. */
export interface PolicyDiagram {
  /** The fact that it shows, as the name of a test: `'keeps the newest while the consumer is busy'`. */
  readonly name: string
  /** What is written when: RxJS's marbles, whose letters are versions. */
  readonly source: string
  /** What the consumer is handed when; a batch by the letter that `batches` has for it. */
  readonly expected: string
  /** The letters of each batch: `{ x: 'abc' }`. */
  readonly batches?: Readonly<Record<string, string>>
  /** Milliseconds that the consumer is busy with each; default 0: it is synchronous. */
  readonly busyMs?: number
  /** What the consumer writes when it is handed a letter: `{ a: 'x' }`. */
  readonly writes?: Readonly<Record<string, string>>
  /** The letters with which the consumer throws. */
  readonly throws?: string
  /** When the subscriber leaves, as marbles: `'-----!'`. */
  readonly unsubscribe?: string
  /** Milliseconds between two animation frames; default: there are none. */
  readonly frameMs?: number
  /** Everything that is lost, in order: `'b conflated'`, `'d overflow'`. Not compared where it is absent. */
  readonly lost?: readonly string[]
  /** What deliveries tell of it: `'2 before d'`. Not compared where it is absent. */
  readonly missed?: readonly string[]
}

interface Letter extends Versioned {
  readonly letter: string
}

/** When something came; `|` is the end, `#` an error. */
interface Event {
  readonly atMs: number
  readonly what: string
}

/** Reads marbles in run mode, where a character is a millisecond. */
function read(marbles: string): Event[] {
  const scheduler = new TestScheduler(() => {})
  return scheduler.run(() =>
    TestScheduler.parseMarbles(marbles, undefined, undefined, false, true).map(({ frame, notification }) => ({
      atMs: frame,
      what: notification.kind === 'N' ? String(notification.value) : notification.kind === 'C' ? '|' : '#',
    })),
  )
}

function leaveMs(marbles: string): number {
  const scheduler = new TestScheduler(() => {})
  return scheduler.run(() => TestScheduler.parseMarblesAsSubscriptions(marbles, true).unsubscribedFrame)
}

class DiagramRun {
  readonly seen: Event[] = []
  readonly lost: string[] = []
  readonly missed: string[] = []
  readonly #diagram: PolicyDiagram
  readonly #clock: ManualClock = manualClock()
  readonly #mailbox: Mailbox<Letter>
  #version = 0

  constructor(policy: Policy, diagram: PolicyDiagram) {
    this.#diagram = diagram
    this.#mailbox = new Mailbox<Letter>({
      id: 'consumer',
      policy,
      onError: 'continue',
      pulled: false,
      scheduler: this.#clock,
      consumer: {
        next: (entry, { missed }) => this.#consume([entry].flat(), missed),
        error: () => this.#see('#'),
        complete: () => this.#see('|'),
      },
      now: () => this.#clock.mono(),
      conflated: ({ letter }) => void this.lost.push(`${letter} conflated`),
      dropped: ({ letter }, reason: DropReason) => this.lost.push(`${letter} ${reason}`),
      faulted() {},
      closed() {},
    })
  }

  async play(): Promise<void> {
    const { source, expected, unsubscribe, frameMs } = this.#diagram
    const events = read(source)
    const takeFrames = frameMs === undefined ? () => {} : provideFrames(frameMs, this.#clock)
    // Set before any timer of the policy: of one millisecond, what is written comes first.
    // What is written at once has nothing between: no promise settles there.
    for (const atMs of new Set(events.map((event) => event.atMs))) {
      const together = events.filter((event) => event.atMs === atMs)
      this.#clock.schedule(() => {
        for (const { what } of together) this.#happen(what)
      }, atMs)
    }
    const leaves = unsubscribe === undefined ? Number.POSITIVE_INFINITY : leaveMs(unsubscribe)
    if (leaves !== Number.POSITIVE_INFINITY) {
      this.#clock.schedule(() => this.#mailbox.close('unsubscribed'), leaves)
    }
    try {
      const end = Math.max(...[...events, ...read(expected)].map(({ atMs }) => atMs), 0)
      // A while longer: what should not come would come then.
      await this.#clock.advanceAsync(end + 1_000)
    } finally {
      this.#mailbox.close('unsubscribed')
      takeFrames()
    }
  }

  #happen(what: string): void {
    if (what === '|') this.#mailbox.end({ kind: 'complete' })
    else if (what === '#') this.#mailbox.end({ kind: 'error', error: new Error('the source failed') })
    else this.#write(what)
  }

  #write(letter: string): void {
    this.#version += 1
    this.#mailbox.offer({ version: this.#version, letter })
  }

  #see(what: string): void {
    this.seen.push({ atMs: this.#clock.mono(), what })
  }

  #consume(entries: readonly Letter[], missed: number): unknown {
    const { busyMs = 0, writes = {}, throws = '' } = this.#diagram
    const letters = entries.map(({ letter }) => letter).join('')
    this.#see(letters)
    if (missed > 0) this.missed.push(`${missed} before ${letters}`)
    const written = writes[letters]
    if (written !== undefined) this.#write(written)
    if (throws.includes(letters)) throw new Error('the consumer failed')
    if (busyMs === 0) return undefined
    const clock = this.#clock
    return new Observable((observer) => timer(busyMs, clock).subscribe(observer))
  }
}

/** Gives a policy animation frames in virtual time; returns what takes them away. */
function provideFrames(frameMs: number, clock: ManualClock & SchedulerLike): () => void {
  const { requestAnimationFrame, cancelAnimationFrame } = globalThis
  const frames: Subscription[] = []
  globalThis.requestAnimationFrame = (callback) => {
    const untilNext = frameMs - (clock.mono() % frameMs)
    return frames.push(clock.schedule(() => callback(clock.mono()), untilNext))
  }
  globalThis.cancelAnimationFrame = (id) => frames[id - 1]?.unsubscribe()
  return () => void Object.assign(globalThis, { requestAnimationFrame, cancelAnimationFrame })
}

/**
 * Draws in words, as two events of one moment have no place of their own in marbles: `1 a · 5 d · 13 |`. What comes
 * after the last that is expected is there, too.
 */
const draw = (events: readonly Event[]): string =>
  events.map(({ atMs, what }) => `${atMs} ${what}`).join(' · ')

/** @throws an AssertionError that shows what was expected and what came. */
export async function checkDiagram(policy: Policy, diagram: PolicyDiagram): Promise<void> {
  const run = new DiagramRun(policy, diagram)
  try {
    await run.play()
  } catch (error) {
    if (isHeadgateError(error)) throw error
    throw new Error(`${policy.label}: ${messageOf(error)}`, { cause: error })
  }
  const { batches = {}, lost, missed } = diagram
  const expected = read(diagram.expected).map(({ atMs, what }) => ({ atMs, what: batches[what] ?? what }))
  assert.equal(draw(run.seen), draw(expected), `what the consumer is handed:\n${drawn(diagram, run.seen)}`)
  if (lost !== undefined) assert.deepEqual(run.lost, lost, 'what is lost')
  if (missed !== undefined) assert.deepEqual(run.missed, missed, 'what deliveries tell of it')
}

const drawn = ({ source, expected }: PolicyDiagram, seen: readonly Event[]): string =>
  [`  source    ${source}`, `  expected  ${expected}`, `  came      ${draw(seen)}`].join('\n')
