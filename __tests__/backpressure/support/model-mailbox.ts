/**
 * What a mailbox with a slow consumer does, said again as simply as possible: arrays, no events, no
 * re-entrance. A property test runs both side by side and compares what they write down.
 */
import { buffer, type Policy } from '../../../src/backpressure/index.ts'

export type Step = 'offer' | 'finish' | 'fail' | 'request' | 'tick' | 'close' | 'complete' | 'destroy'

export class ModelMailbox {
  readonly log: string[] = []
  published = 0
  delivered = 0
  dropped = 0
  conflated = 0
  readonly #policy: Policy
  readonly #pulled: boolean
  readonly #onError: 'continue' | 'close'
  /** Every version that was taken, in order; what was lost is what lies between two deliveries. */
  readonly #taken: number[] = []
  #lastIndex = -1
  #held: number[] = []
  #running: number[] = []
  #demand: number
  #ticking = false
  #ending: string | undefined
  #closed = false

  constructor(policy: Policy, pulled: boolean, onError: 'continue' | 'close') {
    this.#policy = policy
    this.#pulled = pulled
    this.#onError = onError
    this.#demand = pulled ? 0 : 1
  }

  get pending(): number {
    return this.#held.length
  }

  get inFlight(): number {
    return this.#running.length
  }

  step(step: Step, version: number): void {
    if (this.#closed) return
    if (step === 'offer') this.#offer(version)
    else if (step === 'finish') this.#finish()
    else if (step === 'fail') this.#fail()
    else if (step === 'request') this.#request()
    else if (step === 'tick') this.#tick()
    else if (step === 'complete') this.#end('complete')
    else if (step === 'close') this.#close('unsubscribed')
    else {
      const ending = this.#ending ?? 'complete'
      this.#close('complete')
      this.log.push(ending)
    }
  }

  #offer(version: number): void {
    if (this.#ending !== undefined) return
    this.published += 1
    this.#taken.push(version)
    const { kind } = this.#policy
    const waits = 'dispatch' in this.#policy && this.#policy.dispatch === 'microtask'
    if (kind === 'direct' || (this.#held.length === 0 && this.#demand > 0 && !waits)) this.#deliver(version)
    else this.#hold(version)
    if (waits && this.#held.length > 0) this.#ticking = true
  }

  #hold(version: number): void {
    // What a buffer does, but for `latest`: a buffer of one whose oldest is conflated, not dropped.
    const { capacity, overflow } = this.#policy.kind === 'buffer' ? this.#policy : buffer({ capacity: 1 })
    if (this.#held.length < capacity) this.#held.push(version)
    else if (this.#policy.kind === 'latest') {
      this.conflated += 1
      this.#held = [version]
    } else if (overflow === 'drop-oldest' || overflow === 'suspend') {
      // A source that asks for room does not come here with `suspend`, unless it overrules.
      this.#held.push(version)
      this.#drop(this.#held.shift() as number, 'overflow')
    } else {
      this.#drop(version, 'overflow')
      if (overflow === 'error') this.#end('error BUFFER_OVERFLOW')
    }
  }

  #deliver(version: number): void {
    const index = this.#taken.indexOf(version)
    const missed = index - this.#lastIndex - 1
    this.#lastIndex = index
    this.delivered += 1
    this.#demand -= 1
    this.#running.push(version)
    this.log.push(`next ${version}${missed > 0 ? ` missed ${missed}` : ''}`)
  }

  #drop(version: number, reason: string): void {
    this.dropped += 1
    this.log.push(`drop ${version} ${reason}`)
  }

  #finish(): void {
    if (this.#running.shift() === undefined) return
    if (!this.#pulled) this.#demand += 1
    this.#pump()
  }

  #fail(): void {
    const [version] = this.#running
    if (version === undefined) return
    this.log.push(`fault next ${version} broken`)
    if (this.#onError === 'close') this.#close('consumer-error')
    else this.#finish()
  }

  #request(): void {
    if (!this.#pulled) return
    this.#demand += 1
    this.#pump()
  }

  #tick(): void {
    if (this.#ticking) this.#pump()
    this.#ticking = false
  }

  #pump(): void {
    while (this.#demand > 0 && this.#held.length > 0) this.#deliver(this.#held.shift() as number)
    this.#finishWhenEmpty()
  }

  #end(ending: string): void {
    this.#ending ??= ending
    this.#finishWhenEmpty()
  }

  #finishWhenEmpty(): void {
    if (this.#ending === undefined || this.#held.length + this.#running.length > 0) return
    this.#closed = true
    this.log.push(this.#ending)
  }

  #close(reason: string): void {
    this.#closed = true
    this.#running = []
    for (const version of this.#held.splice(0)) this.#drop(version, reason)
  }
}
