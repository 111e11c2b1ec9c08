/**
 * Versions of a state, and subscribers who are told of each: what Headgate promises there, and no more.
 *
 * - Every version is a frozen snapshot with both times. Who builds on it freezes the state.
 * - Subscribers are told every version in the order in which they joined; versions that are written from inside a
 *   callback wait in a queue, and are told to those who were there when they were written.
 * - What one throws is counted and stops nobody: one `try` around the whole walk.
 * - A subscriber that returns a promise is busy until that has settled, and keeps the newest version meanwhile.
 * - The counts of each are exact at every instant, also inside a callback. Those of one who is idle are a difference
 *   of the number of versions told, so that a walk over the idle counts nothing and is a loop over callbacks.
 */
const NO_METADATA = Object.freeze({})
const QUEUE_MAX = 10_000
const NOBODY = -1
const HOLES_MIN = 32

class Delivery {
  constructor(version, missed, subscriberId) {
    this.version = version
    this.missed = missed
    this.subscriberId = subscriberId
  }
}

class Subscriber {
  slot = NOBODY
  /** How many versions it was told until it left. */
  until = Number.POSITIVE_INFINITY
  conflated = 0
  missed = 0
  errors = 0
  held = undefined
  /** Is called in place of the callback while that is awaited. */
  keep = undefined

  constructor(versions, id, callback) {
    this.versions = versions
    this.id = id
    this.callback = callback
    this.since = versions.commits
  }

  stats() {
    const { conflated, missed, errors } = this
    const published = 1 + this.versions.toldTo(this)
    const pending = this.held === undefined ? 0 : 1
    return { published, delivered: published - conflated - pending, conflated, pending, missed, errors }
  }

  unsubscribe() {
    this.versions.remove(this)
  }

  /** Keeps the newest version until the promise has settled, then hands it over with what was missed. */
  await(promise) {
    this.keep ??= (snapshot) => {
      if (this.held !== undefined) this.conflated += 1
      this.held = snapshot
    }
    this.versions.replace(this, this.keep)
    const settled = () => {
      const { held } = this
      // All that was ever conflated is told with the delivery after it.
      const missed = this.conflated - this.missed
      this.held = undefined
      this.missed += missed
      this.versions.replace(this, this.callback)
      if (held !== undefined && this.slot !== NOBODY) this.versions.deliver(this, held, missed)
    }
    promise.then(settled, () => {
      this.errors += 1
      settled()
    })
  }
}

export class Versions {
  snapshot
  /** Versions written, those that wait in the queue among them. */
  commits = 0
  lastCommitAt = 0
  /** Versions told or being told, and the slot of the subscriber that is being told. */
  #told = 0
  #turn = Number.POSITIVE_INFINITY
  /** A callback and a subscriber for each slot. */
  #callbacks = []
  #subscribers = []
  #size = 0
  #ids = 0
  #telling = false
  #queue = []

  constructor(state) {
    this.snapshot = this.#stamp(state, 0, 'INIT', Date.now(), performance.now())
  }

  #stamp(state, version, reason, tsWall, tsMono) {
    return Object.freeze({ version, state, reason, source: '', tsWall, tsMono, metadata: NO_METADATA })
  }

  /** Takes a state that is frozen. */
  commit(state, tsWall = Date.now(), tsMono = performance.now()) {
    const snapshot = this.#stamp(state, this.snapshot.version + 1, 'SET', tsWall, tsMono)
    if (this.#telling) {
      if (this.#queue.length === QUEUE_MAX) throw new Error('one write sets off the next')
      this.#queue.push({ snapshot, end: this.#callbacks.length })
    }
    this.snapshot = snapshot
    this.commits += 1
    this.lastCommitAt = snapshot.tsWall
    if (!this.#telling) {
      this.#telling = true
      this.#tell(snapshot, this.#callbacks.length)
      this.#release()
    }
    return snapshot
  }

  /** Tells what waits in the queue. */
  #release() {
    const queue = this.#queue
    if (queue.length > 0) {
      for (let i = 0; i < queue.length; i += 1) this.#tell(queue[i].snapshot, queue[i].end)
      this.#queue = []
    }
    this.#telling = false
  }

  #tell(snapshot, end) {
    const callbacks = this.#callbacks
    const subscribers = this.#subscribers
    const { version } = snapshot
    this.#told += 1
    let slot = 0
    while (slot < end) {
      try {
        for (; slot < end; slot += 1) {
          const callback = callbacks[slot]
          if (callback === undefined) continue
          this.#turn = slot
          const subscriber = subscribers[slot]
          const result = callback(snapshot, new Delivery(version, 0, subscriber.id))
          if (result !== undefined && typeof result.then === 'function') subscriber.await(result)
        }
      } catch {
        // One that left and then threw has no count any more.
        const thrower = subscribers[slot]
        if (thrower !== undefined) thrower.errors += 1
        slot += 1
      }
    }
    this.#turn = Number.POSITIVE_INFINITY
  }

  /** Hands a version to one subscriber, outside of a walk or inside of another one's turn. */
  deliver(subscriber, snapshot, missed) {
    const outer = this.#telling
    this.#telling = true
    try {
      const { callback } = subscriber
      const result = callback(snapshot, new Delivery(snapshot.version, missed, subscriber.id))
      if (result !== undefined && typeof result.then === 'function') subscriber.await(result)
    } catch {
      subscriber.errors += 1
    }
    if (!outer) this.#release()
  }

  /** Adds a subscriber and replays it the newest version. */
  subscribe(callback) {
    this.#ids += 1
    const subscriber = new Subscriber(this, this.#ids, callback)
    subscriber.slot = this.#callbacks.length
    this.#callbacks.push(callback)
    this.#subscribers.push(subscriber)
    this.#size += 1
    this.deliver(subscriber, this.snapshot, 0)
    return subscriber
  }

  replace({ slot }, callback) {
    if (slot !== NOBODY) this.#callbacks[slot] = callback
  }

  /** How many versions a subscriber was told, but for the one that was replayed to it. */
  toldTo({ slot, since, until }) {
    return Math.max(0, Math.min(until, this.#told - (slot > this.#turn ? 1 : 0) - since))
  }

  /** Leaves a hole, so that the order stays. Holes are closed once they are the larger part, while nobody walks. */
  remove(subscriber) {
    const { slot } = subscriber
    if (slot === NOBODY) return
    subscriber.until = this.toldTo(subscriber)
    subscriber.slot = NOBODY
    this.#callbacks[slot] = undefined
    this.#subscribers[slot] = undefined
    this.#size -= 1
    const holes = this.#callbacks.length - this.#size
    if (!this.#telling && holes >= HOLES_MIN && holes > this.#size) this.#closeHoles()
  }

  #closeHoles() {
    let end = 0
    for (const subscriber of this.#subscribers) {
      if (subscriber === undefined) continue
      this.#callbacks[end] = this.#callbacks[subscriber.slot]
      this.#subscribers[end] = subscriber
      subscriber.slot = end
      end += 1
    }
    this.#callbacks.length = end
    this.#subscribers.length = end
  }
}
