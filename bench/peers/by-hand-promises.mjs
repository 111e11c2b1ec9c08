/**
 * By hand as well, but with what Headgate promises: frozen state and snapshot, both times, a version, exact counts
 * for each subscriber, one `try` around the walk, `missed`, a delivery object, a queue for what is written from
 * inside a callback. Written out for each case, as fast as we can make it: the limit that the guarantees leave.
 *
 * What a user of a library writes is written here as there: a changed copy is a spread, for example. A literal, as in
 * by-hand.mjs, is cheaper, but what it saves is not a promise.
 *
 * It has no options, no checks of arguments, no other policy, no observables, no metrics.
 */
import { produce } from 'immer'
import { Entities } from './by-hand-promises/entities.mjs'
import { Versions } from './by-hand-promises/versions.mjs'

const HISTORY_MAX = 64

export default {
  name: 'by hand, the same promises',
  reference: true,
  keepsSnapshots: true,

  scalars(initial) {
    const versions = new Versions(Object.freeze({ ...initial }))
    return {
      write: (n) => versions.commit(Object.freeze({ ...versions.snapshot.state, a: n })),
      snapshot: () => versions.snapshot,
      a: ({ state }) => state.a,
    }
  },

  scalarRecipe(initial) {
    const versions = new Versions(Object.freeze({ ...initial }))
    return {
      write: (n) =>
        versions.commit(
          produce(versions.snapshot.state, (draft) => {
            draft.a = n
          }),
        ),
      snapshot: () => versions.snapshot,
      a: ({ state }) => state.a,
    }
  },

  entities: (records) => entities(records, (entity, n) => Object.freeze({ ...entity, x: n })),

  entityRecipe: (records) =>
    entities(records, (entity, n) =>
      produce(entity, (draft) => {
        draft.x = n
      }),
    ),

  arrayRecipe(numbers) {
    const versions = new Versions(Object.freeze([...numbers]))
    return {
      write(index, n) {
        const next = [...versions.snapshot.state]
        next[index] = n
        versions.commit(Object.freeze(next))
      },
      snapshot: () => versions.snapshot,
      at: ({ state }, index) => state[index],
    }
  },

  watched() {
    const versions = new Versions(0)
    return {
      write: (n) => versions.commit(n),
      read: () => versions.snapshot.state,
      subscribe(callback) {
        const subscriber = versions.subscribe(callback)
        return () => subscriber.unsubscribe()
      },
    }
  },

  promises() {
    const versions = new Versions(0)
    return { write: (n) => versions.commit(n), subscribe: (consumer) => versions.subscribe(consumer) }
  },

  /** Followers stand by the place of their entity, so a write finds them without asking anyone else. */
  keyed(records) {
    const all = new Entities(records)
    const versions = new Versions(Object.freeze({ robots: all.first }))
    const followers = new Map()
    const queue = []
    let telling = false
    const tell = (place, entity) => {
      for (const follower of followers.get(place) ?? []) {
        try {
          follower.callback?.(entity)
        } catch {
          follower.errors += 1
        }
      }
    }
    return {
      write(id, n) {
        const place = all.placeOf(id)
        const { robots } = versions.snapshot.state
        const entity = Object.freeze({ ...all.at(robots, place), x: n })
        versions.commit(Object.freeze({ robots: all.with(robots, place, entity) }))
        if (telling) {
          queue.push({ place, entity })
          return
        }
        telling = true
        tell(place, entity)
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) tell(next.place, next.entity)
        telling = false
      },
      subscribe(id, callback) {
        const place = all.placeOf(id)
        const follower = { callback, errors: 0 }
        followers.set(place, [...(followers.get(place) ?? []), follower])
        callback(all.at(versions.snapshot.state.robots, place))
        return () => {
          follower.callback = undefined
          const others = followers.get(place).filter((each) => each !== follower)
          if (others.length === 0) followers.delete(place)
          else followers.set(place, others)
        }
      },
    }
  },

  machine() {
    const passes = (event) => event.count > 0
    const table = {
      A: { NEXT: { target: 'B' } },
      B: { NEXT: { target: 'C' } },
      C: { NEXT: { target: 'D', guard: passes } },
      D: { NEXT: { target: 'E' } },
      E: { NEXT: { target: 'A' } },
    }
    const first = {
      current: 'A',
      previous: null,
      context: Object.freeze({}),
      history: Object.freeze([]),
      attempts: 0,
    }
    const versions = new Versions(Object.freeze(first))
    let unhandled = 0
    return {
      send(event) {
        const { current, context, history, attempts } = versions.snapshot.state
        const found = table[current][event.type]
        if (found === undefined || (found.guard !== undefined && !found.guard(event))) {
          unhandled += 1
          return false
        }
        const tsWall = Date.now()
        const tsMono = performance.now()
        const record = Object.freeze({
          from: current,
          to: found.target,
          event: event.type,
          status: 'SUCCESS',
          errorMessage: '',
          tsWall,
          tsMono,
        })
        const records = [...history]
        if (records.length === HISTORY_MAX) records.shift()
        records.push(record)
        versions.commit(
          Object.freeze({
            current: found.target,
            previous: current,
            context,
            history: Object.freeze(records),
            attempts: attempts + 1,
          }),
          tsWall,
          tsMono,
        )
        return true
      },
      state: () => versions.snapshot.state.current,
      unhandled: () => unhandled,
    }
  },

  /** One window on the newest versions, shared by all who are busy: each has the number of the version it is at. */
  bounded({ buffers, capacity, takes }) {
    const versions = new Versions(0)
    const ring = new Array(capacity).fill(versions.snapshot)
    const consumers = Array.from({ length: buffers }, () => ({ next: 1, dropped: 0 }))
    const catchUp = (consumer) => {
      const oldest = versions.commits - capacity + 1
      if (consumer.next >= oldest) return
      consumer.dropped += oldest - consumer.next
      consumer.next = oldest
    }
    const take = (consumer) => {
      catchUp(consumer)
      if (consumer.next > versions.commits) return undefined
      const snapshot = ring[consumer.next % capacity]
      consumer.next += 1
      return snapshot
    }
    return {
      publish(first, count) {
        let hash = 0
        for (let value = first; value < first + count; value += 1) {
          const snapshot = versions.commit(value)
          ring[snapshot.version % capacity] = snapshot
          if (takes) for (const consumer of consumers) hash = (hash * 31 + take(consumer).state) | 0
        }
        return hash
      },
      dropped: () =>
        consumers.map((consumer) => {
          catchUp(consumer)
          return consumer.dropped
        }),
      drain: () =>
        consumers.map((consumer) => {
          const values = []
          for (let next = take(consumer); next !== undefined; next = take(consumer)) values.push(next.state)
          return values
        }),
    }
  },
}

function entities(records, change) {
  const all = new Entities(records)
  const versions = new Versions(Object.freeze({ robots: all.first }))
  return {
    write(id, n) {
      const place = all.placeOf(id)
      const { robots } = versions.snapshot.state
      versions.commit(Object.freeze({ robots: all.with(robots, place, change(all.at(robots, place), n)) }))
    },
    snapshot: () => versions.snapshot,
    x: ({ state }, id) => all.at(state.robots, all.placeOf(id)).x,
  }
}
