/** Machines that go on where they were: what is left of their timers, and what becomes of work that was interrupted. */
import { describe, expect, test } from '@jest/globals'
import { VirtualTimeScheduler } from 'rxjs'
import { type Journal, type JournalEngine, memoryEngine, openJournal } from '../../src/journal/index.ts'
import { createMachineStore, defineMachine } from '../../src/machine/index.ts'
import type { SubscriberFault } from '../../src/store/index.ts'
import { faultyEngine } from '../../src/testing/faulty-engine.ts'

/** A day of one process: its timers run on a virtual clock whose wall goes on where the process before it was killed. */
class Day {
  readonly scheduler = new VirtualTimeScheduler()
  readonly clock
  readonly faults: SubscriberFault[] = []

  constructor(start: number) {
    this.scheduler.maxFrames = 0
    this.clock = { wall: () => start + this.scheduler.frame, mono: () => this.scheduler.frame }
  }

  /** Lets time pass, and what waits for promises run. */
  async pass(ms: number): Promise<void> {
    const to = this.scheduler.frame + ms
    this.scheduler.maxFrames = to
    this.scheduler.flush()
    this.scheduler.frame = to
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const light = defineMachine({
  id: 'light',
  initial: 'RED',
  context: { warnings: 0 },
  historyLimit: 2,
  states: {
    RED: { after: { ms: 1_000, target: 'GREEN' } },
    GREEN: {
      after: {
        300: {
          update: (draft) => {
            draft.warnings += 1
          },
        },
        500: 'RED',
      },
    },
  },
})

type Light = ReturnType<typeof createMachineStore<{ warnings: number }, never>>

async function lightAt(
  start: number,
  engine: JournalEngine,
  held = true,
): Promise<{ day: Day; store: Light; journal: Journal<Light['state']> }> {
  const day = new Day(start)
  const { clock, scheduler } = day
  const store = createMachineStore(light, { clock, scheduler, held }) as unknown as Light
  const journal = (await openJournal(store as never, engine)) as never
  return { day, store, journal }
}

describe('a machine in a journal', () => {
  test.each([true, false])('goes on with what is left of its timers (held: %s)', async (held) => {
    const engine = memoryEngine()
    const first = await lightAt(0, engine, held)
    await first.day.pass(400)
    expect(first.store.current).toBe('RED')
    await first.journal.close()
    // It began at 0 and is back at 700: 300 are left.
    const second = await lightAt(700, engine, held)
    await second.day.pass(299)
    expect(second.store.current).toBe('RED')
    await second.day.pass(1)
    expect(second.store.current).toBe('GREEN')
    await second.journal.close()
    // GREEN was entered at 1 000, by its record; at 1 200 there are 100 and 300 left.
    const third = await lightAt(1_200, engine, held)
    await third.day.pass(100)
    expect(third.store.context.warnings).toBe(1)
    await third.day.pass(199)
    expect(third.store.current).toBe('GREEN')
    await third.day.pass(1)
    expect(third.store.current).toBe('RED')
    await third.journal.close()
  })

  test('takes what came due while it was away at once, in its order; what has run, not again', async () => {
    const engine = memoryEngine()
    const first = await lightAt(0, engine)
    await first.day.pass(1_000)
    await first.journal.close()
    const second = await lightAt(9_000, engine)
    expect(second.store.current).toBe('GREEN')
    await second.day.pass(0)
    expect(second.store.state).toMatchObject({ current: 'RED', context: { warnings: 1 } })
    await second.day.pass(1_000)
    await second.day.pass(300)
    expect(second.store.state).toMatchObject({ current: 'GREEN', context: { warnings: 2 } })
    await second.journal.close()
    const third = await lightAt(10_400, engine)
    await third.day.pass(99)
    expect(third.store.state).toMatchObject({ current: 'GREEN', context: { warnings: 2 } })
    await third.day.pass(1)
    expect(third.store.current).toBe('RED')
    await third.journal.close()
  })

  test('a clock that was set back makes no timer longer than it is', async () => {
    const engine = memoryEngine()
    const first = await lightAt(5_000, engine)
    await first.day.pass(100)
    await first.journal.close()
    const second = await lightAt(0, engine)
    await second.day.pass(1_000)
    expect(second.store.current).toBe('GREEN')
    await second.journal.close()
  })

  test('takes its initial state for its own where the journal is new, once', async () => {
    const { day, store, journal } = await lightAt(0, memoryEngine(), false)
    await day.pass(1_000)
    expect(store.snapshot.version).toBe(1)
    await journal.close()
  })

  test('loses no timer that comes while its journal opens, or while the disk has no room', async () => {
    const day = new Day(0)
    const engine = faultyEngine(memoryEngine())
    const { clock, scheduler, faults } = day
    const onFault = (fault: SubscriberFault): void => void faults.push(fault)
    const store = createMachineStore(light, { clock, scheduler, onFault })
    const opening = openJournal(store, engine, { pendingMax: 1, behind: 'suspend' })
    scheduler.maxFrames = 1_000
    scheduler.flush()
    expect(store.current).toBe('RED')
    const journal = await opening
    expect(store.current).toBe('GREEN')
    engine.hold()
    await day.pass(300) // written by the timer, and waits
    const overrule = { whenFull: 'overrule' } as const
    store.updateContext((draft) => {
      draft.warnings = 9
    }, overrule)
    await day.pass(200)
    expect(store.current).toBe('GREEN')
    engine.repair()
    await day.pass(0)
    expect(store.current).toBe('RED')
    expect(faults).toEqual([])
    await journal.close()
  })
})

describe('invoke.onRestore', () => {
  const machineOf = (started: string[], onRestore?: 'restart' | 'fail') =>
    defineMachine({
      id: 'fetcher',
      initial: 'IDLE',
      context: { why: '' },
      states: {
        IDLE: { on: { GO: 'LOADING' } },
        LOADING: {
          invoke: {
            src: () => {
              started.push('LOADING')
              return new Promise<never>(() => {})
            },
            onError: {
              target: 'BROKEN',
              update: (draft: { why: string }, { error }: { error: unknown }) => {
                draft.why = (error as Error).message
              },
            },
            ...(onRestore !== undefined && { onRestore }),
          },
        },
        BROKEN: {},
      },
    })

  async function interruptedIn(onRestore?: 'restart' | 'fail') {
    const engine = memoryEngine()
    const started: string[] = []
    const machine = machineOf(started, onRestore)
    const before = createMachineStore(machine, { held: true })
    const journal = await openJournal(before, engine)
    before.send('GO')
    await journal.close()
    expect(before.state.history.at(-1)?.status).toBe('PENDING')
    before.destroy()
    const store = createMachineStore(machine, { held: true })
    const again = await openJournal(store, engine)
    await new Promise((resolve) => setImmediate(resolve))
    return { store, started, journal: again, engine, machine }
  }

  test.each([undefined, 'fail'] as const)(
    '%s fails interrupted work, which is a transition as any failure',
    async (given) => {
      const { store, started, journal } = await interruptedIn(given)
      expect(started).toEqual(['LOADING'])
      expect(store.state).toMatchObject({ current: 'BROKEN', context: { why: 'interrupted' } })
      expect(store.state.history[0]).toMatchObject({ status: 'FAILED', errorMessage: 'interrupted' })
      await journal.close()
    },
  )

  test('restart starts it anew', async () => {
    const { store, started, journal } = await interruptedIn('restart')
    expect(started).toEqual(['LOADING', 'LOADING'])
    expect(store.current).toBe('LOADING')
    expect(store.state.history[0]?.status).toBe('PENDING')
    await journal.close()
  })

  test('work that had ended is neither started nor failed', async () => {
    const engine = memoryEngine()
    let started = 0
    const machine = defineMachine({
      id: 'worker',
      initial: 'IDLE',
      context: {},
      states: {
        IDLE: { on: { GO: 'BUSY' } },
        BUSY: {
          invoke: {
            onRestore: 'restart',
            src: async () => {
              started += 1
            },
          },
        },
      },
    })
    const before = createMachineStore(machine, { held: true })
    const journal = await openJournal(before, engine)
    before.send('GO')
    await new Promise((resolve) => setImmediate(resolve))
    await journal.close()
    expect(before.state.history[0]?.status).toBe('SUCCESS')
    const store = createMachineStore(machine, { held: true })
    const again = await openJournal(store, engine)
    await new Promise((resolve) => setImmediate(resolve))
    expect(started).toBe(1)
    expect(store.snapshot).toEqual(before.snapshot)
    await again.close()
  })

  test('is "restart" or "fail"', () => {
    expect(() => machineOf([], 'again' as 'fail')).toThrow(
      'expected "onRestore" to be "restart" or "fail", got "again" (string).',
    )
  })
})

describe('a machine store that is held', () => {
  test('begins nothing before a journal has opened, and waits on where none does', async () => {
    const started: string[] = []
    const machine = defineMachine({
      id: 'm',
      initial: 'A',
      context: {},
      states: {
        A: { invoke: { src: async () => void started.push('A') }, after: { ms: 0, target: 'B' } },
        B: {},
      },
    })
    const day = new Day(0)
    const { scheduler, clock } = day
    const store = createMachineStore(machine, { held: true, scheduler, clock })
    const engine = faultyEngine(memoryEngine())
    engine.break()
    await expect(openJournal(store, engine)).rejects.toThrow('ENOSPC')
    await day.pass(10)
    expect([started, store.current]).toEqual([[], 'A'])
    engine.repair()
    const journal = await openJournal(store, engine)
    expect(started).toEqual(['A'])
    await day.pass(0)
    expect(store.current).toBe('B')
    await journal.close()
  })

  test('of regions and states inside of states, each goes on with its own time', async () => {
    const machine = defineMachine({
      id: 'regions',
      type: 'parallel',
      context: {},
      historyLimit: 1,
      states: {
        outer: {
          initial: 'on',
          states: { on: { after: { ms: 1_000, target: 'off' } }, off: {} },
        },
        inner: {
          initial: 'a',
          states: {
            a: { after: { ms: 400, target: 'b' } },
            b: { after: { ms: 400, target: 'c' } },
            c: { after: { ms: 900, target: 'a' } },
          },
        },
      },
    })
    const engine = memoryEngine()
    const first = new Day(0)
    const before = createMachineStore(machine, { clock: first.clock, scheduler: first.scheduler, held: true })
    const journal = await openJournal(before, engine)
    await first.pass(400)
    await first.pass(100)
    expect(before.state.current).toEqual({ outer: 'on', inner: 'b' })
    await journal.close()
    // At 500: outer has 500 left, though its record is forgotten, inner 300.
    const second = new Day(500)
    const { clock, scheduler } = second
    const store = createMachineStore(machine, { clock, scheduler, held: true })
    const again = await openJournal(store, engine)
    await second.pass(299)
    expect(store.state.current).toEqual({ outer: 'on', inner: 'b' })
    await second.pass(1)
    expect(store.state.current).toEqual({ outer: 'on', inner: 'c' })
    await second.pass(200)
    expect(store.state.current).toEqual({ outer: 'off', inner: 'c' })
    await again.close()
  })

  test('is migrated where its states have other names by now: it never had one that it does not know', async () => {
    const lamp = (on: string) =>
      defineMachine({
        id: 'lamp',
        initial: 'OFF',
        context: {},
        historyLimit: 0,
        states: { OFF: { on: { PRESS: on } }, [on]: { after: { ms: 500, target: 'OFF' } } },
      })
    const engine = memoryEngine()
    const day = new Day(0)
    const { clock, scheduler } = day
    const before = createMachineStore(lamp('ON'), { clock, scheduler, held: true })
    const journal = await openJournal(before, engine)
    before.send('PRESS')
    await journal.close()
    const renamed = createMachineStore(lamp('LIT'), { clock, scheduler, held: true })
    await expect(openJournal(renamed, engine)).rejects.toThrow('"ON"')
    const migrate = (state: unknown): typeof renamed.state => ({
      ...(state as typeof renamed.state),
      current: 'LIT',
    })
    const again = await openJournal(renamed, engine, { schema: 2, migrate })
    expect(renamed.state.current).toBe('LIT')
    await day.pass(500)
    expect(renamed.state.current).toBe('OFF')
    await again.close()
  })
})
