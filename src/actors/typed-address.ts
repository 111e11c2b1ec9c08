/** What the compiler knows of addresses: which there are, and what lives at each. */
import type { BareEvent, Cell, EventObject, EventOf, Machine, MachineStore, Ports } from '../machine/index.ts'
import type { ROOT } from './address.ts'

/** The machines of the children of a machine, by their names. */
type ChildrenIn<M> = M extends Machine<infer _Context, infer _Cells, infer Io> ? Io['children'] : never

/** The addresses in a system whose root is a machine. */
export type AddressOf<M, At extends string = typeof ROOT> =
  | At
  | {
      [Child in keyof ChildrenIn<M> & string]: AddressOf<ChildrenIn<M>[Child], `${At}/${Child}:${string}`>
    }[keyof ChildrenIn<M> & string]

/** What is at an address: a way is walked from step to step, and no key has a `/`. */
type MachineAt<M, Address extends string> = Address extends `${string}/${infer Way}` ? AtEndOf<M, Way> : M

type AtEndOf<M, Way extends string> = Way extends `${infer Step}/${infer Rest}`
  ? AtEndOf<ChildAt<M, Step>, Rest>
  : ChildAt<M, Way>

type ChildAt<M, Step extends string> = Step extends `${infer Child}:${string}`
  ? ChildrenIn<M>[Child & keyof ChildrenIn<M>]
  : never

/** Reads as a sentence where there is no such address. */
export interface NoSuchAddress<Address, Addresses> {
  readonly 'there is no such address': Address
  readonly 'there are': Addresses
}

/** Beside an address: refuses what is none; text that is not known is let pass. */
export type KnownAddress<M, Address extends string> = string extends Address
  ? unknown
  : Address extends AddressOf<M>
    ? unknown
    : NoSuchAddress<Address, AddressOf<M>>

/** The store of what lives at an address; the root's is always there. */
export type StoreAt<M, Address extends string> = string extends Address
  ? MachineStore<unknown, Cell> | undefined
  : Address extends typeof ROOT
    ? StoreOf<M>
    : StoreOf<MachineAt<M, Address>> | undefined

type StoreOf<M> =
  M extends Machine<infer Context, infer Cells, infer Io extends Ports>
    ? MachineStore<Context, Cells, Io>
    : never

/** An event of whatever machine. */
interface EventNamed extends EventObject {
  readonly [field: string]: unknown
}

/** What may be sent to an address. */
export type EventAt<M, Address extends string> = string extends Address
  ? EventNamed | string
  : EventOf<MachineAt<M, Address>> | BareEvent<EventOf<MachineAt<M, Address>>>
