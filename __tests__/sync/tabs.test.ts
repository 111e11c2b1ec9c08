/** What tabs do, in one process: Node has a BroadcastChannel, and the locks are made here. Chromium is in browser.system.test.ts. */
import { describe, expect, test } from '@jest/globals'
import { createStore, type Store } from '../../src/index.ts'
import {
  acceptBroadcast,
  broadcastSocket,
  type Mirror,
  mirror,
  type OpenedStore,
  type SharedStore,
  type ShareOptions,
  type SyncServer,
  serve,
  shareTabs,
} from '../../src/sync/index.ts'
import { type Robot, statusOf, to, until, versionOf } from './support/bench.ts'
import { endAfterEach } from './support/ends.ts'

const ends = endAfterEach()
let names = 0
const newName = (): string => {
  names += 1
  return `tabs-${process.pid}-${names}`
}

function served(store: Store<Robot> = createStore<Robot>({ x: 0, log: [] })): {
  store: Store<Robot>
  server: SyncServer
} {
  const server = serve(store, { authorize: () => ({ read: true, write: true }) })
  ends(
    () => store.destroy(),
    () => server[Symbol.dispose](),
  )
  return { store, server }
}

function mirrorOf(name: string): Mirror<Robot> {
  const made = mirror<Robot>(() => broadcastSocket(name), {
    backoffMs: { least: 0, most: 0 },
    onFault: () => {},
  })
  ends(() => made.close())
  return made
}

describe('broadcastSocket', () => {
  test('waits for who serves, and carries mirrors and their writes', async () => {
    const name = newName()
    const [one, other] = [mirrorOf(name), mirrorOf(name)]
    const { store, server } = served()
    ends(acceptBroadcast(server, name))
    await Promise.all([versionOf(one, 0), versionOf(other, 0)])
    expect(await one.update(to(1))).toEqual({ committed: true, version: 1 })
    expect(await versionOf(other, 1)).toEqual({ x: 1, log: [] })
    one.close()
    await until(() => server.metrics().connections === 1)
    store.destroy()
    expect(await statusOf(other, 'closed')).toBe('closed')
  })

  test('goes over to who serves next, also where the one before said nothing', async () => {
    const name = newName()
    const one = mirrorOf(name)
    const [first, next] = [served(), served()]
    ends(acceptBroadcast(first.server, name))
    await versionOf(one, 0)
    const stop = acceptBroadcast(next.server, name)
    await until(() => next.server.clients.length === 1)
    // Whoever served before serves nobody any more.
    await until(() => first.server.metrics().connections === 0)
    expect(await one.update(to(5))).toMatchObject({ committed: true })
    expect([first.store.state.x, next.store.state.x]).toEqual([0, 5])
    stop()
    await statusOf(one, 'stale')
  })

  test('is nothing to those who say other things on the channel, or serve others', async () => {
    const name = newName()
    const { server } = served()
    ends(acceptBroadcast(server, name))
    const one = mirrorOf(name)
    await versionOf(one, 0)
    const stranger = new BroadcastChannel(name)
    ends(() => stranger.close())
    for (const said of [
      null,
      'hello',
      { headgate: 'frame', by: 'client', client: 'nobody', server: 'nobody', frame: 'x' },
      { headgate: 'close', by: 'server', client: one.clientId, server: 'another', code: 1000 },
      { headgate: 'unknown' },
    ]) {
      stranger.postMessage(said)
    }
    expect(await one.update(to(1))).toMatchObject({ committed: true })
    expect(server.metrics()).toMatchObject({ accepted: 1, connections: 1, protocolErrors: 0 })
  })

  test('finds nobody behind a server that is closed', async () => {
    const name = newName()
    const { server } = served()
    ends(acceptBroadcast(server, name))
    server[Symbol.dispose]()
    const socket = broadcastSocket(name)
    const code = new Promise((resolve) => {
      socket.onClose = resolve
    })
    expect(await code).toBe(1001)
  })
})

/** Locks as a browser has them: one holds, the others wait in order. */
class FakeLocks {
  #last: Promise<unknown> = Promise.resolve()

  request(_name: string, { signal }: { signal: AbortSignal }, held: () => Promise<void>): Promise<void> {
    const before = this.#last
    const aborted = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason))
      if (signal.aborted) reject(signal.reason)
    })
    let isHeld = false
    const run = Promise.race([before, aborted]).then(() => {
      isHeld = true
      return held()
    })
    // Who gives up waiting lets those behind wait for the one before.
    this.#last = run.catch(() => (isHeld ? undefined : before))
    return run
  }
}

