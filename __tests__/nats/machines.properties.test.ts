/**
 * Random programs of members that have one machine: they send, are cut, cut off, forgotten, closed and killed, and come
 * back. However it goes: all have the same versions and states; what was committed is there once; what a leader commits
 * is of the newest claim, and no timer and no run of work counts twice. (Clocks are not set: a leader learns from the
 * times of the log which timers have run.)
 */
import assert from 'node:assert/strict'
import { test } from '@jest/globals'
import fc from 'fast-check'
import { defineMachine } from '../../src/index.ts'
import type { WriteResult } from '../../src/sync/index.ts'
import { runs } from '../support/runs.ts'
import type { Fate } from './support/memory-log.ts'
import { type JoinedMachine, settle, World } from './support/world.ts'

interface Notes {
  stay: number
  list: string[]
}

const enter = (draft: Notes): void => {
  draft.stay += 1
}
const note =
  (what: string) =>
  (draft: Notes): void => {
    draft.list.push(`${what}@${draft.stay}`)
  }

/** Each run of work has a number of its own, so what a run has written twice is seen. */
let works = 0

const machine = defineMachine({
  id: 'busy',
  initial: 'WAITING',
  context: { stay: 0, list: [] as string[] },
  historyLimit: 3,
  types: {} as { events: { type: 'NEXT' } | { type: 'STOP' } | { type: 'ADD'; id: string } },
  on: {
    STOP: 'STOPPED',
    ADD: {
      update: (draft, { id }) => {
        draft.list.push(id)
      },
    },
  },
  states: {
    WAITING: {
      entry: enter,
      after: { 300: { update: note('tick') }, 900: { target: 'WORKING', update: note('due') } },
      on: { NEXT: { target: 'WORKING', guard: ({ stay }) => stay % 3 !== 2 } },
    },
    WORKING: {
      entry: enter,
      invoke: {
        async *src(_context, _event, tools) {
          works += 1
          const run = works
          tools.update((draft) => {
            draft.list.push(`written by ${run}`)
          })
          yield `first of ${run}`
          yield `second of ${run}`
        },
        onNext: {
          update: (draft, { value }) => {
            draft.list.push(String(value))
          },
        },
        onDone: { target: 'WAITING', update: note('done') },
      },
      on: { NEXT: 'WAITING' },
    },
    STOPPED: {},
  },
})

const FATES: readonly Fate[] = ['stored', 'stored', 'stored', 'stored', 'stored', 'lost', 'late', 'twice']

const ACTS = [
  ...Array(5).fill('add'),
  ...Array(2).fill('next'),
  ...Array(2).fill('burst'),
  'spoil',
  'destroy',
  ...Array(14).fill('step'),
  ...Array(5).fill('tick'),
  'cut',
  'unplug',
  'plug',
  'close',
  'kill',
  'forget',
]

const program = fc.record({
  acts: fc.array(fc.record({ what: fc.constantFrom(...ACTS), who: fc.nat(6) }), {
    minLength: 20,
    maxLength: 120,
    size: 'max',
  }),
  count: fc.integer({ min: 2, max: 4 }),
  fates: fc.infiniteStream(fc.constantFrom(...FATES)),
  historyMax: fc.constantFrom(30, 1_000, 1_000),
  snapshotEvery: fc.constantFrom(2, 5),
  leaseMs: fc.constantFrom(700, 2_000),
})

interface Record {
  readonly format: string
  readonly base: number
  readonly member: string
  readonly fence?: number
}

/** Reads the log as nobody in the program does: from its records alone. */
function checkFences(texts: readonly string[]): void {
  let newest = 0
  let claim: { sequence: number; member: string } | undefined
  for (const [index, text] of texts.entries()) {
    const { format, base, member, fence } = JSON.parse(text) as Record
    const sequence = index + 1
    if (base !== newest || (fence !== undefined && fence !== claim?.sequence)) continue
    newest = sequence
    if (fence !== undefined) assert.equal(member, claim?.member, `record ${sequence} is not of who leads`)
    if (format === 'headgate.claim' && fence === undefined) claim = { sequence, member }
    if (format === 'headgate.release') claim = undefined
  }
}

