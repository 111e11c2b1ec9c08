/** What a mirror does with each frame and each silence, told by a server that is written by hand. */
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { VirtualTimeScheduler } from 'rxjs'
import { buffer } from '../../src/index.ts'
import {
  browserSocket,
  linkTo,
  type Mirror,
  type MirrorOptions,
  mirror,
  type SyncSocket,
} from '../../src/sync/index.ts'
import { turn } from './support/bench.ts'
import { endAfterEach } from './support/ends.ts'
import { chunksOf, deltaOf, type Frame, HandServer } from './support/hand-written.ts'

const after = endAfterEach()
afterEach(() => void jest.restoreAllMocks())

interface Counter {
  readonly n: number
}

const toSeven = (draft: { n: number }): void => {
  draft.n = 7
}

class Time {
  readonly scheduler = new VirtualTimeScheduler()

  /** Lets time pass, and what follows from it. */
  async pass(ms: number): Promise<void> {
    const to = this.scheduler.frame + ms
    this.scheduler.maxFrames = to
    this.scheduler.flush()
    this.scheduler.frame = to
    await turn()
  }
}

function mirrored(
  connect: (time: Time) => SyncSocket,
  options: MirrorOptions = {},
): { one: Mirror<Counter>; status: () => string; faults: string[]; time: Time } {
  const time = new Time()
  const faults: string[] = []
  const one = mirror<Counter>(() => connect(time), {
    clientId: 'one',
    backoffMs: { least: 0, most: 0 },
    scheduler: time.scheduler,
    onFault: ({ error }) => void faults.push((error as Error).message),
    ...options,
  })
  let status = ''
  one.status$.subscribe((now) => {
    status = now
  })
  after(() => one.close())
  return { one, status: () => status, faults, time }
}

/** A mirror that has version 0, of a server that has heard what was to be heard of it. */
async function live(options?: MirrorOptions) {
  const server = new HandServer()
  const made = mirrored(server.connect, options)
  await server.welcome()
  await server.say(...chunksOf(0))
  server.take()
  return { server, ...made }
}

const hello = (resume?: object) => ({
  t: 'hello',
  protocol: 1,
  clientId: 'one',
  ...(resume !== undefined && { resume }),
})

describe('a delta', () => {
  test('is applied to the version that it is from, and acknowledged', async () => {
    const { server, one } = await live()
    await server.say(deltaOf(0, 3))
    expect(one.store.snapshot).toMatchObject({ version: 3, state: { n: 3 } })
    expect(server.take()).toEqual([{ t: 'ack', version: 3 }])
  })

  test('from an older version is passed over, and acknowledged', async () => {
    const { server, one } = await live()
    await server.say(deltaOf(0, 3), deltaOf(0, 2), deltaOf(0, 3))
    expect(one.store.snapshot).toMatchObject({ version: 3, state: { n: 3 } })
    expect(server.take().map(({ t }) => t)).toEqual(['ack', 'ack', 'ack'])
    expect(one.resyncs).toEqual({ damaged: 0, epoch: 0, gap: 0 })
  })

  test('from a newer version is not applied: what is missing is asked for', async () => {
    const { server, one } = await live()
    await server.say(deltaOf(2, 3))
    expect(one.store.state).toEqual({ n: 0 })
    expect(server.take()).toEqual([hello({ epoch: 'one', version: 0 })])
    expect(one.resyncs).toEqual({ damaged: 0, epoch: 0, gap: 1 })
    await server.welcome({ mode: 'resume', version: 3 })
    await server.say(deltaOf(0, 3))
    expect(one.store.snapshot).toMatchObject({ version: 3, state: { n: 3 } })
  })

  test('that leads nowhere changes nothing: a state is asked for', async () => {
    const { server, one, faults } = await live()
    await server.say({ ...deltaOf(0, 1), ops: [{ op: 'remove', path: '/nobody' }] })
    expect(one.store.snapshot).toMatchObject({ version: 0, state: { n: 0 } })
    expect(server.take()).toEqual([hello()])
    expect(one.resyncs).toEqual({ damaged: 1, epoch: 0, gap: 0 })
    expect(faults).toEqual([expect.stringContaining('/nobody')])
    await server.welcome({ version: 4 })
    await server.say(...chunksOf(4))
    expect(one.store.snapshot).toMatchObject({ version: 4, state: { n: 4 } })
  })

  test('that was under way when a state was asked for asks for nothing', async () => {
    const { server, one } = await live()
    const bad = { ...deltaOf(0, 1), ops: [{ op: 'remove', path: '/nobody' }] }
    await server.say(bad, deltaOf(1, 2), deltaOf(2, 3))
    expect(server.take()).toEqual([hello()])
    expect(one.resyncs).toEqual({ damaged: 1, epoch: 0, gap: 0 })
    await server.welcome({ version: 4 })
    await server.say(...chunksOf(4), deltaOf(4, 5))
    expect(one.store.snapshot).toMatchObject({ version: 5, state: { n: 5 } })
  })
})

