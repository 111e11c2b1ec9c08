/**
 * Random programs of members that write, over a log whose answers are lost, whose records come late or twice, which is
 * cut, forgets its oldest, and takes what it should refuse. However it goes: all members have the same versions and
 * states, what was committed is there once, what was in conflict is not there at all.
 */
import assert from 'node:assert/strict'
import { test } from '@jest/globals'
import fc from 'fast-check'
import type { WriteResult } from '../../src/sync/index.ts'
import { runs } from '../support/runs.ts'
import type { Fate } from './support/memory-log.ts'
import { add, type Joined, settle, World } from './support/world.ts'

const FATES: readonly Fate[] = ['stored', 'stored', 'stored', 'stored', 'lost', 'late', 'twice']

const act = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('write' as const), who: fc.nat(2) }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('step' as const), who: fc.nat(6) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('tick' as const), who: fc.nat(0) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cut' as const), who: fc.nat(2) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('leave' as const), who: fc.integer({ min: 1, max: 2 }) }),
  },
)

const program = fc.record({
  acts: fc.array(act, { minLength: 10, maxLength: 80, size: 'max' }),
  fates: fc.infiniteStream(fc.constantFrom(...FATES)),
  historyMax: fc.constantFrom(12, 24, 1_000),
  compares: fc.boolean(),
  snapshotEvery: fc.constantFrom(1, 2, 3),
  payloadBytesMax: fc.constantFrom(2_048, 524_288),
})

interface Written {
  readonly id: string
  result?: WriteResult
}

test('the log decides, and every member decides alike', async () => {
  await fc.assert(
    fc.asyncProperty(
      program,
      async ({ acts, fates, historyMax, compares, snapshotEvery, payloadBytesMax }) => {
        const world = new World()
        Object.assign(world.servers, { historyMax, compares })
        const written: Written[] = []
        const pending: Promise<unknown>[] = []
        let isFair = false
        const states = new Map<number, string>()
        const join = (): Joined => {
          const joined = world.join({ snapshotEvery, historyCommits: 10_000 })
          joined.log.payloadBytesMax = payloadBytesMax
          joined.log.fate = () => (isFair ? 'stored' : (fates.next().value ?? 'stored'))
          let before = 0
          joined.store.snapshot$.subscribe(({ version, state }) => {
            if (version === 0) return
            assert.ok(version > before, `version ${version} after ${before}`)
            before = version
            const text = JSON.stringify(state)
            assert.equal(states.get(version) ?? text, text, `version ${version} is not the same for all`)
            states.set(version, text)
          })
          return joined
        }
        let members = [join(), join(), join()]
        let n = 0
        for (const { do: what, who } of acts) {
          const { member, log } = members[who % members.length] as Joined
          if (what === 'write') {
            const one: Written = { id: `${'x'.repeat(n % 7 === 0 ? 900 : 1)}${n}` }
            n += 1
            const asked = member.update(add(one.id), { retries: 3 }).then(
              (result) => {
                one.result = result
              },
              () => written.splice(written.indexOf(one), 1), // it was refused before anything was written
            )
            written.push(one)
            pending.push(asked)
            await settle()
          } else if (what === 'step') await world.step(who)
          else if (what === 'tick') await world.tick()
          else if (what === 'cut') log.cut()
          else {
            await member.close()
            members = members.map((each) => (each.member === member ? join() : each))
          }
        }
        isFair = true
        // Where all were away for longer than the log remembers, nobody can go on.
        const isGone = (): boolean => {
          const { records, snapshots } = world.servers
          const { upTo } = JSON.parse(snapshots.at(-1) ?? '{"upTo":0}') as { upTo: number }
          return (
            (records[0]?.sequence ?? 1) > upTo + 1 &&
            members.every(({ member }) => member.status === 'disconnected')
          )
        }
        await world.quiet(
          () =>
            isGone() ||
            (world.servers.underway.length === 0 &&
              members.every(({ member }) => member.status === 'live') &&
              written.every(({ result }) => result !== undefined)),
        )
        if (isGone()) {
          await world.close()
          return
        }
        await Promise.all(pending)
        const [first, ...others] = members as [Joined, ...Joined[]]
        for (const { store } of others) {
          assert.equal(store.published.version, first.store.published.version)
          assert.deepEqual(store.state, first.store.state)
        }
        const ids: readonly string[] = first.store.state.ids
        assert.equal(new Set(ids).size, ids.length, 'a write counts twice')
        assert.equal(first.store.state.n, ids.length)
        for (const { id, result } of written) {
          if (result?.committed === true) assert.ok(ids.includes(id), `lost: ${id}`)
          else if (result?.reason === 'conflict') assert.ok(!ids.includes(id), `conflict, and there: ${id}`)
        }
        await world.close()
        assert.deepEqual(
          world.scheduler.actions.map((one) => String((one as unknown as { work: unknown }).work)),
          [],
        )
      },
    ),
    { numRuns: runs(20) },
  )
})
