/**
 * What a shape of states makes of the types: the cells of a machine.
 *
 * A cell is one thing that `state.current` may be, with the events that are handled there. It is computed from the
 * inside: a state inside of another is the other's name, a dot and its own; of a parallel state there is one cell, a
 * record of its regions, as the product of what they may be would be without bounds.
 */
import type { EventNamed, EventObject } from './definition.ts'

/** What `state.current` may be: the path of a state, or, where regions are active side by side, a record of them. */
export type StateValue = string | { readonly [region: string]: StateValue }

/** One state of a machine with the events that it handles; a machine's type is a union of these. */
export interface Cell {
  readonly state: StateValue
  readonly event: EventObject
}

/** The paths of the states that a value is in: of `'ACTIVE.moving'` also `'ACTIVE'`. */
export type PathOf<Value> = Value extends string
  ? Value | Ancestor<Value>
  : { readonly [Region in keyof Value & string]: Region | `${Region}.${PathOf<Value[Region]>}` }[keyof Value &
      string]

type Ancestor<Path extends string> = Path extends `${infer First}.${infer Rest}`
  ? First | `${First}.${Ancestor<Rest>}`
  : never

/** The cells in which a machine is in a state; a record of regions is in any of its own. */
export type CellsIn<Cells, Path> = Cells extends { readonly state: infer Value }
  ? Path extends PathOf<Value>
    ? Cells
    : never
  : never

/** The cells of a shape; of a final state that is not inside of another, one without events. */
export type CellsOf<Event extends EventObject, States, RootType extends string> = {
  [Name in keyof States & string]: States[Name] extends { readonly type: 'final' }
    ? { readonly state: Name; readonly event: never }
    : StateCells<Event, Name, States[Name], RootType>
}[keyof States & string]

/** The one cell of a machine whose own `type` is parallel. */
export interface ParallelCell<Event extends EventObject, States, RootType extends string> {
  readonly state: RegionsOf<States>
  readonly event: EventOf<Event, RootType | TypesIn<States>>
}

type StateCells<Event extends EventObject, Name extends string, State, Types extends string> = 0 extends 1 &
  State
  ? { readonly state: Name; readonly event: Event }
  : State extends { readonly type: 'history' }
    ? never
    : State extends { readonly type: 'parallel'; readonly states: infer Inner }
      ? {
          readonly state: { readonly [Key in Name]: RegionsOf<Inner> }
          readonly event: EventOf<Event, Types | TypesOf<State> | TypesIn<Inner>>
        }
      : State extends { readonly states: infer Inner }
        ? Under<Name, InnerCells<Event, Inner, Types | TypesOf<State>>>
        : { readonly state: Name; readonly event: EventOf<Event, Types | TypesOf<State>> }

type InnerCells<Event extends EventObject, States, Types extends string> = {
  [Name in keyof States & string]: StateCells<Event, Name, States[Name], Types>
}[keyof States & string]

type Under<Name extends string, Inner> = Inner extends Cell
  ? {
      readonly state: Inner['state'] extends string
        ? `${Name}.${Inner['state']}`
        : { readonly [Key in Name]: Inner['state'] }
      readonly event: Inner['event']
    }
  : never

/** A value for each region; one without states inside has nothing to tell. */
type RegionsOf<States> = {
  readonly [Name in keyof States & string as States[Name] extends { readonly type: 'history' }
    ? never
    : Name]: States[Name] extends { readonly type: 'parallel'; readonly states: infer Inner }
    ? RegionsOf<Inner>
    : States[Name] extends { readonly states: infer Inner }
      ? InnerCells<EventObject, Inner, never>['state']
      : Record<never, never>
}

/** The types of the events that a state names itself. */
type TypesOf<State> = State extends { readonly on: infer On } ? keyof On & string : never

/** Those that any state of a shape names, at any depth. */
type TypesIn<States> = {
  [Name in keyof States & string]:
    | TypesOf<States[Name]>
    | (States[Name] extends Compound<infer Inner>
        ? string extends keyof Inner
          ? never
          : TypesIn<Inner>
        : never)
}[keyof States & string]

/** A state with states inside. */
export interface Compound<Inner> {
  readonly states: Inner
}

type EventOf<Event extends EventObject, Types extends string> = '*' extends Types
  ? Event
  : EventNamed<Event, Types>
