import { describeValue } from '../../kit/index.ts'

export type Fields = Readonly<Record<string, unknown>>

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads parts of a definition; notes what is wrong and goes on, so that all of it is told at once. */
export class FieldReader {
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

  protected function(place: string, key: string, value: unknown): unknown {
    return this.kind(place, key, value, 'a function', typeof value === 'function')
  }

  protected flag(place: string, key: string, value: unknown): unknown {
    return this.kind(place, key, value, 'true or false', typeof value === 'boolean')
  }

  protected kind(place: string, key: string, value: unknown, expected: string, holds: boolean): unknown {
    if (value !== undefined && !holds) {
      this.problems.push(`${place}: expected "${key}" to be ${expected}, got ${describeValue(value)}.`)
    }
    return value
  }
}
