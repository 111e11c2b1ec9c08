/**
 * Reads a subject of a stream by a consumer that the server pushes to and forgets. What it is told is numbered without
 * a gap; where a number is missing, or nothing is heard for two heartbeats, or the connection is lost, it ends.
 *
 *   ask ──> no answer        asks for another one as well: a cluster gives consumers also to servers that are gone
 *   ask ──> it is there      that one is read; what comes of the others is not heard
 */
import { createInbox, type Msg, type NatsConnection, type Subscription } from '@nats-io/nats-core'
import type { SchedulerLike, Subscription as Timer } from 'rxjs'
import type { LogFollower } from './commit-log.ts'
import type { ConnectionWatch } from './connection-watch.ts'

/** A consumer, once it is there. */
interface Consumer {
  /** Records that it will be sent. */
  readonly pending: number
  remove(): void
}

const FLOW_CONTROL = 100
/** How long servers have to answer, before another consumer is asked for as well. */
const ASK_MS = 500
/** The reading ends with the first heartbeat after this many without a message. */
const SILENT_BEATS_MAX = 2

export class PushReader {
  static readonly HEARTBEAT_MS = 2_000
  readonly #connection: NatsConnection
  readonly #watched: ConnectionWatch
  readonly #follower: LogFollower
  readonly #scheduler: SchedulerLike
  readonly #create: (inbox: string) => Promise<Consumer>
  /** Of the consumer; before it is there, of each that was asked for. */
  #subscriptions: Subscription[] = []
  #consumer: Consumer | undefined
  /** Asks again; once the consumer is there, looks whether it is heard of. */
  #timer: Timer | undefined
  #stopListening = (): void => {}
  /** Of the newest message, as the consumer numbers them. */
  #number = 0
  /** Heartbeats since something was heard. Counted, not timed: a clock that jumps neither ends nor hides anything. */
  #silentBeats = 0
  #isOver = false

  constructor(
    connection: NatsConnection,
    watched: ConnectionWatch,
    follower: LogFollower,
    scheduler: SchedulerLike,
    create: (inbox: string) => Promise<Consumer>,
  ) {
    this.#connection = connection
    this.#watched = watched
    this.#follower = follower
    this.#scheduler = scheduler
    this.#create = create
  }

  /** Begins, as soon as there is a connection; returns the end of it. */
  start(): () => void {
    let hasBegun = this.#watched.isConnected
    this.#stopListening = this.#watched.listen({
      connected: () => {
        if (!hasBegun) void this.#ask()
        hasBegun = true
      },
      disconnected: () => {
        if (hasBegun) this.#lost(new Error('The connection is lost.'))
      },
    })
    if (hasBegun) void this.#ask()
    return () => this.#end()
  }

  async #ask(): Promise<void> {
    const early: Msg[] = []
    let hear = (message: Msg): void => void early.push(message)
    let subscription: Subscription
    let consumer: Consumer
    try {
      const inbox = createInbox()
      subscription = this.#connection.subscribe(inbox, {
        callback: (error, message) => {
          if (error !== null) this.#lost(error)
          else hear(message)
        },
      })
      this.#subscriptions.push(subscription)
      this.#timer = this.#scheduler.schedule(() => void this.#ask(), ASK_MS)
      consumer = await this.#create(inbox)
    } catch (error) {
      // Of one that is not wanted any more it is no matter.
      if (this.#consumer === undefined) this.#lost(error)
      return
    }
    if (this.#isOver || this.#consumer !== undefined) {
      consumer.remove()
      return
    }
    this.#timer.unsubscribe()
    for (const other of this.#subscriptions) if (other !== subscription) other.unsubscribe()
    this.#subscriptions = [subscription]
    this.#consumer = consumer
    this.#watchBeats()
    hear = (message) => {
      if (!this.#isOver) this.#heard(message)
    }
    for (const message of early) hear(message)
    if (!this.#isOver && this.#number >= consumer.pending) this.#follower.upToDate()
  }

  #watchBeats(): void {
    this.#timer = this.#scheduler.schedule(() => {
      this.#silentBeats += 1
      if (this.#silentBeats > SILENT_BEATS_MAX) this.#lost(new Error('The server is silent.'))
      else this.#watchBeats()
    }, PushReader.HEARTBEAT_MS)
  }

  #heard(message: Msg): void {
    this.#silentBeats = 0
    const { headers, reply, data } = message
    if (headers?.code === FLOW_CONTROL && data.length === 0) {
      // A question has somewhere to answer to; a beat of a consumer that waits for an answer says where.
      const stalled = headers.get('Nats-Consumer-Stalled')
      if (stalled !== '') this.#connection.publish(stalled)
      else if (reply !== undefined && reply !== '') message.respond()
      else this.#beat(headers.get('Nats-Last-Consumer'))
      return
    }
    // $JS.ACK.<stream>.<consumer>.<tries>.<sequence>.<number>.<time>.<pending>; newer servers put two words more ahead.
    const words = reply?.split('.') ?? []
    const [sequence = 0, number = 0, , pending = 0] = words.slice(words.length > 9 ? 7 : 5).map(Number)
    this.#number += 1
    if (number !== this.#number) {
      this.#lost(new Error(`Message ${this.#number} of the consumer did not come.`))
      return
    }
    const id = headers?.get('Nats-Msg-Id') ?? ''
    this.#follower.entry({ sequence, id, text: message.string(), pending })
    // All is there that was when it was asked, whatever it says of how much is behind.
    if (number === this.#consumer?.pending) this.#follower.upToDate()
  }

  /** The consumer has nothing to send, whatever it has said of how much is behind. */
  #beat(newest: string): void {
    if (this.#consumer === undefined || newest === '') return
    if (Number(newest) === this.#number) this.#follower.upToDate()
    else this.#lost(new Error(`Message ${this.#number + 1} of the consumer did not come.`))
  }

  #lost(error: unknown): void {
    if (this.#isOver) return
    this.#end()
    this.#follower.lost(error)
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#timer?.unsubscribe()
    this.#stopListening()
    try {
      for (const subscription of this.#subscriptions) subscription.unsubscribe()
    } catch {
      // the connection is closed, and it with it
    }
    if (this.#watched.isConnected && !this.#connection.isClosed()) this.#consumer?.remove()
  }
}
