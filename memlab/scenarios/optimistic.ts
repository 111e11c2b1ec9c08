/** Writes that are shown before they are decided, of a mirror that lives on, and mirrors that showed some. */
import { asyncScheduler, type SchedulerLike, Subscription } from 'rxjs'
import { createStore, type Draft } from '../../src/index.ts'
import { type Mirror, mirror, type SyncSocket, serve, socketPair } from '../../src/sync/index.ts'
import { type Claim, turn, type Witness } from '../support/scenario.ts'

export const claim =
  'A write that was shown and is decided leaves nothing, nor does a mirror that is closed while it shows one.'

export const noGrowth =
  'each operation makes keys of weak maps, whose tables come and go by a hundred bytes an operation'

interface State {
  tick: number
}

const HOUR_MS = 3_600_000
/** The first beat of a mirror, and those that a server tells of. */
const BEATS_MS = [5_000, HOUR_MS]
const TIMEOUT_MS = HOUR_MS - 1

/** Time without heartbeats: a timer that takes the place of another between two snapshots would count as left. */
const beatless: SchedulerLike = {
  now: () => asyncScheduler.now(),
  schedule: (work, delay = 0, state) =>
    BEATS_MS.includes(delay)
      ? new Subscription()
      : asyncScheduler.schedule(work as never, delay, state as never), // the types of RxJS name two forms of work
}

const served = () => {
  const store = createStore<State>({ tick: 0 })
  const server = serve(store, {
    historyVersions: 4,
    clientsMax: 1_000_000,
    framesPerSecondMax: 1_000_000,
    scheduler: beatless,
    heartbeatMs: HOUR_MS,
    deadMs: HOUR_MS,
    window: 1_000_000,
    windowBytes: 1_000_000_000,
    authorize: () => ({ read: true, write: true }),
    // Every other one is taken back.
    write: ({ next }) => next.tick % 2 === 0 || 'odd',
  })
  const connect = (): SyncSocket => {
    const [here, there] = socketPair()
    server.accept(here)
    return there
  }
  let tick = 0
  const write = (): void => {
    tick += 2
    store.set({ tick })
  }
  return { store, server, connect, write }
}

const quiet = {
  scheduler: beatless,
  onFault: () => {},
  writesMax: 1_000_000,
  backoffMs: { least: 0, most: 0 },
}
/** As many as a server remembers of a client. */
const RESULTS = 256
const decided = (draft: Draft<State>): void => {
  draft.tick += 2
}
const plus =
  (held: Witness, by: number) =>
  (draft: Draft<State>): void => {
    held.seen += 1
    draft.tick += by
  }

/** The twin's server answers nothing, so what it was asked for stays shown. */
function withoutAnswers(socket: SyncSocket): SyncSocket {
  const { send } = socket
  socket.send = (frame) => {
    if (!String(frame).startsWith('{"t":"write"')) send.call(socket, frame)
  }
  return socket
}

const writes: Claim = {
  name: 'optimistic writes, decided',
  count: 400,
  create({ leak, witness }) {
    const { connect, write } = served()
    const mirrored = mirror<State>(leak ? () => withoutAnswers(connect()) : connect, quiet)
    let asked: Promise<unknown>[] = []
    mirrored.optimistic.subscribe(() => {})
    // What the first answer leaves, its client's mailbox and the results, is there before anybody looks.
    const first = async (): Promise<void> => {
      await mirrored.store.waitFor(() => true)
      for (let index = 0; index < RESULTS && !leak; index += 1) await mirrored.update(decided)
    }
    const isReady = first()
    return {
      async act(count) {
        await isReady
        for (let index = 0; index < count; index += 1) {
          const options = { optimistic: true, timeoutMs: TIMEOUT_MS, retries: 1_000_000 }
          const result = mirrored.update(plus(witness(), 1 + (index % 2)), options)
          if (!leak) asked.push(result)
          if (index % 10 === 9) await turn()
        }
      },
      async release() {
        await Promise.all(asked)
        asked = []
        // The server remembers the newest writes of a client: others take their place.
        if (!leak) for (let index = 0; index < RESULTS; index += 1) await mirrored.update(decided)
        // What has just run is on the stack of a generator until another one runs.
        await turn()
        await turn()
      },
      write,
    }
  },
}

const mirrors: Claim = {
  name: 'mirrors that show a write, closed',
  create({ leak, witness }) {
    const { store, server, connect, write } = served()
    const kept: unknown[] = [store, server]
    let open: Mirror<State>[] = []
    return {
      async act(count) {
        for (let index = 0; index < count; index += 1) {
          const mirrored = mirror<State>(() => withoutAnswers(connect()), quiet)
          const held = witness()
          mirrored.optimistic.subscribe(() => {
            held.seen += 1
          })
          open.push(mirrored)
          if (leak) kept.push(mirrored)
        }
        await turn()
        for (const each of open.slice(-count)) {
          void each.update(plus(witness(), 2), { optimistic: true, timeoutMs: TIMEOUT_MS })
        }
      },
      async release() {
        if (!leak) for (const mirrored of open) mirrored.close()
        open = []
        await turn()
      },
      write,
    }
  },
}

export const claims: readonly Claim[] = [writes, mirrors]
