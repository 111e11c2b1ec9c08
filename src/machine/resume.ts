/**
 * A machine that goes on in a state that was kept, by a journal for one: apart from what runs machines, since few are.
 *
 *   entered ────────── killed ·········· restored ──────── due
 *           after: what is left by the wall clock; at once, where it is less than nothing
 */
import type { MachineDriver } from './driver.ts'
import type { EntryTimes } from './effects.ts'
import type { AnyState } from './look-up.ts'
import type { StateNode } from './machine.ts'
import { recordAt, stayOf } from './records.ts'

/** What a machine goes on from. */
export type Resumable = Pick<MachineDriver, 'machine' | 'head' | 'running' | 'now' | 'wall'>

export interface ResumeOptions {
  /** Until when its timers have run; default its newest version. */
  readonly ranUntil?: number
  /** What becomes of work whose definition does not say; default `'fail'`. */
  readonly byDefault?: 'restart' | 'fail'
}

/**
 * Ends what a machine runs, and begins what its state wants: timers with what is left of them, in the order of their
 * times, and work as its definition says.
 *
 * @param began - when the machine began, in milliseconds since 1970.
 * @param entered - when states were entered, where that is known better than the history knows it.
 */
export function resume(
  { head, running: { effects }, now, wall }: Resumable,
  began: number,
  entered: EntryTimes = {},
  { ranUntil = head.tsWall, byDefault = 'fail' }: ResumeOptions = {},
): void {
  const { state } = head
  const shift = now() - wall()
  effects.stand(state)
  const activations = effects.wantedIn(state).map((node) => {
    const at = entered[node.name] ?? enteredAt(state, node, began)
    return effects.activate(node, state, at === undefined ? undefined : at + shift)
  })
  const timers = activations
    .flatMap((activation) =>
      activation.node.after.map((after) => ({ activation, after, due: activation.since + after.ms })),
    )
    // One without a target that has run would run again with each restart.
    .filter(
      ({ after, due }) => due > ranUntil + shift || after.transitions.some(({ to }) => to !== undefined),
    )
    .sort((one, other) => one.due - other.due)
  for (const { activation, after } of timers) if (!activation.isOver) effects.startTimer(activation, after.ms)
  for (const activation of activations) {
    const { invoke } = activation.node
    if (invoke === undefined || activation.isOver || !isOpen(state, activation.node)) continue
    const { onRestore = byDefault } = invoke
    effects.startWork(activation, onRestore === 'restart' ? invoke : { ...invoke, src: interrupted }, state)
  }
}

/** When each state was entered that runs something, in milliseconds since 1970. */
export function entryTimes({ running: { effects }, now, wall }: Resumable): EntryTimes {
  const shift = now() - wall()
  return Object.fromEntries(effects.activations.map(({ node, since }) => [node.name, since - shift]))
}

/** Whether work of a state has not ended, as far as the history knows: what it has forgotten may not have. */
const isOpen = (state: AnyState, node: StateNode): boolean =>
  (state.history[recordAt(state, node)]?.status ?? 'PENDING') === 'PENDING'

/**
 * The wall time at which a state was entered: of the record of it; else, where the history has forgotten it, of the
 * oldest one that it has, which came later.
 *
 * @param began - when the machine began, for states that it has been in from then on.
 */
function enteredAt(state: AnyState, node: StateNode, began: number): number | undefined {
  const record = state.history[recordAt(state, node)]
  if (record !== undefined) return record.tsWall
  return stayOf(state, node) === 0 ? began : state.history[0]?.tsWall
}

/** What stands for work that was running when its process ended. */
const interrupted = (): Promise<never> => Promise.reject(new Error('interrupted'))