describe('a token', () => {
  test('that fails late is of a connection that is gone: the next one stays', async () => {
    const server = new HandServer()
    let fail = (_error: Error): void => {}
    const tokens = [new Promise<string>((_, reject) => (fail = reject)), 'second']
    const made = mirrored(server.connect, { token: () => tokens.shift() ?? 'third' })
    server.sockets[0]?.close(1006, 'cut')
    await turn()
    await made.time.pass(0)
    await server.welcome()
    await server.say(...chunksOf(0))
    fail(new Error('late'))
    await turn()
    await made.time.pass(0)
    expect([made.status(), server.sockets.length]).toEqual(['live', 2])
    expect(server.take().filter(({ t }) => t === 'hello')).toEqual([{ ...hello(), token: 'second' }])
  })

  test.each(['comes', 'fails'] as const)(
    'that %s after its mirror is closed changes nothing',
    async (what) => {
      const server = new HandServer()
      const time = new Time()
      const link = linkTo(server.connect, { scheduler: time.scheduler, backoffMs: { least: 0, most: 0 } })
      const others = ['a', 'b'].map((store) => link.mirror(store, { onFault: () => {} }))
      after(() => {
        for (const other of others) other.close()
      })
      let settle = (): void => {}
      const token = new Promise<string>((resolve, reject) => {
        settle = () => (what === 'comes' ? resolve('late') : reject(new Error('late')))
      })
      const closed = link.mirror('c', { token: () => token, onFault: () => {} })
      closed.close()
      settle()
      await turn()
      await time.pass(0)
      expect(server.sockets).toHaveLength(1)
      expect(server.take().filter(({ t, store }) => t === 'hello' && store === 'c')).toEqual([])
    },
  )
})

describe('whoever is told of a fault', () => {
  test.each(['token', 'bye'] as const)('may close the mirror: no timer is left of it (%s)', async (what) => {
    const server = new HandServer()
    const time = new Time()
    const link = linkTo(server.connect, { scheduler: time.scheduler, backoffMs: { least: 0, most: 0 } })
    const others = ['a', 'b'].map((store) => link.mirror(store, { onFault: () => {} }))
    after(() => {
      for (const other of others) other.close()
    })
    let asked = 0
    const refuse = (): Promise<string> => {
      asked += 1
      return Promise.reject(new Error('no'))
    }
    const token = what === 'token' ? refuse : undefined
    const closed = link.mirror('c', { token, onFault: () => closed.close() })
    await turn()
    if (what === 'bye') await server.say({ t: 'bye', store: 'c', code: 'UNAUTHORIZED', message: 'no' })
    await time.pass(0)
    expect([server.sockets.length, asked]).toEqual([1, what === 'token' ? 1 : 0])
    const said = server.take().filter(({ store }) => store === 'c')
    expect(said.map(({ t }) => t)).toEqual(what === 'token' ? ['leave'] : ['hello', 'leave'])
  })
})

