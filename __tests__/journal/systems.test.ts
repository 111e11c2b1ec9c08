/** Machines with children that go on where they were: killed at any moment, recovered with all of them. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createSystemStore, type SystemSnapshot } from '../../src/actors/index.ts'
import { type Journal, type JournalEngine, memoryEngine, openJournal } from '../../src/journal/index.ts'
import type { Store } from '../../src/store/index.ts'
import { faultyEngine } from '../../src/testing/faulty-engine.ts'
import { type Harness, parentMachine, partMachine, systemOf } from '../actors/support.ts'
import { runs } from '../support/runs.ts'

interface Kept extends Harness<unknown> {
  readonly whole: Store<SystemSnapshot>
  readonly journal: Journal<SystemSnapshot>
}

/** A process: its clock goes on where the one before it was killed. */
async function processOf(
  engine: JournalEngine,
  { machine = parentMachine() as unknown, at = 0, held = true } = {},
): Promise<Kept> {
  const harness = systemOf(machine, { held, name: 'fleet' })
  harness.clock.advance(at)
  const whole = createSystemStore(harness.system as never)
  return { ...harness, whole, journal: await openJournal(whole, engine, { retryMs: 1 }) }
}

/** What its disk has, when it is killed now. */
async function killed({ system }: Kept, engine: JournalEngine): Promise<JournalEngine> {
  const left = memoryEngine()
  const entries = []
  for await (const entry of engine.read({ from: '', to: '\uffff' })) entries.push(entry)
  await left.write(entries)
  system.destroy()
  return left
}

/** As it comes back from a disk, but for when it was taken. */
const withoutTime = (given: object): unknown => {
  const { tsWall: _, ...rest } = JSON.parse(JSON.stringify(given))
  return rest
}

/** By their keys: they begin anew in the order of the keys that are wanted. */
const children = ({ root }: SystemSnapshot): unknown =>
  withoutTime({ all: [...(root.children ?? [])].sort((one, other) => (one.key < other.key ? -1 : 1)) })

