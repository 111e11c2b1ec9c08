/**
 * Random networks: a primary, three mirrors, writers on both sides, and sockets that are cut, stall and lose what is
 * under way. However it goes: versions rise, nothing that was committed is lost or done twice, every account is exact,
 * and in the end all are equal.
 */
import assert from 'node:assert/strict'
import { test } from '@jest/globals'
import fc from 'fast-check'
import { batch, buffer, createStore, latest, type Policy, type Store } from '../../src/index.ts'
import {
  type Mirror,
  mirror,
  type SyncServer,
  type SyncSocket,
  serve,
  type WriteResult,
} from '../../src/sync/index.ts'
import { runs } from '../support/runs.ts'
import { turn } from './support/bench.ts'

interface State {
  n: number
  ids: string[]
}

const POLICIES: readonly (() => Policy)[] = [
  () => latest(),
  () => buffer({ capacity: 4 }),
  () => buffer({ capacity: 2, overflow: 'error' }),
  () => batch({ ms: 1, maxSize: 3 }),
]

const act = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('write' as const), who: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const), who: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('stall' as const), who: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('go on' as const), who: fc.nat(2) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), who: fc.nat(2) }) },
)

const program = fc.record({
  acts: fc.array(act, { minLength: 10, maxLength: 40, size: 'max' }),
  policy: fc.nat(POLICIES.length - 1),
  window: fc.integer({ min: 1, max: 4 }),
  historyVersions: fc.constantFrom(1, 4, 256),
  chunkBytes: fc.constantFrom(4, 16, 65_536),
  duplicates: fc.boolean(),
})