describe('a link', () => {
  test('sets no timer that would be due at once, whatever heartbeat a server names', async () => {
    const server = new HandServer()
    const made = mirrored(server.connect)
    const schedule = jest.spyOn(made.time.scheduler, 'schedule')
    await server.welcome({ heartbeatMs: 1e12 })
    await made.time.pass(5_000)
    expect(schedule.mock.calls.map(([, ms]) => ms)).toContain(2 ** 31 - 1)
    expect(schedule.mock.calls.filter(([, ms = 0]) => ms >= 2 ** 31)).toEqual([])
  })

  test('that is given a mirror while it tells that it is lost opens one socket', async () => {
    const server = new HandServer()
    const time = new Time()
    const link = linkTo(server.connect, { scheduler: time.scheduler, backoffMs: { least: 0, most: 0 } })
    const open = ['a', 'b'].map((store) => link.mirror(store, { onFault: () => {}, clientId: store }))
    after(() => {
      for (const each of open) each.close()
    })
    await server.welcome({ store: 'a' })
    await server.say(...chunksOf(0).map((chunk) => ({ ...chunk, store: 'a' })))
    open[0]?.status$.subscribe((status) => {
      if (status === 'stale') open.push(link.mirror('c', { onFault: () => {}, clientId: 'c' }))
    })
    server.take()
    server.sockets[0]?.close(1006, 'cut')
    await turn()
    await time.pass(0)
    expect(server.sockets).toHaveLength(2)
    expect(server.take().map(({ t, store }) => `${t} ${store}`)).toEqual(['hello a', 'hello b', 'hello c'])
  })
})

describe('a state', () => {
  test('is adopted when its last chunk is there, each acknowledged', async () => {
    const { server, one } = await live()
    await server.welcome({ version: 5 })
    const [first, second, third] = chunksOf(5, 3) as [Frame, Frame, Frame]
    await server.say(first, second)
    expect(one.store.snapshot.version).toBe(0)
    await server.say(third)
    expect(one.store.snapshot).toMatchObject({ version: 5, state: { n: 5 } })
    expect(server.take()).toEqual([0, 1, 2].map((index) => ({ t: 'ack', version: 5, index })))
  })

  test.each<[what: string, send: (server: HandServer) => Promise<void>]>([
    ['a chunk that was left out', (server) => server.say(...chunksOf(5, 3).filter((_, at) => at !== 1))],
    [
      'a chunk of another version',
      (server) => server.say(...chunksOf(5, 2).slice(0, 1), ...chunksOf(6, 2).slice(1)),
    ],
    [
      'a text that is no JSON',
      (server) => server.say(...chunksOf(5).map((chunk) => ({ ...chunk, text: '{"n"' }))),
    ],
  ])('with %s is not adopted: another one is asked for', async (_, send) => {
    const { server, one } = await live()
    await send(server)
    expect(one.store.snapshot).toMatchObject({ version: 0, state: { n: 0 } })
    expect(one.resyncs.damaged).toBe(1)
    expect(server.take().at(-1)).toEqual(hello())
  })

  test('of which a part has come when the connection is lost is not gone on with', async () => {
    const { server, one, time } = await live()
    await server.welcome({ version: 5 })
    await server.say(...chunksOf(5, 2).slice(0, 1))
    server.sockets[0]?.close(1006, 'cut')
    await turn()
    await time.pass(0)
    await server.welcome({ version: 5 })
    await server.say(...chunksOf(5, 2).slice(1))
    expect(one.store.snapshot.version).toBe(0)
    expect(one.resyncs.damaged).toBe(1)
  })
})

