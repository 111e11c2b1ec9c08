/**
 * What a subscriber is given under each policy, said again as plainly as possible: lists of numbers and a
 * list of timers. Properties run it beside the mailbox, on the same timeline, and compare what the two
 * write down.
 *
 *   arrive ──> [early] ── its time comes ──> [queue] ── the consumer is idle ──> hand over
 *
 * `early` is what waits for its time: behind the gate of a time policy, or in the open window of a batch.
 * `queue` has one list of versions for each call to come. What a delivery missed is not counted up here but
 * read off: the versions between it and the delivery before.
 */
import type { BatchPolicy, ThrottlePolicy } from '../../../src/backpressure/index.ts'
import type { ShippedPolicy } from './shipped-policy.ts'
import { type Figures, logLine, type Step, type Timeline, WRITES_MAX } from './timeline.ts'

interface Timer {
  readonly due: number
  readonly run: () => void
}

interface Handler {
  readonly version: number
  aborted: boolean
  timer?: Timer
}

const BROKEN = 'broken'

export class ModelSubscriber {
  readonly log: string[] = []
  readonly #timeline: Timeline
  readonly #policy: ShippedPolicy
  #now = 0
  #version = 0
  #timers: Timer[] = []
  /** Those of the timers that are the policy's. */
  #clocks: Timer[] = []
  #early: number[] = []
  #queue: number[][] = []
  /** Handlers whose callback has not returned, and handlers that have returned something to wait for. */
  #executing: Handler[] = []
  #awaited: Handler[] = []
  readonly #aborted: number[] = []
  #demand: number
  #flushing = false
  #ending: string | undefined
  #closed = false
  readonly #sums = { published: 0, delivered: 0, dropped: 0, conflated: 0, calls: 0, errors: 0, missed: 0 }
  #lastVersion = -1
  #busySince: number | null = null

  constructor(timeline: Timeline) {
    this.#timeline = timeline
    this.#policy = timeline.policy
    this.#demand = timeline.consumer.work === 'pulled' ? 0 : 1
    if (this.#policy.kind === 'sample') this.#tick(this.#policy.ms)
    if (this.#policy.kind === 'batch' && this.#policy.window === 'fixed') this.#openWindow(this.#policy.ms)
  }

  run(steps: readonly Step[]): readonly string[] {
    if (this.#timeline.replay) this.#replay()
    this.#note('start')
    for (const step of steps) {
      this.#take(step)
      this.#note(step)
    }
    this.log.push(`aborted ${this.#aborted.sort((a, b) => a - b).join(' ')}`)
    return this.log
  }

  #take(step: Step): void {
    const [word, number] = step.split(' ')
    if (word === 'write') for (let n = Number(number); n > 0; n -= 1) this.#write()
    else if (word === 'wait') this.#wait(Number(number))
    else if (step === 'release') this.#release()
    else if (step === 'break' && this.#timeline.consumer.work === 'gated')
      this.#settle(this.#awaited[0], BROKEN)
    else if (step === 'drain') this.#releaseAll()
    else if (step === 'flush') this.#flush()
    else if (step === 'complete') this.#end('complete')
    else if (step === 'error') this.#end('error')
    else if (step === 'unsubscribe') this.#close('unsubscribed')
    else if (step === 'destroy') this.#destroy()
  }

  // ---- what each policy does with a version ----

  #write(): void {
    this.#version += 1
    if (this.#ending !== undefined || this.#closed) return
    this.#sums.published += 1
    this.#arrive(this.#version)
    if (this.#onMicrotask && this.#queue.length > 0) this.#flushing = true
  }

  #arrive(version: number): void {
    const policy = this.#policy
    switch (policy.kind) {
      case 'direct':
        this.#hand([version])
        break
      case 'switchLatest':
        this.#abortAll()
        this.#hand([version])
        break
      case 'exhaust':
        if (this.#idle) this.#hand([version])
        else this.#drop(version, 'busy')
        break
      case 'latest':
        this.#due(version)
        break
      case 'buffer':
        this.#enqueue(version, policy.capacity, policy.overflow)
        break
      case 'batch':
        this.#collect(version, policy)
        break
      case 'throttle':
        this.#throttle(version, policy)
        break
      case 'debounce':
        this.#stop()
        this.#hold(version)
        this.#openWindow(policy.ms)
        break
      case 'audit':
        this.#hold(version)
        if (this.#clocks.length === 0) this.#openWindow(policy.ms)
        break
      case 'sample':
        this.#hold(version)
        break
      case 'frame':
        this.#hold(version)
        if (this.#clocks.length === 0) this.#awaitFrame(policy.maxWaitMs)
    }
  }

  #throttle(version: number, { ms, leading, trailing }: ThrottlePolicy): void {
    if (this.#clocks.length === 0) {
      this.#openWindow(ms) // before the version is handed over, so that a write in its callback is inside
      if (leading) this.#due(version)
      else this.#hold(version)
    } else if (trailing) this.#hold(version)
    else this.#drop(version, 'window')
  }

  /** Its time has come: it is given to an idle consumer, or waits for it in the place of what waited. */
  #due(version: number): void {
    if (this.#queue.length === 0 && this.#idle && !this.#onMicrotask) {
      this.#hand([version])
      return
    }
    const replaced = this.#queue.shift()
    this.#queue.push([version])
    if (replaced !== undefined) this.#conflate(replaced[0]!, version)
  }

  #enqueue(version: number, capacity: number, overflow: string): void {
    if (this.#queue.length === 0 && this.#idle && !this.#onMicrotask) this.#hand([version])
    else if (this.#queue.length < capacity) this.#queue.push([version])
    else if (overflow === 'error') this.#overflow(version)
    else if (overflow === 'drop-incoming') this.#drop(version, 'overflow')
    else {
      const [oldest] = this.#queue.shift()!
      this.#queue.push([version])
      this.#drop(oldest!, 'overflow')
    }
  }

  /** A batch takes a version into the open window; a window of `first` opens with it. */
  #collect(version: number, { ms, maxSize, capacity }: BatchPolicy): void {
    if (this.#pending === capacity) {
      this.#overflow(version)
      return
    }
    this.#early.push(version)
    if (this.#early.length === maxSize) this.#endWindow()
    else if (this.#clocks.length === 0) this.#openWindow(ms)
  }

  #hold(version: number): void {
    const replaced = this.#early.shift()
    this.#early.push(version)
    if (replaced !== undefined) this.#conflate(replaced, version)
  }

  #openWindow(ms: number | undefined): void {
    if (ms !== undefined) this.#clocks = [this.#after(ms, () => this.#endWindow())]
  }

  #endWindow(): void {
    const policy = this.#policy
    this.#stop()
    if (policy.kind === 'batch' && policy.window === 'fixed') this.#openWindow(policy.ms)
    if (policy.kind === 'throttle' && this.#early.length > 0) this.#openWindow(policy.ms)
    this.#letThrough()
  }

  #tick(ms: number): void {
    this.#clocks = [
      this.#after(ms, () => {
        this.#tick(ms)
        this.#letThrough()
      }),
    ]
  }

