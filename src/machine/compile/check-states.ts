import { describeValue } from '../../kit/index.ts'
import { TransitionCheck, type WrittenTarget } from './check-transitions.ts'
import { type Fields, fieldsOf } from './fields.ts'

const STATE_KEYS = [
  'on',
  'entry',
  'exit',
  'after',
  'always',
  'invoke',
  'waiting',
  'type',
  'initial',
  'states',
  'onDone',
  'output',
  'history',
  'target',
  'id',
  'tags',
  'description',
  'meta',
]
const TYPES = ['parallel', 'final', 'history']
/** What a state that nothing leaves, or nothing stays in, cannot have. */
const NOT_FINAL = ['on', 'after', 'always', 'invoke', 'waiting', 'states', 'initial', 'onDone'] as const
const NOT_HISTORY = [...NOT_FINAL, 'entry', 'exit', 'tags'] as const

/** Looks at states with the states inside them. */
export class StateCheck extends TransitionCheck {
  /** What history states lead to while there is nothing to remember, as it was written. */
  readonly fallbacks: WrittenTarget[] = []
  /** Whose each id is. */
  readonly #ids = new Map<string, string>()

  /** Looks at the machine itself: its states, and what it handles in each. */
  root(definition: Fields): void {
    const { id, type, initial, states, on, output } = definition
    // XState's tools name any state from the machine on.
    if (typeof id === 'string') this.#ids.set(id, 'the machine')
    if (type !== undefined && type !== 'parallel') {
      this.problems.push(`The machine has type ${describeValue(type)}; only "parallel" exists.`)
    }
    this.#children('', states)
    if (type !== 'parallel') {
      if (Object.keys(fieldsOf(states)).length > 0) this.#initial('', states, initial)
    } else if (initial !== undefined) {
      this.problems.push('The machine is parallel, so it can have no "initial": all its states are active.')
    }
    this.on('The machine', on, '')
    this.function('The machine', 'output', output)
  }

  #children(parent: string, states: unknown): void {
    if (isOnlyHistories(states)) {
      const place = parent === '' ? 'The machine' : `State ${parent}`
      this.problems.push(
        `${place} has only history states, which are never active; add a state that is not a history state.`,
      )
    }
    for (const [key, state] of Object.entries(fieldsOf(states))) {
      this.#state(parent === '' ? key : `${parent}.${key}`, state)
    }
  }

  #waiting(place: string, waiting: unknown): void {
    if (waiting === undefined) return
    const { schema = {}, expiresMs = 0 } = this.fields(`${place}, waiting`, waiting, ['schema', 'expiresMs'])
    this.kind(`${place}, waiting`, 'schema', schema, 'a schema', typeof schema === 'object')
    const isTime = typeof expiresMs === 'number' && expiresMs >= 0
    this.kind(`${place}, waiting`, 'expiresMs', expiresMs, 'milliseconds from 0', isTime)
  }

  #state(path: string, definition: unknown): void {
    const place = `State ${path}`
    const fields = this.fields(place, definition, STATE_KEYS)
    const { states, initial, tags } = fields
    const isCompound = this.#kind(place, fields)
    this.#id(place, path, fields.id)
    this.atDoor(place, 'entry', fields.entry)
    this.atDoor(place, 'exit', fields.exit)
    this.function(place, 'output', fields.output)
    this.on(place, fields.on, path)
    this.after(place, fields.after, path)
    this.transitions(`${place}, always`, fields.always, path)
    this.transitions(`${place}, onDone`, fields.onDone, path)
    this.invoke(place, fields.invoke, path)
    const areTags = Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')
    this.kind(place, 'tags', tags, 'a list of strings', areTags)
    this.#waiting(place, fields.waiting)
    if (fields.type === 'history') this.#history(place, path, fields)
    this.#children(path, states)
    if (isCompound) this.#initial(`${place}: `, states, initial)
  }

  /** Looks at what a state is; returns whether it is in one of the states inside of it. */
  #kind(place: string, fields: Fields): boolean {
    const { type, states, initial, onDone } = fields
    if (type !== undefined && !TYPES.includes(type as string)) {
      this.problems.push(`${place} has type ${describeValue(type)}; only ${TYPES.join(', ')} exist.`)
    }
    if (type === 'final') this.#refuse(`${place} is final`, fields, NOT_FINAL)
    if (type === 'history') this.#refuse(`${place} is a history`, fields, NOT_HISTORY)
    else this.#refuse(`${place} is no history`, fields, ['history', 'target'])
    if (type !== 'final') this.#refuse(`${place} is not final`, fields, ['output'])
    if (type === 'final' || type === 'history') return false
    const inside = Object.keys(fieldsOf(states)).length
    this.kind(place, 'states', states, 'an object with at least one state', inside > 0)
    if (type === 'parallel') {
      this.#refuse(`${place} is parallel`, fields, ['initial'])
      if (inside === 0) this.problems.push(`${place} is parallel, so it needs "states".`)
      return false
    }
    if (inside === 0 && (initial ?? onDone) !== undefined) {
      this.problems.push(`${place} has no states inside, so it can have no "initial" or "onDone".`)
    }
    return inside > 0
  }

  #refuse(what: string, fields: Fields, keys: readonly string[]): void {
    const given = keys.filter((key) => fields[key] !== undefined)
    if (given.length > 0) {
      this.problems.push(`${what}, so it can have no ${given.map((key) => `"${key}"`).join(', ')}.`)
    }
  }

  #initial(place: string, states: unknown, initial: unknown): void {
    const known = fieldsOf(states)
    if (typeof initial === 'string' && Object.hasOwn(known, initial)) return
    if (isOnlyHistories(states)) return
    const names = Object.keys(known).filter((key) => fieldsOf(known[key]).type !== 'history')
    this.problems.push(
      `${place}Expected "initial" to be one of the states ${names.join(', ')}, got ${describeValue(initial)}.`,
    )
  }

  #id(place: string, path: string, id: unknown): void {
    this.kind(place, 'id', id, 'a string that is not empty', typeof id === 'string' && id !== '')
    if (typeof id !== 'string') return
    const other = this.#ids.get(id)
    if (other !== undefined) this.problems.push(`${place} has the id "${id}", which is that of ${other}.`)
    this.#ids.set(id, `state ${path}`)
  }

  #history(place: string, path: string, { history, target }: Fields): void {
    const holds = history === 'shallow' || history === 'deep'
    this.kind(place, 'history', history, '"shallow" or "deep"', holds)
    if (target !== undefined) this.fallbacks.push({ source: path, target, place })
  }
}

/** Whether there are states, and none of them can be active. */
function isOnlyHistories(states: unknown): boolean {
  const inside = Object.values(fieldsOf(states))
  return inside.length > 0 && inside.every((state) => fieldsOf(state).type === 'history')
}