describe('an acknowledgement', () => {
  /** A mirror of a server that lets it have so much unacknowledged. */
  async function lent(window: number, windowBytes: number) {
    const server = new HandServer()
    const made = mirrored(server.connect)
    await server.welcome({ window, windowBytes })
    await server.say(...chunksOf(0))
    server.take()
    return { server, ...made }
  }

  test('stands for the deltas of 20 ms', async () => {
    const { server, one, time } = await lent(100, 1_000_000)
    await server.say(deltaOf(0, 1), deltaOf(1, 2))
    await time.pass(19)
    expect([one.store.state, server.take()]).toEqual([{ n: 2 }, []])
    await time.pass(1)
    expect(server.take()).toEqual([{ t: 'ack', version: 2 }])
    await time.pass(100)
    expect(server.take()).toEqual([])
  })

  test.each<[string, number, number, number]>([
    ['half of the frames', 8, 1_000_000, 4],
    ['half of the bytes', 1_000, 4 * JSON.stringify(deltaOf(0, 1)).length - 1, 2],
    ['a window of one', 1, 1_000_000, 1],
  ])('waits for no more than a server may wait for: %s', async (_what, window, windowBytes, due) => {
    const { server } = await lent(window, windowBytes)
    for (let version = 1; version < due; version += 1) await server.say(deltaOf(version - 1, version))
    expect(server.take()).toEqual([])
    await server.say(deltaOf(due - 1, due))
    expect(server.take()).toEqual([{ t: 'ack', version: due }])
  })

  test('of a chunk waits for nothing', async () => {
    const { server } = await lent(100, 1_000_000)
    await server.say(...chunksOf(5, 3))
    expect(server.take()).toEqual([0, 1, 2].map((index) => ({ t: 'ack', version: 5, index })))
  })

  test('is for the connection that brought the frame, and no other', async () => {
    const { server, time } = await lent(100, 1_000_000)
    await server.say(deltaOf(0, 1))
    server.sockets[0]?.close(1006, 'cut')
    await turn()
    await time.pass(100)
    expect(server.take()).toEqual([hello({ epoch: 'one', version: 1 })])
  })

  test('is what a server waits for, or is given up', async () => {
    const { server, one, faults, time } = await lent(2, 1_000_000)
    const handle = one.store.subscribe(() => new Promise(() => {}), {
      policy: buffer({ capacity: 1, overflow: 'suspend' }),
    })
    await server.say(...[1, 2, 3].map((version) => deltaOf(version - 1, version)))
    expect([server.sockets.length, faults]).toEqual([1, []])
    await server.say(deltaOf(3, 4))
    await time.pass(1)
    expect(server.sockets).toHaveLength(2)
    expect(faults).toEqual([expect.stringContaining('more frames came than a window has')])
    handle.unsubscribe()
  })
})

describe('a connection', () => {
  test('is tried again after a random time, of up to twice as long each time', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0.5)
    const at: number[] = []
    const { time, faults } = mirrored(
      ({ scheduler }) => {
        at.push(scheduler.frame)
        throw new Error('nobody there')
      },
      { backoffMs: { least: 100, most: 1_000 } },
    )
    await time.pass(2_500)
    expect(at).toEqual([0, 100, 300, 700, 1_200, 1_700, 2_200])
    expect(faults).toHaveLength(at.length)
  })

  test('that stands is no reason to wait less the next time; a welcome is', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0.5)
    const server = new HandServer()
    const { time } = mirrored(server.connect, { backoffMs: { least: 100, most: 10_000 } })
    const waits: number[] = []
    const lose = async (): Promise<void> => {
      const { length } = server.sockets
      const { frame } = time.scheduler
      server.sockets.at(-1)?.close(1006, 'cut')
      await turn()
      while (server.sockets.length === length) await time.pass(10)
      waits.push(time.scheduler.frame - frame)
    }
    for (let times = 0; times < 3; times += 1) await lose()
    await server.welcome()
    for (let times = 0; times < 2; times += 1) await lose()
    expect(waits).toEqual([100, 200, 400, 50, 100])
  })

  test('lives while any frame comes, a chunk of a long state too, and is given up when none does', async () => {
    const { server, status, time, faults } = await live()
    const signs = [{ t: 'ping', at: 1 }, { t: 'unheard-of' }, ...chunksOf(7, 9).slice(0, 8)]
    for (const sign of signs) {
      await time.pass(2_999)
      await server.say(sign)
    }
    expect([server.sockets.length, status()]).toEqual([1, 'live'])
    await time.pass(4_000)
    expect(faults).toEqual([expect.stringContaining('nothing was heard of the server')])
    expect([server.sockets.length, status()]).toEqual([2, 'stale'])
  })

  test('that was given up is not heard any more, whatever its socket still tells', async () => {
    const left: SyncSocket[] = []
    const { one, status, time } = mirrored(() => {
      // As `ws` does it: what was read before the end is told after it.
      const socket: SyncSocket = {
        send: () => {},
        close: () => {},
        bufferedBytes: 0,
        onFrame: () => {},
        onClose: () => {},
      }
      left.push(socket)
      return socket
    })
    const tell = (socket: SyncSocket | undefined, ...frames: readonly object[]): void => {
      for (const frame of frames) socket?.onFrame(JSON.stringify(frame))
    }
    const welcome = {
      t: 'welcome',
      epoch: 'one',
      mode: 'snapshot',
      version: 0,
      heartbeatMs: 1_000,
      window: 8,
    }
    const grant = { read: true, write: false }
    tell(left[0], { ...welcome, grant }, ...chunksOf(0))
    left[0]?.onClose(1006)
    await time.pass(0)
    expect(left).toHaveLength(2)
    tell(left[0], deltaOf(0, 1), { t: 'bye', code: 'DESTROYED', message: 'late' })
    left[0]?.onClose(1006)
    expect([one.store.snapshot.version, status(), left.length]).toEqual([0, 'stale', 2])
  })
  test('that was over before anybody listened is tried again', async () => {
    const server = new HandServer()
    const closed = {
      readyState: 3,
      bufferedAmount: 0,
      binaryType: '',
      send: () => {},
      close: () => {},
      addEventListener: () => {},
    }
    let opened = 0
    const { time } = mirrored(() => {
      opened += 1
      return opened === 1 ? browserSocket(closed) : server.connect()
    })
    await turn()
    await time.pass(0)
    expect([opened, server.take().map(({ t }) => t)]).toEqual([2, ['hello']])
  })
})