test('one machine on many members, of which one leads', async () => {
  await fc.assert(
    fc.asyncProperty(program, async ({ acts, count, fates, historyMax, snapshotEvery, leaseMs }) => {
      const world = new World()
      world.servers.historyMax = historyMax
      let isFair = true
      const states = new Map<number, string>()
      const texts: string[] = []
      const stored = world.servers.store.bind(world.servers)
      world.servers.store = (id, text) => {
        texts.push(text)
        stored(id, text)
      }
      const join = (): JoinedMachine => {
        const joined = world.joinMachine(machine as never, { snapshotEvery, historyCommits: 10_000, leaseMs })
        joined.log.fate = () => (isFair ? 'stored' : (fates.next().value ?? 'stored'))
        joined.store.snapshot$.subscribe(({ version, state }) => {
          if (version === 0) return
          const text = JSON.stringify(state)
          assert.equal(states.get(version) ?? text, text, `version ${version} is not the same for all`)
          states.set(version, text)
        })
        return joined
      }
      let members = Array.from({ length: count }, join)
      await world.pass(400)
      isFair = false
      const written: { readonly id: string; result?: WriteResult }[] = []
      const pending: Promise<unknown>[] = []
      let n = 0
      for (const { what, who } of acts) {
        const { member, log } = members[who % count] as JoinedMachine
        if (what === 'add') {
          const one: (typeof written)[number] = { id: `add ${n}` }
          n += 1
          written.push(one)
          pending.push(
            member.send({ type: 'ADD', id: one.id }, { retries: 3 }).then(
              (result) => {
                one.result = result
              },
              () => written.splice(written.indexOf(one), 1), // it was refused before anything was written
            ),
          )
          await settle()
        } else if (what === 'burst') {
          // What the second and the third find is what the first leaves behind.
          for (const event of ['NEXT', 'NONE', 'NEXT']) pending.push(member.send(event).catch(() => {}))
          pending.push(member.update(note(`update ${n}`) as never).catch(() => {}))
          n += 1
          await settle()
        } else if (what === 'spoil') {
          // An update that throws, one that makes a state that the machine has not, and one that is given up.
          const giving = new AbortController()
          const thrown = member.update(() => {
            throw new Error('an updater that throws')
          })
          const unknown = member.update((draft) => {
            draft.current = 'NOWHERE'
          })
          const given = member.send({ type: 'ADD', id: `given ${n}` }, { signal: giving.signal })
          n += 1
          pending.push(given.catch(() => {}))
          for (const one of [thrown, unknown]) {
            pending.push(one.catch(() => undefined).then((result) => assert.ok(result?.committed !== true)))
          }
          await settle()
          giving.abort(new Error('given up'))
        } else if (what === 'next') pending.push(member.send('NEXT').catch(() => {}))
        else if (what === 'step') {
          for (let steps = 0; steps < 4; steps += 1) await world.step(who)
        } else if (what === 'tick') await world.tick()
        else if (what === 'cut') log.cut()
        else if (what === 'unplug') log.unplug()
        else if (what === 'plug') log.isUnplugged = false
        else if (what === 'forget') log.silence()
        else if (what === 'destroy') {
          ;(members[who % count] as JoinedMachine).store.destroy()
          members = members.map((each) => (each.member === member ? join() : each))
        } else if (what === 'close' || members.some((one) => one.member !== member && !one.log.isUnplugged)) {
          // One that is killed is heard of no more; here it lives on, and hears nothing.
          if (what === 'close') pending.push(member.close())
          else log.unplug()
          members = members.map((each) => (each.member === member ? join() : each))
        }
      }
      isFair = true
      for (const { log } of members) log.isUnplugged = false
      // Who was forgotten notices.
      await world.pass(6_000)
      // Where all were away for longer than the log remembers, nobody can go on.
      const isGone = (): boolean => {
        const { records, snapshots } = world.servers
        const { upTo } = JSON.parse(snapshots.at(-1) ?? '{"upTo":0}') as { upTo: number }
        const isAway = members.every(({ member }) => member.status === 'disconnected')
        return (records[0]?.sequence ?? 1) > upTo + 1 && isAway
      }
      await world.quiet(() => isGone() || members.every(({ member }) => member.status === 'live'))
      if (!isGone()) {
        await world.pass(5_000)
        const [first] = members as [JoinedMachine]
        pending.push(first.member.send('STOP'))
        let isOver = false
        const all = Promise.all(pending).then(() => {
          isOver = true
        })
        // Who was killed waits for an answer as long as it may.
        for (let n = 0; !isOver; n += 1) {
          assert.ok(n < 20, 'what was asked is answered in time')
          await world.pass(2_000)
        }
        await all
        await world.pass(1_000)
        const leading = members.filter(({ member }) => member.leading)
        assert.equal(leading.length, 1, 'one leads')
        const { list } = first.store.context as Notes
        for (const { store } of members) {
          assert.equal(store.current, 'STOPPED')
          assert.equal(store.published.version, first.store.published.version)
          assert.deepEqual(store.state, first.store.state)
        }
        assert.deepEqual(list, [...new Set(list)], 'something counts twice')
        for (const { id, result } of written) {
          if (result?.committed === true) assert.ok(list.includes(id), `lost: ${id}`)
          else if (result?.reason === 'conflict') assert.ok(!list.includes(id), `conflict, and there: ${id}`)
        }
        for (const { faults, member } of world.members as unknown as JoinedMachine[]) {
          const unexpected = faults.filter(
            ({ phase, error }) => phase !== 'read' && (error as { code?: string }).code !== 'LEADERSHIP_LOST',
          )
          assert.deepEqual(unexpected, [], member.id)
        }
        if (historyMax > 30) checkFences(texts)
      }
      await world.close()
    }),
    { numRuns: runs(6) },
  )
})
