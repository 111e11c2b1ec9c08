/**
 * Random machines on random events, beside a model that knows nothing of the sources: a machine is drawn as
 * a plain plan, the plan is made into a definition for the store, and the model walks the plan itself.
 *
 * The context is one number. Every recipe multiplies and adds, so that the order of recipes shows in it.
 */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createMachineStore, initialState, type MachineState, transition } from '../../src/index.ts'
import { caught, ManualClock } from '../store/support.ts'
import { runs } from '../support/runs.ts'
import { defineLoose, type LooseMachine } from './support.ts'

interface Way {
  /** The number of the state to go to; null stays. */
  readonly target: number | null
  readonly reenter: boolean
  /** The guard agrees unless context and event add up to this, modulo 3; null has no guard. */
  readonly refuses: number | null
  readonly update: number | null
}

interface Room {
  readonly final: boolean
  readonly entry: number | null
  readonly exit: number | null
  readonly on: Readonly<Record<string, readonly Way[]>>
}

interface Plan {
  readonly rooms: readonly Room[]
  readonly root: Readonly<Record<string, readonly Way[]>>
  readonly historyLimit: number
}

interface Event {
  readonly type: string
  readonly value: number
}

// ---- drawing a plan ----

const TYPES = ['A', 'B', 'C', 'D']
const maybe = (max: number): fc.Arbitrary<number | null> => fc.option(fc.nat(max), { nil: null })

const waysArb = (count: number): fc.Arbitrary<Record<string, Way[]>> => {
  const way = fc.record({
    target: maybe(count - 1),
    reenter: fc.boolean(),
    refuses: maybe(2),
    update: maybe(9),
  })
  return fc.dictionary(fc.constantFrom(...TYPES), fc.array(way, { minLength: 1, maxLength: 3 }), {
    maxKeys: 4,
  })
}

const planArb: fc.Arbitrary<Plan> = fc.integer({ min: 1, max: 5 }).chain((count) => {
  const room = fc.record({
    final: fc.boolean(),
    entry: maybe(9),
    exit: maybe(9),
    on: waysArb(count),
  })
  return fc.record({
    rooms: fc.array(room, { minLength: count, maxLength: count }),
    root: waysArb(count),
    historyLimit: fc.nat(4),
  })
})

const eventsArb: fc.Arbitrary<Event[]> = fc.array(
  fc.record({ type: fc.constantFrom(...TYPES, 'GO0', 'GO1', 'GO4', 'NEVER'), value: fc.nat(9) }),
  { maxLength: 25 },
)

/** The first room is never final, or nothing would happen; `GO` and a number leads to any room from everywhere. */
const isFinal = ({ rooms }: Plan, at: number): boolean => at > 0 && rooms[at]?.final === true

function waysOf(plan: Plan, at: number, type: string): readonly Way[] {
  const own = plan.rooms[at]?.on[type] ?? []
  const jump = plan.rooms.findIndex((_room, n) => type === `GO${n}`)
  const jumps = jump < 0 ? [] : [{ target: jump, reenter: false, refuses: null, update: null }]
  return [...own, ...(plan.root[type] ?? []), ...jumps]
}

const mix = (n: number, key: number, value: number): number => (n * 31 + key * 7 + value + 1) % 10_007
const agrees = (n: number, value: number, refuses: number): boolean => (n + value) % 3 !== refuses

// ---- the plan as a definition ----

const recipeOf = (key: number | null) =>
  key === null
    ? undefined
    : (draft: { n: number }, event: Partial<Event>): void => {
        draft.n = mix(draft.n, key, event.value ?? 0)
      }

const transitionOf = ({ target, reenter, refuses, update }: Way): object => ({
  ...(target !== null && { target: `S${target}`, reenter }),
  ...(refuses !== null && {
    guard: ({ n }: { n: number }, { value }: Event) => agrees(n, value, refuses),
  }),
  update: recipeOf(update),
})

const mapWays = (on: Readonly<Record<string, readonly Way[]>>): Record<string, object[]> =>
  Object.fromEntries(Object.entries(on).map(([type, ways]) => [type, ways.map(transitionOf)]))

function machineOf(plan: Plan): LooseMachine<{ n: number }> {
  const states = plan.rooms.map(({ entry, exit, on }, at) => {
    const recipes = { entry: recipeOf(entry), exit: recipeOf(exit) }
    return [`S${at}`, isFinal(plan, at) ? { type: 'final', ...recipes } : { on: mapWays(on), ...recipes }]
  })
  const jumps = plan.rooms.map((_room, at) => [`GO${at}`, `S${at}`])
  return defineLoose({
    id: 'random',
    initial: 'S0',
    context: { n: 0 },
    historyLimit: plan.historyLimit,
    states: Object.fromEntries(states),
    on: { ...mapWays(plan.root), ...Object.fromEntries(jumps) },
  })
}

// ---- the model ----

interface Model {
  at: number
  from: number | null
  n: number
  changes: { from: string; to: string; event: string }[]
}

const start = (plan: Plan): Model => {
  const key = plan.rooms[0]?.entry ?? null
  return { at: 0, from: null, n: key === null ? 0 : mix(0, key, 0), changes: [] }
}