/** Frames that may come twice: sockets do not do that, and nothing must come of it. */
const MAY_COME_TWICE = /^{"t":"(?:delta|ack|write|result|ping)"/

/** Two ends of a connection that can stall, and be cut with what is under way. */
class Wire {
  stalled = false
  #cut = false
  readonly #queue: (() => void)[] = []
  readonly ends: [SyncSocket, SyncSocket]

  constructor(duplicates: boolean) {
    const end = (other: () => SyncSocket): SyncSocket => ({
      bufferedBytes: 0,
      onFrame: () => {},
      onClose: () => {},
      send: (frame) => {
        const times = duplicates && MAY_COME_TWICE.test(String(frame)) ? 2 : 1
        for (let time = 0; time < times; time += 1) this.#later(() => other().onFrame(frame))
      },
      close: (code) => this.#later(() => this.cut(code)),
    })
    const here: SyncSocket = end(() => there)
    const there: SyncSocket = end(() => here)
    this.ends = [here, there]
  }

  cut(code = 1_006): void {
    if (this.#cut) return
    this.#cut = true
    this.#queue.length = 0
    for (const { onClose } of this.ends) onClose(code)
  }

  goOn(): void {
    this.stalled = false
    for (const run of this.#queue.splice(0)) this.#later(run)
  }

  #later(run: () => void): void {
    if (this.#cut) return
    if (this.stalled) this.#queue.push(run)
    else {
      queueMicrotask(() => {
        if (this.#cut) return
        if (this.stalled) this.#queue.push(run)
        else run()
      })
    }
  }
}

class Network {
  readonly store = createStore<State>({ n: 0, ids: [] })
  readonly server: SyncServer
  readonly mirrors: Mirror<State>[] = []
  readonly wires: (Wire | undefined)[] = []
  readonly results: { readonly id: string; readonly result: WriteResult }[] = []
  readonly #pending: Promise<unknown>[] = []
  readonly #duplicates: boolean
  #ids = 0

  constructor({
    policy,
    acts: _acts,
    duplicates,
    ...options
  }: { policy: number; acts: unknown; duplicates: boolean } & Record<string, unknown>) {
    this.#duplicates = duplicates
    this.server = serve(this.store, {
      ...options,
      // Each mirror has another one.
      policy: ({ clientId }) =>
        (POLICIES[(policy + Number(clientId.at(-1))) % POLICIES.length] as () => Policy)(),
      authorize: () => ({ read: true, write: true }),
    })
    for (let n = 0; n < 3; n += 1) this.mirrors.push(this.#mirror(n))
  }

  #mirror(n: number): Mirror<State> {
    const made = mirror<State>(
      () => {
        const wire = new Wire(this.#duplicates)
        this.wires[n] = wire
        this.server.accept(wire.ends[0])
        return wire.ends[1]
      },
      { clientId: `m${n}`, backoffMs: { least: 0, most: 0 }, onFault: () => {} },
    )
    let before = -1
    let missedInAll = 0
    const handle = made.store.subscribe(
      ({ version }, { missed }) => {
        assert.ok(version > before, `version ${version} after ${before}`)
        before = version
        missedInAll += missed
        assert.equal(handle?.stats().missed ?? missedInAll, missedInAll)
      },
      { policy: buffer({ capacity: Number.POSITIVE_INFINITY }) },
    )
    return made
  }

  write(who: number): void {
    const id = `w${this.#ids}`
    this.#ids += 1
    const recipe = (draft: State): void => {
      draft.n += 1
      draft.ids.push(id)
    }
    const one = this.mirrors[who]
    if (one === undefined) this.store.update(recipe)
    else if (one.store.published.version >= 0) {
      const asked = one.update(recipe, { timeoutMs: 20_000, retries: 1_000, optimistic: who === 0 })
      this.#pending.push(asked.then((result) => this.results.push({ id, result })))
    }
  }

  /** Every account is exact. */
  check(): void {
    for (const { published, delivered, dropped, conflated, pending } of this.server.clients) {
      assert.equal(published, delivered + dropped + conflated + pending)
    }
    for (const { store } of this.mirrors) {
      const [{ published, delivered, dropped, conflated, pending } = {} as never] = (
        store as Store<State>
      ).metrics().subscribers
      assert.equal(published, delivered + dropped + conflated + pending)
    }
  }

  /** Heals the network, and waits until everybody has everything. */
  async settle(): Promise<void> {
    for (const wire of this.wires) wire?.goOn()
    await Promise.all(this.#pending)
    const { version } = this.store.snapshot
    const reached = ({ store }: Mirror<State>): Promise<unknown> =>
      store.waitFor((_state, snapshot) => snapshot.version >= version, { timeoutMs: 20_000 })
    await Promise.all(this.mirrors.map(reached))
  }

  close(): void {
    for (const each of this.mirrors) each.close()
    this.server[Symbol.dispose]()
    this.store.destroy()
  }
}

test('a random network loses nothing, does nothing twice, and ends equal', async () => {
  const property = fc.asyncProperty(program, async ({ acts, ...options }) => {
    const network = new Network({ acts, ...options })
    try {
      for (const { do: what, who } of acts) {
        if (what === 'write') network.write(who)
        else if (what === 'cut') network.wires[who]?.cut()
        else if (what === 'stall' && network.wires[who] !== undefined)
          (network.wires[who] as Wire).stalled = true
        else if (what === 'go on') network.wires[who]?.goOn()
        else await turn()
        network.check()
      }
      await network.settle()
      network.check()
      const { state, version } = network.store.snapshot
      for (const { store } of network.mirrors)
        assert.deepEqual([store.state, store.snapshot.version], [state, version])
      assert.deepEqual(network.mirrors[0]?.optimistic.state, state)
      assert.equal(new Set(state.ids).size, state.ids.length, 'something was done twice')
      assert.equal(state.n, state.ids.length)
      for (const { id, result } of network.results) {
        assert.equal(state.ids.includes(id), result.committed, `${id}: ${JSON.stringify(result)}`)
      }
    } finally {
      network.close()
      await turn()
      assert.equal(network.server.metrics().heldBytes, 0)
    }
  })
  await fc.assert(property, { numRuns: runs(6) })
})