describe('a mirror that asks again', () => {
  test.each([
    ['as it was sent too much', { t: 'bye', store: '', code: 'OVERFLOW', message: 'full' }],
    ['as a version is missing', deltaOf(5, 6)],
  ])('writes nothing until it is welcome: %s', async (_, frame) => {
    const { server, one, status } = await live()
    await server.say(frame)
    expect(status()).toBe('stale')
    const written = one.update(toSeven)
    await turn()
    expect(server.take().map(({ t }) => t)).toEqual(['hello'])
    await server.welcome({ mode: 'resume' })
    const [{ t, id } = {}] = server.take()
    expect([status(), t]).toEqual(['live', 'write'])
    await server.say({ t: 'result', store: '', id, ok: false, reason: 'refused', version: 0, message: 'no' })
    expect(await written).toMatchObject({ reason: 'refused' })
  })

  test('may be closed by whoever is told that it is stale', async () => {
    const { server, one } = await live()
    one.status$.subscribe((status) => {
      if (status === 'stale') one.close()
    })
    await server.say({ t: 'bye', store: '', code: 'OVERFLOW', message: 'full' })
    expect(server.take()).toEqual([])
  })
})

describe('of mirrors that share a connection', () => {
  /** Two that are live, of one link. */
  async function shared(): Promise<{ server: HandServer; time: Time; mirrors: Mirror<Counter>[] }> {
    const server = new HandServer()
    const time = new Time()
    const link = linkTo(server.connect, { scheduler: time.scheduler, backoffMs: { least: 0, most: 0 } })
    const mirrors = ['a', 'b'].map((store) => link.mirror<Counter>(store, { onFault: () => {} }))
    after(() => {
      for (const each of mirrors) each.close()
    })
    for (const store of ['a', 'b']) {
      await server.welcome({ store })
      await server.say({ ...(chunksOf(0)[0] as Frame), store })
    }
    server.take()
    return { server, time, mirrors }
  }

  test('none knows whose frame the server could not read: none is refused, and none sends it again', async () => {
    const { server, time, mirrors } = await shared()
    const written = mirrors.map((each) => each.update(toSeven))
    await turn()
    await server.say({ t: 'bye', code: 'PROTOCOL_INVALID', message: 'a frame is too long' })
    expect(await Promise.all(written)).toEqual(
      ['a', 'b'].map(() => ({ committed: false, reason: 'timeout', version: 0 })),
    )
    server.take()
    await time.pass(0)
    expect(server.sockets).toHaveLength(2)
    for (const store of ['a', 'b']) await server.welcome({ store, mode: 'resume' })
    expect(server.take().map(({ t, store }) => [t, store])).toEqual([
      ['hello', 'a'],
      ['hello', 'b'],
    ])
  })

  test('one that is closed by whoever is told that it is stale does not ask again', async () => {
    const { server, time, mirrors } = await shared()
    const [one] = mirrors as [Mirror<Counter>]
    one.status$.subscribe((status) => {
      if (status === 'stale') one.close()
    })
    await server.say({ t: 'bye', store: 'a', code: 'UNAUTHORIZED', message: 'no' })
    await time.pass(10_000)
    expect(server.take().filter(({ t, store }) => t === 'hello' && store === 'a')).toEqual([])
  })
})
