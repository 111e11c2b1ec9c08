/**
 * Random machines with states inside of states, for two interpreters.
 *
 * A program is drawn from its seed as a plan, and the plan is written twice: in our words and in XState's. Each entry,
 * exit and update notes its name in the context, and the guards ask how much was noted: so the order of everything that
 * happens decides what happens next.
 */
import { type AnyMachineSnapshot, type AnyStateMachine, assign, createMachine } from 'xstate'

export interface Plan {
  readonly key: string
  readonly id: string
  readonly kind: 'atomic' | 'compound' | 'parallel' | 'final' | 'history'
  readonly children: readonly Plan[]
  readonly initial: string
  readonly deep: boolean
  readonly fallback: string | undefined
  readonly on: Readonly<Record<string, readonly Way[]>>
  readonly always: readonly Way[]
  readonly onDone: readonly Way[]
}

interface Way {
  readonly name: string
  readonly target: string | undefined
  readonly reenter: boolean
  /** Agrees while as much was noted, counted by `of`, as leaves the rest `is`; null always agrees. */
  readonly guard: {
    readonly of: number
    readonly is: number
    readonly not: boolean
    readonly until: number
  } | null
}

export const TYPES: readonly string[] = ['A', 'B', 'C', 'D']

/** Numbers that follow from a seed (mulberry32). */
export function dice(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const DEPTH_MAX = 4

interface Shape {
  key: string
  id: string
  kind: Plan['kind']
  children: Shape[]
  parent: Shape | undefined
}

const isInside = ({ parent }: Shape, outer: Shape | undefined): boolean =>
  parent !== undefined && (parent === outer || isInside(parent, outer))

const hasParallel = ({ kind, children }: Shape): boolean => kind === 'parallel' || children.some(hasParallel)

const isOutside = ({ parent }: Shape): boolean =>
  parent === undefined || (parent.kind !== 'parallel' && isOutside(parent))

const isFirst = (shape: Shape): boolean =>
  shape.parent === undefined ||
  ((shape.parent.kind !== 'parallel' || shape.parent.children[0] === shape) && isFirst(shape.parent))

const isFirstInside = (shape: Shape): boolean => !isOutside(shape) && isFirst(shape) && !hasParallel(shape)

/** Draws a machine. */
export function planOf(roll: (below: number) => number): Plan {
  let count = 0
  const all: Shape[] = []
  const grow = (parent: Shape | undefined, depth: number): Shape => {
    const shape: Shape = { key: `s${count}`, id: `n${count}`, kind: 'atomic', children: [], parent }
    count += 1
    const inner = depth === 0 || (depth < DEPTH_MAX && count < 14 && roll(3) === 0)
    if (inner) {
      shape.kind = roll(3) === 0 ? 'parallel' : 'compound'
      const size = 1 + roll(3)
      for (let n = 0; n < size + (depth === 0 ? 1 : 0); n += 1) shape.children.push(grow(shape, depth + 1))
      if (depth > 0 && roll(2) === 0) {
        shape.children.push({
          key: `s${count}`,
          id: `n${count}`,
          kind: 'history',
          children: [],
          parent: shape,
        })
        count += 1
      }
    } else if (roll(5) === 0) shape.kind = 'final'
    if (depth > 0) all.push(shape, ...shape.children.filter(({ kind }) => kind === 'history'))
    return shape
  }
  const root = grow(undefined, 0)
  // A machine begins where it can go on.
  for (const { kind, children } of [root, ...all]) {
    const first = children[0]
    if (kind === 'compound' && first?.kind === 'final') first.kind = 'atomic'
  }
  let ways = 0
  const targetFrom = (shape: Shape): string | undefined => {
    const { parent, children } = shape
    // From inside its parent a history leads XState into a parent that it has left and does not enter.
    const fits = (one: Shape): boolean => one.kind !== 'history' || !isInside(shape, one.parent)
    const choices = [
      ...(parent?.children ?? []).filter(fits).map(({ key }) => key),
      ...children.map(({ key }) => `.${key}`),
      ...all.filter(fits).map(({ id }) => `#${id}`),
    ]
    return roll(5) === 0 ? undefined : choices[roll(choices.length)]
  }
  const way = (shape: Shape, mustGuard: boolean): Way => {
    const target = targetFrom(shape)
    ways += 1
    const of = 2 + roll(3)
    // What needs no event comes to an end after a while: chains without one are a test of their own.
    const until = mustGuard ? 60 : Number.POSITIVE_INFINITY
    const guard =
      mustGuard || roll(3) === 0 ? { of, is: roll(of), not: !mustGuard && roll(2) === 0, until } : null
    return { name: `~${ways}`, target, reenter: target !== undefined && roll(4) === 0, guard }
  }
  const list = (shape: Shape, mustGuard = false): Way[] =>
    Array.from({ length: 1 + roll(2) }, () => way(shape, mustGuard))
  // XState takes what needs no event in the order in which states were entered, ours in that of the definition: so only
  // one region at a time has any, either those around all parallel states or the first ones inside.
  const zone = roll(2) === 0 ? isOutside : isFirstInside
  const finish = (shape: Shape): Plan => {
    const { key, id, kind, children } = shape
    const quiet = kind === 'final' || kind === 'history'
    const types = quiet ? [] : [...TYPES, '*'].filter((type) => roll(type === '*' ? 8 : 3) === 0)
    const outer = shape.parent === undefined
    const inside = children.filter((one) => one.kind !== 'history')
    return {
      key,
      id,
      kind,
      children: children.map(finish),
      initial: kind === 'compound' ? (children[0]?.key ?? '') : '',
      deep: roll(2) === 0,
      fallback:
        kind === 'history' && roll(2) === 0
          ? shape.parent?.children[roll((shape.parent?.children.length ?? 1) - 1)]?.key
          : undefined,
      on: outer ? {} : Object.fromEntries(types.map((type) => [type, list(shape)])),
      always: !quiet && !outer && zone(shape) && roll(4) === 0 ? list(shape, true) : [],
      onDone: !outer && inside.length > 0 && roll(2) === 0 ? list(shape, true) : [],
    }
  }
  return finish(root)
}

// ---- in our words ----

interface Log {
  log: string[]
}

const agrees = ({ guard }: Way, { log }: { readonly log: readonly string[] }): boolean =>
  guard === null || (log.length < guard.until && (log.length % guard.of === guard.is) !== guard.not)

const note =
  (name: string) =>
  (draft: Log): void =>
    void draft.log.push(name)

const ourWays = (ways: readonly Way[]): object[] =>
  ways.map((way) => ({
    ...(way.target !== undefined && { target: way.target, reenter: way.reenter }),
    ...(way.guard !== null && { guard: (context: Log) => agrees(way, context) }),
    update: note(way.name),
  }))

const mapValues = <A, B>(values: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]))