  /** A frame, raced with a timer; where there are no frames, 16 ms. */
  #awaitFrame(maxWaitMs: number): void {
    const { frames } = this.#timeline
    const open = (): void => this.#endWindow()
    if (typeof frames === 'number') this.#clocks.push(this.#after(frames - (this.#now % frames), open))
    this.#clocks.push(this.#after(frames === 'none' ? 16 : maxWaitMs, open))
  }

  #letThrough(): void {
    const through = this.#early.splice(0)
    if (through.length === 0) return
    if (this.#policy.kind === 'batch') {
      this.#queue.push(through)
      this.#serve()
    } else this.#due(through[0]!)
  }

  // ---- the consumer ----

  get #onMicrotask(): boolean {
    return 'dispatch' in this.#policy && this.#policy.dispatch === 'microtask'
  }

  get #idle(): boolean {
    return this.#demand > 0
  }

  #hand(versions: number[]): void {
    const { work, writesEvery, completesAt, leavesAt, throwsEvery } = this.#timeline.consumer
    const version = versions.at(-1)!
    const missed = versions[0]! - Math.max(this.#lastVersion, 0) - 1
    const handler: Handler = { version, aborted: false }
    this.#sums.delivered += versions.length
    this.#sums.calls += 1
    this.#sums.missed += missed
    this.#lastVersion = version
    this.#demand -= 1
    this.#executing.push(handler)
    const what = this.#policy.kind === 'batch' ? `[${versions.join(' ')}]` : version
    this.#note(`next ${what} missed ${missed}`)
    if (writesEvery > 0 && version % writesEvery === 0 && this.#version < WRITES_MAX) {
      this.#write()
      this.#note(`after the write in ${version}`)
    }
    if (version === completesAt) this.#end('complete')
    if (version === leavesAt) this.#close('unsubscribed')
    if (throwsEvery > 0 && version % throwsEvery === 0) this.#finish(handler, BROKEN)
    else if (work === 'sync' || work === 'pulled' || handler.aborted) this.#finish(handler)
    else this.#await(handler, work)
  }

  #await(handler: Handler, work: 'gated' | number): void {
    this.#executing.splice(this.#executing.indexOf(handler), 1)
    this.#awaited.push(handler)
    this.#busySince ??= this.#now
    if (work !== 'gated') handler.timer = this.#after(work, () => this.#settle(handler))
  }

  /** What a handler returned has ended. */
  #settle(handler: Handler | undefined, failure?: string): void {
    if (handler === undefined) return
    this.#awaited.splice(this.#awaited.indexOf(handler), 1)
    if (this.#awaited.length === 0) this.#busySince = null
    this.#executing.push(handler) // still in flight while the fault is told
    this.#finish(handler, failure)
  }

  #finish(handler: Handler, failure?: string): void {
    // What throws although nobody replaced it is told, also where it has left.
    if (failure !== undefined && (this.#closed || !handler.aborted)) {
      this.#sums.errors += 1
      this.#note(`fault next ${handler.version} ${failure}`)
      if (this.#timeline.consumer.onError === 'close') this.#close('consumer-error', handler)
    }
    this.#executing.splice(this.#executing.indexOf(handler), 1)
    if (this.#closed) return
    if (this.#timeline.consumer.work !== 'pulled') this.#demand += 1
    this.#serve()
  }

  #serve(): void {
    while (this.#idle && this.#queue.length > 0) this.#hand(this.#queue.shift()!)
    this.#finishIfEmpty()
  }

  #flush(): void {
    if (!this.#flushing) return
    this.#flushing = false
    this.#serve()
  }

  #release(): void {
    if (this.#timeline.consumer.work === 'pulled') this.#request(1)
    else if (this.#timeline.consumer.work === 'gated') this.#settle(this.#awaited[0])
  }

  #releaseAll(): void {
    const { work } = this.#timeline.consumer
    if (work === 'pulled') this.#request(100)
    else if (work === 'gated') while (this.#awaited.length > 0) this.#release()
  }

  #request(count: number): void {
    this.#demand += count
    this.#serve()
  }

  #replay(): void {
    const { policy, consumer } = this.#timeline
    const pulled = consumer.work === 'pulled'
    const gated = ['throttle', 'debounce', 'audit', 'sample', 'frame'].includes(policy.kind)
    if (pulled && !gated) {
      this.#write()
      return
    }
    this.#version += 1
    this.#sums.published += 1
    if (policy.kind === 'throttle') this.#openWindow(policy.ms)
    if (pulled) this.#due(this.#version)
    else this.#hand([this.#version])
  }

  // ---- losses and ends ----

  #drop(version: number, reason: string): void {
    this.#sums.dropped += 1
    this.#note(`drop ${version} ${reason}`)
  }

  #conflate(version: number, by: number): void {
    this.#sums.conflated += 1
    this.#note(`conflate ${version} by ${by}`)
  }

  #overflow(version: number): void {
    this.#ending = 'BUFFER_OVERFLOW'
    this.#drop(version, 'overflow')
    this.#deliverAtOnce()
    this.#finishIfEmpty()
  }

  #end(kind: 'complete' | 'error'): void {
    if (this.#ending !== undefined || this.#closed) return
    this.#ending = kind
    const { kind: policy } = this.#policy
    if (kind === 'error' && policy !== 'batch') {
      this.#stop()
      for (const version of this.#early.splice(0)) this.#drop(version, 'error')
    } else if (policy === 'debounce' || policy === 'sample' || policy === 'batch') this.#deliverAtOnce()
    this.#finishIfEmpty()
  }

  #deliverAtOnce(): void {
    this.#stop()
    this.#letThrough()
  }

  #finishIfEmpty(): void {
    if (this.#ending === undefined || this.#closed || this.#pending + this.#inFlight > 0) return
    this.#close('complete')
    this.#note(this.#ending)
  }

  #close(reason: string, failed?: Handler): void {
    if (this.#closed) return
    this.#closed = true
    const waiting = [...this.#queue.splice(0).flat(), ...this.#early.splice(0)]
    this.#sums.dropped += waiting.length
    this.#stop()
    this.#abortAll(failed)
    for (const version of waiting) this.#note(`drop ${version} ${reason}`)
  }

  #destroy(): void {
    if (this.#closed) return
    this.#close('complete')
    this.#note(this.#ending ?? 'complete')
  }

  /** Aborts the handlers that run, but not one that has failed and so has ended. */
  #abortAll(failed?: Handler): void {
    for (const handler of [...this.#executing, ...this.#awaited]) {
      if (handler === failed || handler.aborted) continue
      handler.aborted = true
      this.#aborted.push(handler.version)
      if (handler.timer !== undefined) this.#clear(handler.timer)
    }
    this.#awaited = []
    this.#busySince = null
  }

  // ---- time and figures ----

  #wait(ms: number): void {
    const until = this.#now + ms
    const last = this.#timeline.tie === 'timer first' ? until : until - 1
    for (let next = this.#timers[0]; next !== undefined && next.due <= last; next = this.#timers[0]) {
      this.#timers.shift()
      this.#now = next.due
      next.run()
    }
    this.#now = until
  }

  #after(ms: number, run: () => void): Timer {
    const timer = { due: this.#now + ms, run }
    const later = this.#timers.findIndex(({ due }) => due > timer.due)
    this.#timers.splice(later < 0 ? this.#timers.length : later, 0, timer)
    return timer
  }

  #clear(timer: Timer): void {
    this.#timers = this.#timers.filter((other) => other !== timer)
  }

  #stop(): void {
    for (const clock of this.#clocks.splice(0)) this.#clear(clock)
  }

  get #pending(): number {
    return this.#queue.flat().length + this.#early.length
  }

  get #inFlight(): number {
    return this.#executing.length + this.#awaited.length
  }

  #note(what: string): void {
    const figures: Figures = {
      ...this.#sums,
      pending: this.#pending,
      inFlight: this.#inFlight,
      lastVersion: this.#lastVersion,
      busySince: this.#busySince,
    }
    this.log.push(logLine(this.#now, what, figures, this.#timers.length))
  }
}
