/** Runs a timeline on a real mailbox, and writes down everything that can be seen of it. */
import { Observable, Subject, type Subscription, VirtualTimeScheduler } from 'rxjs'
import {
  type Delivery,
  type DropReason,
  Mailbox,
  type MailboxFault,
  type MailboxHost,
  type SubscriberStats,
  type Versioned,
} from '../../../src/backpressure/index.ts'
import { isHeadgateError } from '../../../src/kit/index.ts'
import { ParkingSource } from './parking-source.ts'
import { logLine, type Step, type Timeline, WRITES_MAX } from './timeline.ts'

/** Time that passes only when a run says so, and that knows how many timers are live. */
export class TimelineScheduler extends VirtualTimeScheduler {
  constructor() {
    super(undefined, 0)
  }

  get timerCount(): number {
    return this.actions.length
  }

  /** Lets some time pass; the timers of its last millisecond run only if they come before the writes in it. */
  pass(ms: number, tie: Timeline['tie']): void {
    const until = this.frame + ms
    this.maxFrames = tie === 'timer first' ? until : until - 1
    this.flush()
    this.frame = until
  }
}

/** What a run came to. */
export interface Outcome {
  readonly log: readonly string[]
  readonly stats: SubscriberStats
  /** The versions of each delivery. */
  readonly deliveries: readonly (readonly number[])[]
  readonly terminals: readonly string[]
  /** Whether it was closed before all could be delivered. */
  readonly cutShort: boolean
  readonly timers: number
  /** How often the mailbox was offered something, and whether anything is kept for it at the end. */
  readonly offered: number
  readonly keeps: boolean
}

/** `backlog`: it offers nothing to a mailbox that is busy. Nobody hears then of what is lost. */
export type SourceKind = 'offers all' | 'backlog'

class Broken extends Error {}

/** Puts the animation frames of a timeline where the policy looks for them; returns what takes them away. */
function installFrames(frames: Timeline['frames'], scheduler: TimelineScheduler): () => void {
  if (frames === 'none') return () => {}
  const waiting = new Map<number, Subscription>()
  let created = 0
  const request = (callback: (time: number) => void): number => {
    created += 1
    if (frames !== 'hidden') {
      const untilNext = frames - (scheduler.now() % frames)
      waiting.set(
        created,
        scheduler.schedule(() => callback(scheduler.now()), untilNext),
      )
    }
    return created
  }
  const cancel = (id: number): void => waiting.get(id)?.unsubscribe()
  Object.assign(globalThis, { requestAnimationFrame: request, cancelAnimationFrame: cancel })
  return () => {
    Reflect.deleteProperty(globalThis, 'requestAnimationFrame')
    Reflect.deleteProperty(globalThis, 'cancelAnimationFrame')
  }
}

export class TimelineRun {
  readonly #timeline: Timeline
  readonly #looks: boolean
  readonly #scheduler = new TimelineScheduler()
  readonly #mailbox: Mailbox<Versioned>
  readonly #source: ParkingSource
  readonly #log: string[] = []
  readonly #deliveries: number[][] = []
  readonly #signals: { readonly version: number; readonly signal: AbortSignal }[] = []
  readonly #terminals: string[] = []
  readonly #gates: Subject<never>[] = []
  #version = 0
  #cutShort = false
  #ended = false

  /** @param looks - whether the figures are looked at on the way; without them the log stays short. */
  constructor(timeline: Timeline, source: SourceKind = 'offers all', looks = true) {
    this.#timeline = timeline
    this.#looks = looks
    this.#source = new ParkingSource((entry) => this.#mailbox.offer(entry))
    const { policy, consumer } = timeline
    const host: MailboxHost<Versioned> = {
      id: 'subscriber',
      policy,
      onError: consumer.onError,
      pulled: consumer.work === 'pulled',
      scheduler: this.#scheduler,
      consumer: {
        next: (entry, delivery) => this.#next(entry, delivery),
        error: (error) => this.#end(isHeadgateError(error) ? error.code : 'error'),
        complete: () => this.#end('complete'),
      },
      now: () => this.#scheduler.now(),
      ...(source === 'backlog'
        ? {
            park: (entry: Versioned, before: Versioned | undefined, capacity: number) =>
              this.#source.park(entry, before, capacity),
            unpark: () => this.#source.unpark(),
          }
        : {
            conflated: (entry: Versioned, by: Versioned) =>
              this.#note(`conflate ${entry.version} by ${by.version}`),
            dropped: (entry: Versioned, reason: DropReason) => this.#note(`drop ${entry.version} ${reason}`),
          }),
      faulted: (fault) => this.#fault(fault),
      roomMade() {},
      closed() {},
    }
    this.#mailbox = new Mailbox(host)
  }