describe('shareTabs', () => {
  function withLocks(): void {
    const platform = globalThis as { navigator?: unknown }
    const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator')
    Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { locks: new FakeLocks() } })
    ends(() => {
      if (before === undefined) delete platform.navigator
      else Object.defineProperty(globalThis, 'navigator', before)
    })
  }

  interface Opened extends OpenedStore<Robot> {
    isClosed: boolean
  }

  const markClosed = (one: Opened): void => {
    one.isClosed = true
  }

  function tabs(options: ShareOptions<Robot> = {}) {
    withLocks()
    const name = newName()
    const opened: Opened[] = []
    const openTab = (): SharedStore<Robot> => {
      const tab = shareTabs<Robot>(
        name,
        (last) => {
          const store = createStore<Robot>({ x: last?.state.x ?? 0, log: [] })
          const one: Opened = { store, isClosed: false, close: () => markClosed(one) }
          opened.push(one)
          return one
        },
        { onFault: () => {}, ...options },
      )
      ends(() => tab.close())
      return tab
    }
    return { openTab, opened }
  }

  test('opens one store for all tabs; the next tab goes on with what it has seen', async () => {
    const { openTab, opened } = tabs()
    const [one, two, three] = [openTab(), openTab(), openTab()] as const
    await until(() => one.serves)
    await Promise.all([one, two, three].map((tab) => tab.mirror.store.waitFor(() => true)))
    expect(await two.mirror.update(to(1))).toMatchObject({ committed: true })
    await three.mirror.store.waitFor(({ x }) => x === 1)
    expect([one.serves, two.serves, three.serves, opened.length]).toEqual([true, false, false, 1])

    const { version } = three.mirror.store.snapshot
    await one.close()
    expect([one.serves, opened[0]?.isClosed]).toEqual([false, true])
    await until(() => two.serves)
    await three.mirror.store.waitFor((_state, snapshot) => snapshot.version > version)
    expect(await three.mirror.update(to(2))).toMatchObject({ committed: true })
    expect(opened[1]?.store.state.x).toBe(2)
    await two.mirror.store.waitFor(({ x }) => x === 2)

    // One that waits may go too.
    await three.close()
    expect([two.serves, opened.length]).toEqual([true, 2])
  })

  test('tells of a store that does not open, and tries again', async () => {
    withLocks()
    const faults: unknown[] = []
    let attempts = 0
    const tab = shareTabs<Robot>(
      newName(),
      () => {
        attempts += 1
        if (attempts === 1) throw new Error('the disk is full')
        return {
          store: createStore<Robot>({ x: 0, log: [] }),
          close: () => Promise.reject(new Error('the disk is gone')),
        }
      },
      { retryMs: 0, onFault: ({ error }) => void faults.push(String(error)) },
    )
    ends(() => tab.close())
    await tab.mirror.store.waitFor(() => true)
    await tab.close()
    expect(faults).toEqual(['Error: the disk is full', 'Error: the disk is gone'])
  })

  test('that is closed while it opens, or waits to try again, is over', async () => {
    withLocks()
    let opens: () => void = () => {}
    const slow = shareTabs<Robot>(newName(), async () => {
      await new Promise<void>((resolve) => {
        opens = resolve
      })
      return { store: createStore<Robot>({ x: 0, log: [] }) }
    })
    await until(() => opens.length === 1)
    const over = slow.close()
    opens()
    await over
    expect(slow.serves).toBe(false)

    let attempts = 0
    const unlucky = shareTabs<Robot>(
      newName(),
      () => {
        attempts += 1
        throw new Error('never')
      },
      { retryMs: 1_000_000, onFault: () => {} },
    )
    await until(() => attempts === 1)
    await unlucky.close()
    expect(attempts).toBe(1)
  })

  test('refuses to wait as long as no timer can', () => {
    expect(() => shareTabs('cart', () => ({ store: createStore({}) }), { retryMs: 2 ** 31 })).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        details: expect.objectContaining({ option: 'retryMs' }),
      }),
    )
  })

  test('says so where there are no Web Locks', () => {
    expect(() => shareTabs('cart', () => ({ store: createStore({}) }))).toThrow(
      expect.objectContaining({ code: 'WEB_LOCKS_ABSENT' }),
    )
  })
})
