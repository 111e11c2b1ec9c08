import { describeValue } from '../../kit/index.ts'
import { FieldCheck } from './check-fields.ts'
import { delaysIn, transitionsIn } from './fields.ts'

const MAX_MS = 2_147_483_647
const TRANSITION_KEYS = ['target', 'guard', 'update', 'reenter', 'description']
const INVOKE_KEYS = ['src', 'onDone', 'onError', 'onRestore']

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
      this.transitions(`${place}, event ${type}`, config, source)
    }
  }

  protected transitions(place: string, config: unknown, source: string): void {
    for (const one of transitionsIn(config)) this.#transition(place, one, source)
  }

  protected after(place: string, definition: unknown, source: string): void {
    for (const [ms, config] of definition === undefined ? [] : delaysIn(definition)) {
      if (!Number.isInteger(ms) || (ms as number) < 0 || (ms as number) > MAX_MS) {
        this.problems.push(
          `${place}, "after": expected milliseconds, an integer from 0 to ${MAX_MS}, got ${describeValue(ms)}.`,
        )
      }
      this.transitions(`${place}, after ${ms} ms`, config, source)
    }
  }

  protected invoke(place: string, definition: unknown, source: string): void {
    if (definition === undefined) return
    const { src, onDone, onError, onRestore } = this.fields(`${place}, "invoke"`, definition, INVOKE_KEYS)
    if (src === undefined) this.problems.push(`${place}, "invoke" has no "src".`)
    this.function(`${place}, "invoke"`, 'src', src)
    if (onRestore !== undefined && onRestore !== 'restart' && onRestore !== 'fail') {
      this.problems.push(
        `${place}, "invoke": expected "onRestore" to be "restart" or "fail", got ${describeValue(onRestore)}.`,
      )
    }
    this.transitions(`${place}, onDone`, onDone, source)
    this.transitions(`${place}, onError`, onError, source)
  }

  #transition(place: string, config: unknown, source: string): void {
    const { target, guard, update, reenter } = this.fields(place, config, TRANSITION_KEYS)
    this.flag(place, 'reenter', reenter)
    if (reenter === true && target === undefined) {
      this.problems.push(`${place} has "reenter" without a "target"; name the state to enter again.`)
    }
    this.function(place, 'guard', guard)
    this.function(place, 'update', update)
    if (target !== undefined) this.targets.push({ source, target, place })
  }
}
