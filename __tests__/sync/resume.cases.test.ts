/** What a connection that resumes owes its client: the cases of a socket library's tests and issues, R01 to R11. */
import { afterEach, describe, expect, test } from '@jest/globals'
import { buffer } from '../../src/index.ts'
import {
  closeBenches,
  type Robot,
  robot,
  statusOf,
  to,
  turn,
  until,
  versionOf,
  writable,
} from './support/bench.ts'

afterEach(closeBenches)

const versionsOf = ({ store }: ReturnType<ReturnType<typeof robot>['mirror']>): number[] => {
  const versions: number[] = []
  store.subscribe(({ version }) => void versions.push(version), { policy: buffer({ capacity: 100 }) })
  return versions
}

/** Says hello by hand, and hears what comes of it. */
async function hello(bench: ReturnType<typeof robot>, resume?: unknown): Promise<Record<string, unknown>[]> {
  const heard: Record<string, unknown>[] = []
  const socket = bench.connect()
  socket.onFrame = (data) => heard.push(JSON.parse(String(data)))
  socket.send(JSON.stringify({ t: 'hello', protocol: 1, clientId: 'hand', resume }))
  await turn()
  return heard
}

describe('a client that resumes', () => {
  test('R01: gets what it missed in order, or the newest alone, as its policy says', async () => {
    for (const [policy, expected] of [
      [() => buffer({ capacity: 9, overflow: 'error' }), [0, 1, 2, 3]],
      [undefined, [0, 3]],
    ] as const) {
      const bench = robot({ policy })
      const one = bench.mirror()
      await versionOf(one, 0)
      const versions = versionsOf(one)
      bench.cut()
      for (const x of [1, 2, 3]) bench.store.update(to(x))
      await versionOf(one, 3)
      await turn()
      expect(versions).toEqual(expected)
      expect(bench.server.clients).toMatchObject([{ resumes: 1, snapshots: 0 }])
    }
  })

  test('R02: is who it was, and its writes that have no answer are sent again, and done once', async () => {
    const bench = writable()
    const one = bench.mirror({ clientId: 'arm' })
    await versionOf(one, 0)
    const write = one.update((draft) => void draft.log.push('once'))
    bench.cut()
    expect(await write).toMatchObject({ committed: true })
    expect(bench.store.state.log).toEqual(['once'])
    expect(bench.server.clients.map(({ clientId }) => clientId)).toEqual(['arm'])
  })

  test('R03: and has received nothing yet, asks for a state', async () => {
    const bench = robot()
    const one = bench.mirror()
    bench.cut()
    expect(await versionOf(one, 0)).toEqual({ x: 0, log: [] })
    expect(bench.server.clients).toMatchObject([{ resumes: 0, snapshots: 1 }])
  })

  test('R04: gets what came while it was away, also where it had received nothing', async () => {
    const bench = robot()
    const one = bench.mirror()
    bench.cut()
    bench.store.update(to(1))
    expect(await versionOf(one, 1)).toEqual({ x: 1, log: [] })
  })

  test('R05: from a place of a wrong type, gets a state', async () => {
    const bench = robot()
    const epoch = bench.store.instanceId
    for (const resume of [
      123,
      'x',
      null,
      { epoch, version: '0' },
      { epoch: 5, version: 0 },
      { epoch, version: -1 },
    ]) {
      expect([resume, ...(await hello(bench, resume))]).toMatchObject([
        resume,
        { mode: 'snapshot' },
        { t: 'chunk' },
      ])
    }
  })

  test('R06, R07: is always asked for its grant again', async () => {
    let isWithdrawn = false
    const asked: (string | undefined)[] = []
    const bench = robot({
      authorize: ({ token }) => {
        asked.push(token)
        return isWithdrawn ? undefined : { read: true, write: false }
      },
    })
    const one = bench.mirror({ token: () => 'key' })
    await versionOf(one, 0)
    isWithdrawn = true
    bench.cut()
    bench.store.update(to(1))
    await until(() => asked.length > 1)
    await turn()
    expect(asked.every((token) => token === 'key')).toBe(true)
    expect(one.store.state.x).toBe(0)
  })

  test('R08: from another life of the store, gets a state, and counts it', async () => {
    const [first, second] = [robot(), robot()]
    second.store.update(to(7))
    let bench = first
    const one = first.mirror({}, () => bench.connect())
    await versionOf(one, 0)
    bench = second
    first.cut()
    await one.store.waitFor(({ x }: Robot | { readonly x: number }) => x === 7)
    expect(one.resyncs).toEqual({ damaged: 0, epoch: 1, gap: 0 })
    expect(second.server.clients).toMatchObject([{ resumes: 0, snapshots: 1 }])
  })

  test('R09: after a long silence, goes on from the newest version, whatever its age', async () => {
    const bench = robot({ historyVersions: 1 })
    bench.store.update(to(1))
    const version = bench.store.snapshot.version
    const heard = await hello(bench, { epoch: bench.store.instanceId, version })
    expect(heard).toMatchObject([{ t: 'welcome', mode: 'resume', version }])
    expect(heard).toHaveLength(1)
  })

  test('R10: has moved by what carries versions only', async () => {
    const bench = writable()
    const one = bench.mirror()
    await versionOf(one, 0)
    const [socket] = bench.sockets
    for (const frame of [
      { t: 'ping', at: 99 },
      { t: 'result', id: 'nobody', ok: true, version: 99 },
      { t: 'news', version: 99 },
    ]) {
      socket?.send(JSON.stringify(frame))
    }
    await turn()
    bench.cut()
    await statusOf(one, 'stale')
    bench.store.update(to(1))
    await versionOf(one, 1)
    expect(bench.server.clients).toMatchObject([{ resumes: 1, snapshots: 0, deltas: 1 }])
  })

  test('R11: before the server has noticed the loss, takes the place of its older connection', async () => {
    const bench = robot()
    const first = await hello(bench)
    const again = await hello(bench, { epoch: bench.store.instanceId, version: 0 })
    expect(again).toMatchObject([{ t: 'welcome', mode: 'resume' }])
    expect(first.at(-1)).toMatchObject({ t: 'bye', code: 'REPLACED' })
    expect(bench.server.clients).toHaveLength(1)
  })
})