/** What the model makes of an event: 'handled', or why not. */
function step(plan: Plan, model: Model, { type, value }: Event): string {
  if (isFinal(plan, model.at)) return 'final'
  const ways = waysOf(plan, model.at, type)
  if (ways.length === 0) return 'unhandled'
  const way = ways.find(({ refuses }) => refuses === null || agrees(model.n, value, refuses))
  if (way === undefined) return 'guard'
  const to = way.target ?? model.at
  const moves = to !== model.at || (way.reenter && way.target !== null)
  const keys = moves ? [plan.rooms[model.at]?.exit, way.update, plan.rooms[to]?.entry] : [way.update]
  for (const key of keys) if (key !== null && key !== undefined) model.n = mix(model.n, key, value)
  if (!moves) return 'handled'
  model.changes.push({ from: `S${model.at}`, to: `S${to}`, event: type })
  model.from = model.at
  model.at = to
  return 'handled'
}

function expectLikeModel(state: MachineState<string, unknown>, model: Model, { historyLimit }: Plan): void {
  expect(state).toMatchObject({
    current: `S${model.at}`,
    previous: model.from === null ? null : `S${model.from}`,
    context: { n: model.n },
    attempts: model.changes.length,
  })
  const newest = historyLimit === 0 ? [] : model.changes.slice(-historyLimit)
  expect(state.history.map(({ from, to, event }) => ({ from, to, event }))).toEqual(newest)
}

describe('any machine on any events', () => {
  test('a store agrees with the model and with the pure transition, step by step', () => {
    const seen = new Set<string>()
    const property = fc.property(planArb, eventsArb, (plan, events) => {
      const machine = machineOf(plan)
      const clock = new ManualClock()
      const store = createMachineStore(machine, { clock })
      const model = start(plan)
      let refusals = 0
      expectLikeModel(store.state as MachineState<string, unknown>, model, plan)
      for (const event of events) {
        clock.advance(1)
        const before = store.snapshot
        const pure = transition(machine, before.state, event, { tsWall: clock.wall(), tsMono: clock.mono() })
        const possible = store.can(event)
        const result = store.send(event)
        const outcome = step(plan, model, event)
        seen.add(outcome)

        expect(result.handled ? 'handled' : result.reason).toBe(outcome)
        expect(possible).toBe(result.handled)
        expect(store.state).toEqual(pure.state)
        expectLikeModel(store.state as MachineState<string, unknown>, model, plan)
        expect(machine.states.has(store.current)).toBeTrue()
        expect(result.snapshot).toBe(store.snapshot)
        // A commit is one version; what changed nothing, refused events above all, is none.
        if (pure.state === before.state) expect(store.snapshot).toBe(before)
        else expect(store.snapshot.version).toBe(before.version + 1)
        if (!result.handled) {
          expect(pure).toMatchObject({ handled: false, reason: result.reason })
          expect(store.snapshot).toBe(before)
          refusals += 1
        }
      }
      const { commits, unhandledEvents, failedWrites } = store.metrics()
      const expected = { commits: store.snapshot.version, unhandledEvents: refusals, failedWrites: 0 }
      expect({ commits, unhandledEvents, failedWrites }).toEqual(expected)
    })
    fc.assert(property, { numRuns: runs(70) })
    expect([...seen].sort()).toEqual(['final', 'guard', 'handled', 'unhandled'])
  })

  test('a batch ends where its events, sent one by one, end; one that throws ends where it began', () => {
    const property = fc.property(planArb, eventsArb, eventsArb, (plan, first, batched) => {
      const machine = machineOf(plan)
      const single = createMachineStore(machine, { clock: new ManualClock() })
      const other = createMachineStore(machine, { clock: new ManualClock() })
      const published: number[] = []
      other.snapshot$.subscribe(({ version }) => void published.push(version))
      for (const event of [...first, ...batched]) single.send(event)
      for (const event of first) other.send(event)
      const before = other.snapshot
      caught(() =>
        other.batch(() => {
          for (const event of batched) other.send(event)
          throw new Error('batch')
        }),
      )
      expect(other.snapshot).toBe(before)
      other.batch(() => {
        for (const event of batched) other.send(event)
      })
      expect(other.state).toEqual(single.state)
      expect(other.snapshot.version).toBeWithin(before.version, before.version + 2)
      expect(published).toEqual(Array.from({ length: other.snapshot.version + 1 }, (_, n) => n))
    })
    fc.assert(property, { numRuns: runs(70) })
  })

  test('transitions$ tells each change of state once, in its order', () => {
    const property = fc.property(planArb, eventsArb, (plan, events) => {
      const roomy = { ...plan, historyLimit: plan.historyLimit + 1 }
      const store = createMachineStore(machineOf(roomy))
      const model = start(roomy)
      const told: unknown[] = []
      store.transitions$.subscribe(({ from, to, event }) => void told.push({ from, to, event }))
      for (const event of events) {
        store.send(event)
        step(roomy, model, event)
      }
      expect(told).toEqual(model.changes)
    })
    fc.assert(property, { numRuns: runs(70) })
  })

  test('runs of the same events give equal states, and leave the definition as it was', () => {
    const property = fc.property(planArb, eventsArb, (plan, events) => {
      const machine = machineOf(plan)
      const at = { tsWall: 0, tsMono: 0 }
      const run = () =>
        events.reduce((state, event) => transition(machine, state, event, at).state, initialState(machine))
      expect(run()).toEqual(run())
      expect(machine.context).toEqual({ n: 0 })
    })
    fc.assert(property, { numRuns: runs(30) })
  })
})
