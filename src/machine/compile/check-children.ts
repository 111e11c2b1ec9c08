import { describeValue } from '../../kit/index.ts'
import { StateCheck } from './check-states.ts'
import { type Fields, isFields } from './fields.ts'

const CHILD_KEYS = ['machine', 'keys', 'in', 'input', 'onDone', 'onFault', 'supervise', 'mailbox']
const SUPERVISE_KEYS = ['strategy', 'maxRestarts', 'withinMs', 'backoffMs']
const STRATEGIES: readonly unknown[] = ['stop', 'restart', 'escalate']

/** Looks at the children of a machine. */
export class ChildrenCheck extends StateCheck {
  /** @param states - the paths of all states. */
  children(definition: unknown, states: ReadonlyMap<string, unknown>): void {
    if (definition === undefined) return
    for (const [name, child] of Object.entries(this.fields('The machine, "children"', definition))) {
      const place = `Children ${name}`
      if (name === '' || /[/:]/.test(name)) {
        this.problems.push(
          `${place}: a name has a letter at least, and no "/" or ":", which stand in addresses.`,
        )
      }
      this.#child(place, this.fields(place, child, CHILD_KEYS), states)
    }
  }

  #child(place: string, fields: Fields, states: ReadonlyMap<string, unknown>): void {
    const { machine, keys, input, onDone, onFault, supervise } = fields
    const isMachine = isFields(machine) && machine.states instanceof Map
    this.#required(place, 'machine', machine, 'what defineMachine() returned', isMachine)
    this.#required(place, 'keys', keys, 'a function of the context', typeof keys === 'function')
    this.function(place, 'input', input)
    this.transitions(`${place}, onDone`, onDone, '')
    this.transitions(`${place}, onFault`, onFault, '')
    this.#in(place, fields.in, states)
    this.#mailbox(place, fields.mailbox)
    if (supervise !== undefined) this.#supervision(`${place}, "supervise"`, supervise)
  }

  #required(place: string, key: string, value: unknown, expected: string, holds: boolean): void {
    if (!holds)
      this.problems.push(`${place}: expected "${key}" to be ${expected}, got ${describeValue(value)}.`)
  }

  #in(place: string, names: unknown, states: ReadonlyMap<string, unknown>): void {
    const isList = Array.isArray(names) && names.length > 0
    this.kind(place, 'in', names, 'a list of states', isList)
    for (const name of isList ? names : []) {
      if (states.has(name)) continue
      const known = [...states.keys()].join(', ')
      this.problems.push(`${place}, "in": ${describeValue(name)} is no state. States: ${known}.`)
    }
  }

  #mailbox(place: string, mailbox: unknown): void {
    const isBuffer = isFields(mailbox) && mailbox.kind === 'buffer' && mailbox.overflow !== 'suspend'
    const expected = 'a policy of buffer() whose overflow does not suspend'
    this.kind(place, 'mailbox', mailbox, expected, isBuffer)
  }

  #supervision(place: string, definition: unknown): void {
    const { strategy, maxRestarts, withinMs, backoffMs } = this.fields(place, definition, SUPERVISE_KEYS)
    const strategies = '"stop", "restart" or "escalate"'
    this.#required(place, 'strategy', strategy, strategies, STRATEGIES.includes(strategy))
    const isCount = maxRestarts === Number.POSITIVE_INFINITY || Number.isInteger(maxRestarts)
    const holds = isCount && (maxRestarts as number) >= 0
    this.kind(place, 'maxRestarts', maxRestarts, 'an integer from 0, or Infinity', holds)
    for (const [key, ms] of Object.entries({ withinMs, backoffMs })) {
      const isTime = Number.isFinite(ms) && (ms as number) >= 0
      this.kind(place, key, ms, 'milliseconds from 0', isTime)
    }
  }
}
