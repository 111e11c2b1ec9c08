import { type AnyMachine, activeNodes, type MachineState, type StateValue } from '../machine/index.ts'
import { chartOf } from './chart.ts'
import type { EventFacts, MachineFacts, TrackFacts } from './facts.ts'
import { cut } from './plain.ts'
import { stateText } from './state-text.ts'

/** A machine store, as far as it is looked at. */
export interface WatchedMachine {
  readonly machine: AnyMachine
  can(event: { readonly type: string }): boolean
  send(event: { readonly type: string }, write?: { readonly source: string }): { readonly handled: boolean }
}

/** Transitions that are shown. */
export const TRACK_MAX = 100

export const isMachine = (store: object): store is WatchedMachine =>
  'machine' in store && 'can' in store && typeof store.can === 'function'

export function machineFacts(store: WatchedMachine, state: MachineState<StateValue, unknown>): MachineFacts {
  const { machine } = store
  const active = activeNodes(machine, state.current) ?? []
  return {
    id: machine.id,
    chart: chartOf(machine),
    active: active.map(({ name }) => name),
    track: trackOf(state),
    events: eventsOf(store, new Set(active)),
  }
}

function trackOf({ history, attempts }: MachineState<StateValue, unknown>): TrackFacts[] {
  const track = history.slice(-TRACK_MAX)
  return track.map((record, index) => ({
    number: attempts - track.length + index + 1,
    from: cut(stateText(record.from)),
    to: cut(stateText(record.to)),
    event: cut(record.event),
    status: record.status,
    error: cut(record.errorMessage),
    at: record.tsWall,
  }))
}

/** All events by name; a guard is asked only where some state that is active knows the event. */
function eventsOf(store: WatchedMachine, active: ReadonlySet<AnyMachine['root']>): EventFacts[] {
  const types = new Map<string, boolean>()
  for (const state of [store.machine.root, ...store.machine.states.values()]) {
    for (const type of state.own.keys()) {
      if (type === '*') continue
      types.set(type, (types.get(type) ?? false) || active.has(state) || state === store.machine.root)
    }
  }
  return Array.from(types, ([type, isKnown]) => ({ type, can: isKnown && can(store, type) }))
}

/** A guard may need more than a type: what throws is not handled. */
function can(store: WatchedMachine, type: string): boolean {
  try {
    return store.can({ type })
  } catch {
    return false
  }
}
