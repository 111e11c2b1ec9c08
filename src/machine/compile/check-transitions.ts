import { describeValue, TIMER_MS_MAX } from '../../kit/index.ts'
import { FieldCheck } from './check-fields.ts'
import { delaysIn, type Fields, fieldsOf, isFields, transitionsIn } from './fields.ts'

/** Types of events that nobody sends; XState's have a name behind them. */
const MADE = /^(((next|done|error)\.invoke|done\.state|(done|error)\.child|after\.\d+)(\.|$)|xstate\.)/
const TRANSITION_KEYS = ['target', 'guard', 'update', 'run', 'emit', 'reenter', 'description']
const INVOKE_KEYS = ['src', 'onNext', 'onDone', 'onError', 'onRestore']
const ACT_KEYS = ['update', 'run', 'emit']

/** A target as it was written, with the path of the state that it leads from and the words that problems begin with. */
export interface WrittenTarget {
  readonly source: string
  readonly target: unknown
  readonly place: string
}

/** Looks at the transitions of a state; whether their targets exist is asked when all states are known. */
export class TransitionCheck extends FieldCheck {
  readonly targets: WrittenTarget[] = []

  protected on(place: string, definition: unknown, source: string): void {
    if (definition === undefined) return
    for (const [type, config] of Object.entries(this.fields(`${place}, "on"`, definition))) {
      if (type === '') {
        this.problems.push(`${place} handles ""; name each event, or "always" for what needs none.`)
      }
      if (MADE.test(type)) {
        this.problems.push(
          `${place} handles "${type}", an event that a machine makes by itself; write "after", or "onDone", "onError", "onNext" or "onFault" of what it comes from.`,
        )
      }
      this.transitions(`${place}, event ${type}`, config, source)
    }
  }

  protected transitions(place: string, config: unknown, source: string): void {
    for (const one of transitionsIn(config)) this.#transition(place, one, source)
  }

  protected after(place: string, definition: unknown, source: string): void {
    for (const [ms, config] of definition === undefined ? [] : delaysIn(definition)) {
      if (!Number.isInteger(ms) || (ms as number) < 0 || (ms as number) > TIMER_MS_MAX) {
        this.problems.push(
          `${place}, "after": expected milliseconds, an integer from 0 to ${TIMER_MS_MAX}, got ${describeValue(ms)}.`,
        )
      }
      this.transitions(`${place}, after ${ms} ms`, config, source)
    }
  }

  protected invoke(place: string, definition: unknown, source: string): void {
    if (definition === undefined) return
    const fields = this.fields(`${place}, "invoke"`, definition, INVOKE_KEYS)
    const { src, onNext, onDone, onError, onRestore } = fields
    if (src === undefined) this.problems.push(`${place}, "invoke" has no "src".`)
    this.function(`${place}, "invoke"`, 'src', src)
    if (onRestore !== undefined && onRestore !== 'restart' && onRestore !== 'fail') {
      this.problems.push(
        `${place}, "invoke": expected "onRestore" to be "restart" or "fail", got ${describeValue(onRestore)}.`,
      )
    }
    this.transitions(`${place}, onNext`, onNext, source)
    this.transitions(`${place}, onDone`, onDone, source)
    this.transitions(`${place}, onError`, onError, source)
  }

  /** Looks at what is done when a state is entered or left: a recipe, or more than that. */
  protected atDoor(place: string, key: 'entry' | 'exit', config: unknown): void {
    if (config === undefined || typeof config === 'function') return
    if (isFields(config)) this.#act(`${place}, ${key}`, this.fields(`${place}, ${key}`, config, ACT_KEYS))
    else this.kind(place, key, config, 'a function, or an object with "update", "run" or "emit"', false)
  }

  #act(place: string, { update, run, emit }: Fields): void {
    this.function(place, 'update', update)
    this.function(place, 'run', run)
    const isEvent = typeof emit === 'function' || typeof fieldsOf(emit).type === 'string'
    this.kind(place, 'emit', emit, 'an event, or a function that makes one', isEvent)
  }

  #transition(place: string, config: unknown, source: string): void {
    const fields = this.fields(place, config, TRANSITION_KEYS)
    const { target, guard, reenter } = fields
    this.flag(place, 'reenter', reenter)
    if (reenter === true && target === undefined) {
      this.problems.push(`${place} has "reenter" without a "target"; name the state to enter again.`)
    }
    this.function(place, 'guard', guard)
    this.#act(place, fields)
    if (target !== undefined) this.targets.push({ source, target, place })
  }
}
