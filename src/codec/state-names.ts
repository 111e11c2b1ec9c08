/**
 * The places of a machine on the wire, where one number stands for each.
 *
 *   'DOCKED'                                  'DOCKED'        the path of the innermost state
 *   { ACTIVE: { arm: 'up', light: 'on' } }    'ACTIVE'        the path of the outermost parallel state;
 *                                                             the record itself travels as JSON beside it
 *
 * So whoever reads numbers only knows that the robot is active, and needs no number for each pair of regions.
 */
import { activeNodes, type Machine, type StateValue } from '../machine/index.ts'
import type { NameTable } from './name-table.ts'

type Tree = Pick<Machine<unknown, never>, 'states' | 'root'>
type Node = Tree['root']

/** The names of a machine's places; `''` is that of a machine whose own states are active side by side. */
export function placesOf({ root }: Tree): readonly string[] {
  const placesIn = (node: Node): readonly string[] =>
    node.kind === 'compound' ? node.children.flatMap(placesIn) : [node.name]
  return placesIn(root)
}

export class StateNames {
  readonly table: NameTable
  readonly #machine: Tree

  constructor(machine: Tree, table: NameTable) {
    this.#machine = machine
    this.table = table
  }

  /** The name of a place; undefined for what has none. What a record says of its regions is not looked at. */
  nameOf(value: unknown): string | undefined {
    if (typeof value === 'string') return value
    let node: Node | undefined = this.#machine.root
    let inner = value
    while (node?.kind === 'compound' && typeof inner === 'object' && inner !== null) {
      const [key = '']: string[] = Object.keys(inner)
      inner = (inner as Record<string, unknown>)[key]
      node = node.children.find((child) => child.key === key)
    }
    return node?.kind === 'parallel' && isValue(inner) ? node.name : undefined
  }

  /** Whether a machine of this definition can be there. */
  knows(value: StateValue): boolean {
    return activeNodes(this.#machine, value) !== undefined
  }
}

/** Whether JSON is made of records and names alone. */
export const isValue = (value: unknown): value is StateValue =>
  typeof value === 'string' ||
  (typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every(isValue))
