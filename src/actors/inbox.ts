/**
 * What waits for one actor: messages, up to a bound, and notices of its children, of which there is at most one a
 * child. Both are in one queue, in the order in which they were sent.
 */

import type { BufferPolicy } from '../backpressure/index.ts'
import { RingBuffer } from '../kit/index.ts'
import type { Actor } from './actor.ts'
import type { WaitingMessage } from './actor-snapshot.ts'

/** What became of a child: it has come to its end, it failed, or the time to start it again has come. */
export interface Notice {
  readonly about: Actor
  readonly what: 'done' | 'failed' | 'restart'
}

export type Item = WaitingMessage | Notice

const isMessage = (item: Item): item is WaitingMessage => 'event' in item

export class Inbox {
  /** Messages that did not fit. */
  dropped = 0
  readonly #policy: Pick<BufferPolicy, 'capacity' | 'overflow'>
  #queue: RingBuffer<Item> | undefined
  #messages = 0

  constructor(policy: Pick<BufferPolicy, 'capacity' | 'overflow'>) {
    this.#policy = policy
  }

  get isEmpty(): boolean {
    return this.#queue === undefined || this.#queue.size === 0
  }

  /** Messages that wait. */
  get size(): number {
    return this.#messages
  }

  /** Takes a message, or does not. */
  offer(message: WaitingMessage): boolean {
    const { capacity, overflow } = this.#policy
    if (this.#messages >= capacity) {
      this.dropped += 1
      if (overflow !== 'drop-oldest') return false
      this.#dropOldest()
    }
    this.take(message)
    return true
  }

  /**
   * Takes a message that was taken before, as a restored one was: beside what waits there is one that is tried again.
   */
  take(message: WaitingMessage): void {
    this.#messages += 1
    this.#push(message)
  }

  note(notice: Notice): void {
    this.#push(notice)
  }

  shift(): Item | undefined {
    const item = this.#queue?.shift()
    if (item !== undefined && isMessage(item)) this.#messages -= 1
    return item
  }

  /** What waits, oldest first. */
  messages(): WaitingMessage[] {
    const items = this.clear()
    for (const item of items) this.#push(item)
    const messages = items.filter(isMessage)
    this.#messages = messages.length
    return messages
  }

  clear(): Item[] {
    this.#messages = 0
    return this.#queue?.drain() ?? []
  }

  #push(item: Item): void {
    this.#queue ??= new RingBuffer(Number.POSITIVE_INFINITY)
    this.#queue.push(item)
  }

  /** The oldest may stand behind notices, which stay. */
  #dropOldest(): void {
    const items = this.clear()
    const oldest = items.findIndex(isMessage)
    for (const [index, item] of items.entries()) if (index !== oldest) this.#push(item)
    this.#messages = items.filter(isMessage).length - 1
  }
}