const childrenOf = (plan: Plan, write: (plan: Plan) => object): object =>
  plan.children.length === 0
    ? {}
    : {
        states: Object.fromEntries(plan.children.map((child) => [child.key, write(child)])),
        ...(plan.kind === 'compound' && { initial: plan.initial }),
      }

const typeOf = ({ kind, deep, fallback }: Plan): object => ({
  ...((kind === 'parallel' || kind === 'final' || kind === 'history') && { type: kind }),
  ...(kind === 'history' && { history: deep ? 'deep' : 'shallow', ...(fallback && { target: fallback }) }),
})

function ourState(plan: Plan): object {
  if (plan.kind === 'history') return { id: plan.id, ...typeOf(plan) }
  return {
    id: plan.id,
    ...typeOf(plan),
    ...childrenOf(plan, ourState),
    entry: note(`+${plan.key}`),
    exit: note(`-${plan.key}`),
    ...(plan.kind !== 'final' && { on: mapValues(plan.on, ourWays), always: ourWays(plan.always) }),
    ...(plan.onDone.length > 0 && { onDone: ourWays(plan.onDone) }),
  }
}

/** The plan as a definition of ours. States that cannot be reached are told by an event that leads to each. */
export function ourDefinition(plan: Plan): object {
  return {
    id: 'random',
    context: { log: [] },
    ...typeOf(plan),
    ...childrenOf(plan, ourState),
  }
}

// ---- in XState's words ----

const theirNote = (name: string) =>
  assign(({ context }: { context: Log }) => ({ log: [...context.log, name] }))

/** XState hands what it raises itself to `'*'` as well; ours is for events that were sent. */
const isSent = ({ type }: { type: string }): boolean => !type.startsWith('xstate.')

const theirWays = (ways: readonly Way[], sentOnly = false): object[] =>
  ways.map((way) => ({
    ...(way.target !== undefined && { target: way.target, reenter: way.reenter }),
    guard: ({ context, event }: { context: Log; event: { type: string } }) =>
      agrees(way, context) && (!sentOnly || isSent(event)),
    actions: theirNote(way.name),
  }))

function theirState(plan: Plan): object {
  if (plan.kind === 'history') return { id: plan.id, ...typeOf(plan) }
  const on = Object.entries(plan.on).map(([type, ways]) => [type, theirWays(ways, type === '*')])
  return {
    id: plan.id,
    ...typeOf(plan),
    ...childrenOf(plan, theirState),
    entry: theirNote(`+${plan.key}`),
    exit: theirNote(`-${plan.key}`),
    on: Object.fromEntries(on),
    always: theirWays(plan.always),
    ...(plan.onDone.length > 0 && { onDone: theirWays(plan.onDone) }),
  }
}

/** The plan as a machine of XState's. */
export const theirMachine = (plan: Plan): AnyStateMachine =>
  createMachine({
    id: 'random',
    context: { log: [] },
    ...typeOf(plan),
    ...childrenOf(plan, theirState),
  } as unknown as Parameters<typeof createMachine>[0])

/** A value of XState's with the regions in the order of the definition: where an event leads is asked in this order. */
export function inOrder(value: AnyMachineSnapshot['value'], plan: Plan): AnyMachineSnapshot['value'] {
  if (typeof value === 'string') return value
  const active = plan.children.filter(({ key }) => key in value)
  return Object.fromEntries(
    active.map((child) => [child.key, inOrder(value[child.key] as AnyMachineSnapshot['value'], child)]),
  )
}

/** XState's value in our form: names are joined by dots as long as one state inside is active. */
export function ourValue(value: AnyMachineSnapshot['value'], plan: Plan): unknown {
  if (typeof value === 'string') return value
  const inner = (key: string): unknown => {
    const child = plan.children.find((one) => one.key === key) as Plan
    return child.children.length === 0 ? {} : ourValue(value[key] as AnyMachineSnapshot['value'], child)
  }
  if (plan.kind === 'parallel') {
    return Object.fromEntries(
      plan.children.filter(({ kind }) => kind !== 'history').map(({ key }) => [key, inner(key)]),
    )
  }
  const [key = ''] = Object.keys(value)
  const found = inner(key)
  return typeof found === 'string' ? `${key}.${found}` : { [key]: found }
}
