/**
 * Random programs of members that write, alone and in bursts, throw, give up, leave and are destroyed, over a log whose
 * records are lost, come late or twice, which is cut, forgets its oldest or who follows, does not answer for states, and
 * takes what it should refuse; clocks are set, and some follow slowly. However it goes: all members have the same versions
 * and states, what was committed is there once and in its version, what was in conflict is not there at all, every
 * account is exact.
 */
import assert from 'node:assert/strict'
import { jest, test } from '@jest/globals'
import fc from 'fast-check'
import { buffer, isHeadgateError } from '../../src/index.ts'
import type { WriteResult } from '../../src/sync/index.ts'
import { runs } from '../support/runs.ts'
import type { Fate } from './support/memory-log.ts'
import { add, type Fleet, type Joined, settle, World } from './support/world.ts'

const FATES: readonly Fate[] = ['stored', 'stored', 'stored', 'stored', 'lost', 'late', 'twice']

const some = <What extends string>(
  weight: number,
  what: What,
  max: number,
): { weight: number; arbitrary: fc.Arbitrary<{ do: What; who: number }> } => ({
  weight,
  arbitrary: fc.record({ do: fc.constant(what), who: fc.nat(max) }),
})

const act = fc.oneof(
  some(5, 'write', 2),
  some(2, 'burst', 2),
  some(12, 'step', 6),
  some(2, 'tick', 0),
  some(1, 'cut', 2),
  some(1, 'unplug', 2),
  some(2, 'plug', 2),
  some(1, 'age', 0),
  some(2, 'silence', 2),
  some(1, 'forget', 2),
  some(1, 'jump', 3),
  // The first one stays, so that there is always somebody whose states can be asked for.
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), who: fc.constantFrom(1, 2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('destroy' as const), who: fc.constantFrom(1, 2) }) },
)

interface Program {
  readonly acts: readonly { readonly do: string; readonly who: number }[]
  readonly fates: Iterator<Fate>
  readonly historyMax: number
  readonly compares: boolean
  readonly snapshotEvery: number
  readonly payloadBytesMax: number
}

const program: fc.Arbitrary<Program> = fc.record({
  acts: fc.array(act, { minLength: 10, maxLength: 120, size: 'max' }),
  fates: fc.infiniteStream(fc.constantFrom(...FATES)),
  historyMax: fc.constantFrom(5, 12, 1_000),
  compares: fc.boolean(),
  snapshotEvery: fc.constantFrom(1, 2, 3),
  payloadBytesMax: fc.constantFrom(2_048, 524_288),
})

/** How far a clock jumps. */
const HOURS = [-24, -1, 1, 24]

interface Written {
  readonly id: string
  /** It is not known what becomes of it. */
  isAborted?: boolean
  result?: WriteResult
}

/** One program, run. */
class Run {
  readonly world = new World()
  readonly written: Written[] = []
  readonly pending: Promise<unknown>[] = []
  /** The state of each version, as the first member has it that has it. */
  readonly states = new Map<number, string>()
  readonly accounts: { joined: Joined; from: number; told: number; missed: number }[] = []
  isFair = false
  members: Joined[] = []
  readonly #program: Program
  #n = 0

  constructor(given: Program) {
    this.#program = given
    const { historyMax, compares } = given
    Object.assign(this.world.servers, { historyMax, compares })
    this.members = [this.join(), this.join(), this.join()]
  }

  join(): Joined {
    const { snapshotEvery, payloadBytesMax, fates } = this.#program
    const joined = this.world.join({ snapshotEvery, historyCommits: 10_000 })
    joined.log.payloadBytesMax = payloadBytesMax
    joined.log.fate = () => (this.isFair ? 'stored' : (fates.next().value ?? 'stored'))
    let before = 0
    joined.store.snapshot$.subscribe(({ version, state }) => {
      if (version === 0) return
      assert.ok(version > before, `version ${version} after ${before}`)
      before = version
      const text = JSON.stringify(state)
      assert.equal(this.states.get(version) ?? text, text, `version ${version} is not the same for all`)
      this.states.set(version, text)
    })
    // Once it has caught up: who is slow, and who would have the writers wait.
    void joined.started.then(() => {
      if (joined.member.status === 'closed') return
      const account = { joined, from: joined.store.published.version, told: 0, missed: 0 }
      this.accounts.push(account)
      joined.store.subscribe(
        (_, { missed }) => {
          account.told += 1
          account.missed += missed
          return settle()
        },
        { replay: false },
      )
      joined.store.subscribe(() => settle(), {
        replay: false,
        policy: buffer({ capacity: 1, overflow: 'suspend' }),
      })
    })
    return joined
  }

  write({ member }: Joined, signal?: AbortSignal): void {
    const one: Written = { id: `${'x'.repeat(this.#n % 7 === 0 ? 900 : 1)}${this.#n}` }
    this.#n += 1
    this.written.push(one)
    this.pending.push(
      member.update(add(one.id), { retries: 3, signal }).then(
        (result) => {
          one.result = result
        },
        () => {
          if (signal?.aborted) one.isAborted = true
          else this.written.splice(this.written.indexOf(one), 1) // it was refused before anything was written
        },
      ),
    )
  }