describe('a system in a journal', () => {
  test.each([true, false])('is recovered with its children, as they were (held: %s)', async (held) => {
    const engine = memoryEngine()
    const first = await processOf(engine, { held })
    first.want('a', 'b')
    first.say('a', '1')
    first.send('root/part:b', 'WAIT')
    await first.system.idle()
    await first.journal.durable()
    const before = withoutTime(first.system.snapshot())
    const second = await processOf(await killed(first, engine), { held })
    expect(withoutTime(second.system.snapshot())).toEqual({
      ...(before as object),
      root: expect.objectContaining({ children: (before as SystemSnapshot).root.children }),
    })
    expect([second.logOf('a'), second.system.get('root/part:b')?.current]).toEqual([['1'], 'WAITING'])
    second.say('a', '2')
    await second.system.idle()
    expect(second.logOf('a')).toEqual(['1', '2'])
    await second.journal.close()
    second.system.destroy()
  })

  test('its timers, also those of children, go on with what is left of them', async () => {
    const engine = memoryEngine()
    const first = await processOf(engine)
    first.want('a')
    first.send('root/part:a', 'WAIT')
    await first.system.idle()
    first.clock.advance(60)
    await first.system.idle()
    await first.journal.durable()
    const second = await processOf(await killed(first, engine), { at: 90 })
    second.clock.advance(9)
    expect(second.system.get('root/part:a')?.current).toBe('WAITING')
    second.clock.advance(1)
    expect(second.system.get('root/part:a')?.current).toBe('READY')
    await second.journal.close()
    second.system.destroy()
  })

  test.each(['fail', 'restart'] as const)(
    'work of children that was interrupted does as %s says',
    async (onRestore) => {
      let started = 0
      const machine = parentMachine({
        machine: partMachine({
          initial: 'BUSY',
          states: {
            BUSY: {
              invoke: {
                src: () => {
                  started += 1
                  return new Promise(() => {})
                },
                onRestore,
                onError: 'BROKEN',
              },
            },
            BROKEN: {},
          },
        }),
      })
      const engine = memoryEngine()
      const first = await processOf(engine, { machine })
      first.want('a')
      await first.system.idle()
      await first.journal.durable()
      const second = await processOf(await killed(first, engine), { machine })
      await new Promise((resolve) => setImmediate(resolve))
      const isAnew = onRestore === 'restart'
      expect([second.system.get('root/part:a')?.current, started]).toEqual(
        isAnew ? ['BUSY', 2] : ['BROKEN', 1],
      )
      await second.journal.close()
      second.system.destroy()
    },
  )

  test('begins nothing of its initial state where it is held', async () => {
    const begun: string[] = []
    const machine = parentMachine(
      {
        machine: partMachine({
          context: ({ input }: { input: unknown }) => {
            begun.push(String(input))
            return { log: [], input }
          },
        }),
        input: (_context: unknown, key: string) => key,
      },
      { context: { keys: ['first'], told: [] } },
    )
    const engine = memoryEngine()
    const first = await processOf(engine, { machine })
    expect(begun).toEqual(['first'])
    first.want('second')
    await first.system.idle()
    await first.journal.durable()
    const second = await processOf(await killed(first, engine), { machine })
    expect(begun).toEqual(['first', 'second'])
    expect(second.logOf('second')).toEqual([])
    await second.journal.close()
    second.system.destroy()
  })

  test('refuses events while its journal opens: what it recovers would overwrite them', async () => {
    const harness = systemOf(partMachine(), { held: true })
    const opening = openJournal(createSystemStore(harness.system as never), memoryEngine())
    expect(() => harness.store.send({ type: 'WAIT' })).toThrow('is still opening')
    const journal = await opening
    expect(harness.store.send({ type: 'WAIT' }).handled).toBe(true)
    await journal.close()
    harness.system.destroy()
  })

  test('is not opened by a program that knows its states no more, and goes on as it stood', async () => {
    const engine = memoryEngine()
    const first = await processOf(engine, { machine: partMachine() })
    first.store.send({ type: 'WAIT' })
    await first.system.idle()
    await first.journal.durable()
    const left = await killed(first, engine)
    const harness = systemOf(partMachine({ states: { READY: {} } }), { held: true, name: 'fleet' })
    const whole = createSystemStore(harness.system as never)
    await expect(openJournal(whole, left)).rejects.toMatchObject({ code: 'SYSTEM_SNAPSHOT_INVALID' })
    expect(harness.store.current).toBe('READY')
    harness.system.destroy()
  })

  test('goes back to any version that its journal keeps', async () => {
    const engine = memoryEngine()
    const { system, whole, journal, want, say, logOf } = await processOf(engine)
    want('a')
    say('a', '1')
    await system.idle()
    const { version } = whole.snapshot
    say('a', '2')
    await system.idle()
    await journal.durable()
    whole.set((await journal.at(version)).state as SystemSnapshot)
    expect(logOf('a')).toEqual(['1'])
    await journal.close()
    system.destroy()
  })

  test('killed at any moment comes back as it was at a moment that was durable', async () => {
    const key = fc.constantFrom('a', 'b', 'c')
    const step = fc.oneof(
      fc.record({ type: fc.constant('WANT'), keys: fc.uniqueArray(key) }),
      fc.record({ type: fc.constant('SAY'), key, text: fc.string({ maxLength: 2 }) }),
      fc.record({ type: fc.constantFrom('WAIT', 'END', 'FAIL'), key }),
      fc.record({ type: fc.constant('PASS'), ms: fc.integer({ min: 1, max: 120 }) }),
      fc.record({ type: fc.constant('FULL') }),
    )
    const life = fc.array(step as fc.Arbitrary<Record<string, unknown>>, { maxLength: 10 })
    await fc.assert(
      fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 4 }), async (lives) => {
        let disk: JournalEngine = memoryEngine()
        let durable: SystemSnapshot | undefined
        for (const steps of lives) {
          const engine = faultyEngine(disk)
          const machine = parentMachine({ supervise: { strategy: 'restart', maxRestarts: 1 } })
          const now = await processOf(engine, { machine })
          if (durable !== undefined) {
            expect(children(now.whole.state as SystemSnapshot)).toEqual(children(durable))
          }
          for (const { type, key: name, ms, ...more } of steps) {
            if (type === 'PASS') now.clock.advance(ms as number)
            else if (type === 'FULL') engine.failWrites('lost', 'kept')
            else if (type === 'WANT') now.send('root', { type, ...more })
            else now.send(`root/part:${name}`, { type, ...more })
            await now.system.idle()
          }
          await now.journal.durable()
          durable = now.whole.state as SystemSnapshot
          disk = await killed(now, engine)
          await now.journal.close()
        }
      }),
      { numRuns: runs(20) },
    )
  })
})
