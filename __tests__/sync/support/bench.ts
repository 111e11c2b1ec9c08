import { filter, firstValueFrom } from 'rxjs'
import { createStore, type Store } from '../../../src/index.ts'
import {
  type Mirror,
  type MirrorOptions,
  type MirrorStatus,
  mirror,
  type ServeOptions,
  type SyncServer,
  type SyncSocket,
  serve,
  socketPair,
} from '../../../src/sync/index.ts'

export interface Robot {
  x: number
  log: string[]
}

/** Sets the place of a robot. */
export const to =
  (x: number) =>
  (draft: Robot): void => {
    draft.x = x
  }

/** A store that is served, and what connects to it over sockets of this process. */
export class Bench<S> {
  readonly server: SyncServer
  readonly store: Store<S>
  /** The server's ends of the sockets, oldest first. */
  readonly sockets: SyncSocket[] = []
  readonly #mirrors: Mirror<S>[] = []

  constructor(store: Store<S>, options?: ServeOptions<S>) {
    this.store = store
    this.server = serve(store, options)
    benches.push(this)
  }

  /** Opens a socket; the client's end is returned. */
  connect(): SyncSocket {
    const [here, there] = socketPair()
    this.sockets.push(here)
    this.server.accept(here)
    return there
  }

  mirror(options?: MirrorOptions, connect = (): SyncSocket => this.connect()): Mirror<S> {
    const made = mirror<S>(connect, {
      backoffMs: { least: 0, most: 0 },
      onFault: () => {},
      ...options,
    })
    this.#mirrors.push(made)
    return made
  }

  /** Cuts the newest socket. */
  cut(): void {
    this.sockets.at(-1)?.close(1006, 'cut')
  }

  close(): void {
    for (const each of this.#mirrors) each.close()
    this.server[Symbol.dispose]()
    this.store.destroy()
  }
}

const benches: { close(): void }[] = []

/** Ends what tests have begun; for `afterEach`. */
export function closeBenches(): void {
  for (const bench of benches.splice(0)) bench.close()
}

export const robot = (options?: ServeOptions<Robot>): Bench<Robot> =>
  new Bench(createStore<Robot>({ x: 0, log: [] }), options)

export const writable = (options?: ServeOptions<Robot>): Bench<Robot> =>
  robot({ authorize: () => ({ read: true, write: true }), ...options })

/** Resolves with the state of a version when a mirror has it. */
export async function versionOf<S>({ store }: Mirror<S>, version: number): Promise<S> {
  const { state } = await store.waitFor((_state, snapshot) => snapshot.version === version, {
    timeoutMs: 20_000,
  })
  return state as S
}

/** Resolves when a mirror has a status. */
export const statusOf = <S>({ status$ }: Mirror<S>, status: MirrorStatus): Promise<MirrorStatus> =>
  firstValueFrom(status$.pipe(filter((each) => each === status)))

/** Lets everything run that waits for nothing but its turn. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Resolves when something is so: what happens by sockets has no event of its own. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1))
}