  /** Writes in one go: one that throws, one that changes nothing, one that is given up, and others. */
  burst(joined: Joined): void {
    const giving = new AbortController()
    const thrown = new Error('an updater that throws')
    this.write(joined)
    const throwing = joined.member.update(() => {
      throw thrown
    })
    this.pending.push(
      throwing.catch((error: unknown) => assert.ok(error === thrown || isHeadgateError(error))),
    )
    this.write(joined, giving.signal)
    this.pending.push(joined.member.update(() => {}).catch(() => {}))
    this.write(joined)
    if (this.#n % 2 === 0) giving.abort(new Error('given up'))
    else this.pending.push(settle().then(() => giving.abort(new Error('given up'))))
  }

  /** Another member in its place. */
  replace({ member }: Joined): void {
    this.members = this.members.map((each) => (each.member === member ? this.join() : each))
  }

  async act(what: Program['acts'][number]['do'], who: number): Promise<void> {
    const joined = this.members[who % this.members.length] as Joined
    const { member, log, store } = joined
    if (what === 'write') this.write(joined)
    else if (what === 'burst') this.burst(joined)
    else if (what === 'step') await this.world.step(who)
    else if (what === 'tick') await this.world.tick()
    else if (what === 'cut') log.cut()
    else if (what === 'unplug') log.unplug()
    else if (what === 'plug') log.isUnplugged = false
    else if (what === 'age') this.age()
    else if (what === 'silence') log.unanswered = 3
    else if (what === 'forget') log.silence()
    else if (what === 'jump') this.jump(HOURS[who] ?? 0)
    else {
      if (what === 'destroy') store.destroy()
      else await member.close()
      this.replace(joined)
    }
    await settle()
  }

  /** The clock of the machine is set. */
  jump(hours: number): void {
    const now = Date.now() + hours * 3_600_000
    jest.spyOn(Date, 'now').mockReturnValue(now)
  }

  /** The log lets go of all that is in a state that is kept, but for the newest record. */
  age(): void {
    const { servers } = this.world
    const { keptUpTo } = this
    servers.records = servers.records.filter((record, index, { length }) => {
      return record.sequence > keptUpTo || index === length - 1
    })
  }

  get keptUpTo(): number {
    return (JSON.parse(this.world.servers.snapshots.at(-1) ?? '{"upTo":0}') as { upTo: number }).upTo
  }

  /** Where all were away for longer than the log remembers, nobody can go on. */
  get isGone(): boolean {
    const { records, sequence } = this.world.servers
    return (
      (records[0]?.sequence ?? sequence + 1) > this.keptUpTo + 1 &&
      this.members.every(({ member }) => member.status === 'disconnected')
    )
  }

  /** Everything is well again, until all is decided. */
  async end(): Promise<void> {
    this.isFair = true
    for (const { log } of this.members) Object.assign(log, { isUnplugged: false, unanswered: 0 })
    // Who was forgotten notices.
    await this.world.pass(6_000)
    await this.world.quiet(
      () =>
        this.isGone ||
        (this.world.servers.underway.length === 0 &&
          this.members.every(({ member }) => member.status === 'live') &&
          this.written.every(({ result, isAborted }) => result !== undefined || isAborted)),
    )
  }

  check(): void {
    const [first, ...others] = this.members as [Joined, ...Joined[]]
    for (const { store } of others) {
      assert.equal(store.published.version, first.store.published.version)
      assert.deepEqual(store.state, first.store.state)
    }
    const ids: readonly string[] = first.store.state.ids
    assert.equal(new Set(ids).size, ids.length, 'a write counts twice')
    assert.equal(first.store.state.n, ids.length)
    for (const { id, result } of this.written) {
      if (result?.committed === true) {
        assert.ok(ids.includes(id), `lost: ${id}`)
        const state = JSON.parse(this.states.get(result.version) ?? '{"ids":[]}') as Fleet
        assert.equal(state.ids.at(-1), id, 'the version of a write is the one that has it')
      } else if (result?.reason === 'conflict') assert.ok(!ids.includes(id), `conflict, and there: ${id}`)
    }
    for (const { joined, from, told, missed } of this.accounts) {
      if (!this.members.includes(joined)) continue
      assert.equal(told + missed, joined.store.published.version - from, 'told and missed is all there was')
    }
  }
}

test('the log decides, and every member decides alike', async () => {
  await fc.assert(
    fc.asyncProperty(program, async (given) => {
      const run = new Run(given)
      for (const { do: what, who } of given.acts) await run.act(what, who)
      await run.end()
      if (!run.isGone) {
        await Promise.all(run.pending)
        // The slow ones are told the newest.
        for (let n = 0; n < 5; n += 1) await settle()
        run.check()
      }
      await run.world.close()
      assert.deepEqual(
        run.world.scheduler.actions.map((one) => String((one as unknown as { work: unknown }).work)),
        [],
      )
    }),
    { numRuns: runs(20) },
  )
})
