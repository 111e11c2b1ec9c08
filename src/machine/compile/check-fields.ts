import { describeValue } from '../../kit/index.ts'
import { type Fields, isFields } from './fields.ts'

/** Looks at parts of a definition; notes what is wrong and goes on, so that all of it is told at once. */
export class FieldCheck {
  readonly problems: string[] = []

  protected fields(place: string, value: unknown, known?: readonly string[]): Fields {
    if (!isFields(value)) {
      this.problems.push(`${place}: expected an object, got ${describeValue(value)}.`)
      return {}
    }
    const unknown = known === undefined ? [] : Object.keys(value).filter((key) => !known.includes(key))
    for (const key of unknown) {
      this.problems.push(`${place} has an unknown key "${key}". Known: ${known?.join(', ')}.`)
    }
    return value
  }

  protected function(place: string, key: string, value: unknown): void {
    this.kind(place, key, value, 'a function', typeof value === 'function')
  }

  protected flag(place: string, key: string, value: unknown): void {
    this.kind(place, key, value, 'true or false', typeof value === 'boolean')
  }

  protected kind(place: string, key: string, value: unknown, expected: string, holds: boolean): void {
    if (value === undefined || holds) return
    this.problems.push(`${place}: expected "${key}" to be ${expected}, got ${describeValue(value)}.`)
  }
}