  /** Takes the steps; a promise only because of `flush`. */
  async run(steps: readonly Step[]): Promise<Outcome> {
    // Virtual time has no macrotasks: thousands of runs would look like one endless chain of microtasks.
    await new Promise((resolve) => setImmediate(resolve))
    const removeFrames = installFrames(this.#timeline.frames, this.#scheduler)
    try {
      return await this.#run(steps)
    } finally {
      removeFrames()
    }
  }

  async #run(steps: readonly Step[]): Promise<Outcome> {
    if (this.#timeline.replay) this.#mailbox.replay(this.#nextEntry())
    this.#note('start')
    for (const step of steps) {
      if (step === 'flush') await Promise.resolve()
      else this.#take(step)
      this.#note(step)
    }
    const aborted = this.#signals.filter(({ signal }) => signal.aborted).map(({ version }) => version)
    this.#log.push(`aborted ${aborted.sort((a, b) => a - b).join(' ')}`)
    return {
      log: this.#log,
      stats: this.#mailbox.stats(),
      deliveries: this.#deliveries,
      terminals: this.#terminals,
      cutShort: this.#cutShort,
      timers: this.#scheduler.timerCount,
      offered: this.#source.offered,
      keeps: this.#source.keeps,
    }
  }

  #take(step: Step): void {
    const mailbox = this.#mailbox
    const [word, number] = step.split(' ')
    if (word === 'write') for (let n = Number(number); n > 0; n -= 1) this.#write()
    else if (word === 'wait') this.#scheduler.pass(Number(number), this.#timeline.tie)
    else if (step === 'release') this.#release()
    else if (step === 'break') this.#gates.shift()?.error(new Broken('broken'))
    else if (step === 'drain') this.#drain()
    else if (step === 'complete') this.#endWith({ kind: 'complete' })
    else if (step === 'error') this.#endWith({ kind: 'error', error: new Broken('source') })
    else if (step === 'destroy') this.#cut(() => mailbox.destroy())
    else this.#cut(() => mailbox.close('unsubscribed'))
  }

  /** What a source says after its end, no mailbox takes; one that keeps a backlog has to be silent itself. */
  #write(): void {
    const entry = this.#nextEntry()
    if (!this.#ended) this.#source.publish(entry)
  }

  #endWith(terminal: Parameters<Mailbox<Versioned>['end']>[0]): void {
    this.#ended = true
    this.#mailbox.end(terminal)
  }

  #release(): void {
    if (this.#timeline.consumer.work === 'pulled') this.#mailbox.request(1)
    else this.#gates.shift()?.complete()
  }

  #drain(): void {
    while (this.#gates.length > 0) this.#release()
    if (this.#timeline.consumer.work === 'pulled') this.#mailbox.request(100)
  }

  #next(entry: Versioned | readonly Versioned[], delivery: Delivery): unknown {
    const { work, writesEvery, completesAt, leavesAt, throwsEvery } = this.#timeline.consumer
    const { version } = delivery
    const several = Array.isArray(entry)
    const versions = several ? entry.map((one) => one.version) : [(entry as Versioned).version]
    this.#deliveries.push(versions)
    this.#signals.push({ version, signal: delivery.signal })
    this.#note(`next ${several ? `[${versions.join(' ')}]` : version} missed ${delivery.missed}`)
    if (writesEvery > 0 && version % writesEvery === 0 && this.#version < WRITES_MAX) {
      this.#write()
      this.#note(`after the write in ${version}`)
    }
    if (version === completesAt) this.#endWith({ kind: 'complete' })
    if (version === leavesAt) this.#cut(() => this.#mailbox.close('unsubscribed'))
    if (throwsEvery > 0 && version % throwsEvery === 0) throw new Broken('broken')
    if (work === 'sync' || work === 'pulled') return undefined
    return work === 'gated' ? this.#gate() : this.#timer(work)
  }

  /** Work that a step ends. */
  #gate(): Observable<never> {
    return new Observable((observer) => {
      const gate = new Subject<never>()
      this.#gates.push(gate)
      gate.subscribe(observer)
      return () => {
        const index = this.#gates.indexOf(gate)
        if (index >= 0) this.#gates.splice(index, 1)
      }
    })
  }

  #timer(ms: number): Observable<never> {
    return new Observable((observer) => this.#scheduler.schedule(() => observer.complete(), ms))
  }

  #fault({ phase, version, error }: MailboxFault): void {
    this.#note(`fault ${phase} ${version} ${(error as Error).message}`)
    if (this.#timeline.consumer.onError === 'close') this.#cutShort = true
  }

  #cut(close: () => void): void {
    if (!this.#mailbox.closed) this.#cutShort = true
    close()
  }

  #end(how: string): void {
    this.#terminals.push(how)
    this.#note(how)
  }

  #nextEntry(): Versioned {
    this.#version += 1
    return { version: this.#version }
  }

  #note(what: string): void {
    if (!this.#looks) return
    const stats = this.#mailbox.stats()
    this.#log.push(logLine(this.#scheduler.now(), what, stats, this.#scheduler.timerCount))
    const { published, delivered, dropped, conflated, pending, capacity } = stats
    if (published !== delivered + dropped + conflated + pending) this.#log.push('The figures do not add up.')
    if (pending > capacity) this.#log.push(`More is pending than the capacity of ${capacity}.`)
  }
}
