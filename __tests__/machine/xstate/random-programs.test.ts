/**
 * XState 5 as the oracle: random machines on random events, beside it.
 *
 * Two differences are known. XState runs the exits of all that is active when a machine ends; a machine of ours stays in
 * its final state. XState gives `'*'` the events that it raises itself; the plan asks it not to.
 */
import { describe, expect, test } from '@jest/globals'
import { type AnyMachineSnapshot, initialTransition, transition as xstateTransition } from 'xstate'
import { createMachineStore } from '../../../src/index.ts'
import { runs } from '../../support/runs.ts'
import { SEED } from '../../support/seed.ts'
import { defineLoose, type LooseMachine, problemsOf } from '../support.ts'
import {
  dice,
  inOrder,
  ourDefinition,
  ourValue,
  type Plan,
  planOf,
  TYPES,
  theirMachine,
} from './random-program.ts'

/** The machine, with an event that leads to each state that nothing else leads to, which nobody sends. */
function ours(plan: Plan): LooseMachine<{ log: string[] }> {
  const definition = ourDefinition(plan)
  const lost = problemsOf(definition).map((problem) => /^State (\S+) is unreachable/.exec(problem)?.[1])
  expect(lost).not.toContain(undefined)
  const on = Object.fromEntries(lost.map((path) => [`never ${path}`, path]))
  return defineLoose(lost.length === 0 ? definition : { ...definition, on })
}

/** What both have made so far. */
interface Seen {
  readonly value: unknown
  readonly log: readonly string[]
  readonly done: boolean
}

function theirs(snapshot: AnyMachineSnapshot, plan: Plan): Seen {
  const { log } = snapshot.context as { log: string[] }
  return { value: ourValue(snapshot.value, plan), log, done: snapshot.status === 'done' }
}

/** Theirs without the exits of a machine that ended. */
function expectSame(mine: Seen, other: Seen): void {
  expect(mine.value).toEqual(other.value)
  const rest = other.log.slice(mine.log.length)
  expect(mine.log).toEqual(other.log.slice(0, mine.log.length))
  expect(other.done ? rest.filter((name) => !name.startsWith('-')) : rest).toEqual([])
}

function runProgram(seed: number, told: Set<string>): void {
  const roll = dice(seed)
  const plan = planOf(roll)
  const machine = theirMachine(plan)
  let [snapshot]: readonly AnyMachineSnapshot[] = initialTransition(machine) as never
  if (snapshot === undefined || snapshot.status === 'error') throw snapshot?.error
  const store = createMachineStore(ours(plan))
  const seen = (): Seen => ({ value: store.current, log: store.context.log, done: false })
  expectSame(seen(), theirs(snapshot, plan))
  for (let n = 0; n < 12 && snapshot.status === 'active'; n += 1) {
    const event = { type: TYPES[roll(TYPES.length)] as string }
    const before = machine.resolveState({
      ...(snapshot as object),
      value: inOrder(snapshot.value, plan),
    } as never)
    const isHandled = machine.getTransitionData(before, event).length > 0
    expect(store.can(event)).toBe(isHandled)
    snapshot = xstateTransition(machine, before, event)[0] as AnyMachineSnapshot
    expect(store.send(event).handled).toBe(isHandled)
    expectSame(seen(), theirs(snapshot, plan))
    told.add(isHandled ? 'handled' : 'refused')
    if (typeof store.current !== 'string') told.add('parallel')
    if (Object.keys(store.state.remembered ?? {}).length > 0) told.add('remembered')
  }
  if (snapshot.status === 'done') {
    told.add('done')
    expect(store.send('A')).toMatchObject({ handled: false, reason: 'final' })
  }
}

describe('a machine of nested states', () => {
  test('goes where XState goes, in the same order, and refuses what it refuses', () => {
    const told = new Set<string>()
    for (let seed = SEED; seed < SEED + runs(40); seed += 1) {
      try {
        runProgram(seed, told)
      } catch (error) {
        throw new Error(`Program ${seed} (HEADGATE_SEED=${seed}): ${String(error)}`, { cause: error })
      }
    }
    expect([...told].sort()).toEqual(['done', 'handled', 'parallel', 'refused', 'remembered'])
  })
})
