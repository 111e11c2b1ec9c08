/** A store: each subscriber has a mailbox of its own. An item is a write, with its snapshot and its version. */
import { buffer, createStore } from '../../dist/esm/index.js'

export function open({ buffers, capacity, takes }) {
  const policy = buffer({ capacity, overflow: 'drop-oldest' })
  return takes ? openStreams(buffers, policy) : openBusy(buffers, policy)
}

/** Subscribers that never finish what the replay gave them, so that everything after it has to wait. */
function openBusy(buffers, policy) {
  const store = createStore(0)
  const held = Array.from({ length: buffers }, () => [])
  const handles = held.map((values) =>
    store.subscribe(() => new Promise(() => {}), {
      policy,
      onDrop: ({ snapshot, reason }) => {
        if (reason === 'unsubscribed') values.push(snapshot.state)
      },
    }),
  )
  return {
    publish(first, count) {
      for (let value = first; value < first + count; value += 1) store.set(value)
      return 0
    },
    dropped: () => handles.map((handle) => handle.stats().dropped),
    drain() {
      for (const handle of handles) handle.unsubscribe()
      return held
    },
  }
}

/** Streams that are polled: each poll is demand for one. */
function openStreams(buffers, policy) {
  const store = createStore(0)
  const streams = Array.from({ length: buffers }, () => store.stream({ policy, replay: false }))
  return {
    publish(first, count) {
      let hash = 0
      for (let value = first; value < first + count; value += 1) {
        store.set(value)
        for (const stream of streams) hash = (hash * 31 + stream.poll().state) | 0
      }
      return hash
    },
    dropped: () => streams.map((stream) => stream.stats().dropped),
    drain: () =>
      streams.map((stream) => {
        const values = []
        for (let next = stream.poll(); next !== undefined; next = stream.poll()) values.push(next.state)
        return values
      }),
  }
}
