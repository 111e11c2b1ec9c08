/**
 * Any state in a form that JSON has, for people to look at: what JSON cannot hold becomes a text that says what it is,
 * and what is too much is cut and counted. Nothing is thrown at whoever wrote it.
 *
 *   { at: new Date(0), n: NaN }    { at: { $: 'Date', text: '1970-01-01T00:00:00.000Z' },
 *                                    n: { $: 'number', text: 'NaN' } }
 *
 * A branch of a state that is unchanged gives the same object again, so that what is sent is what has changed.
 */
import { isCollection } from '../collection/index.ts'
import { messageOf } from '../kit/index.ts'

/** What JSON has no form for, and what was cut off. */
export interface Tagged {
  readonly $: string
  readonly text: string
}

/** Entries of one object, list or collection. */
export const ENTRIES_MAX = 1_000
/** Characters of one text. */
export const TEXT_MAX = 2_000
/** Levels. */
export const DEPTH_MAX = 60
/** Values of a state, with those of a branch as often as it is there. */
export const VALUES_MAX = 50_000

/** What was made of a branch. */
interface Made {
  readonly form: unknown
  /** How many values it has, in all. */
  readonly size: number
}

const tagged = ($: string, text: string): Tagged => ({ $, text })

export class PlainForms {
  readonly #made = new WeakMap<object, Made>()
  /** The branches around the value that is looked at. */
  readonly #around = new Set<object>()
  #left = 0
  /** How often something was left out because of where it is. */
  #cuts = 0

  /** The form of a value. Does not throw. */
  of(value: unknown): unknown {
    this.#left = VALUES_MAX
    return this.#form(value, 0)
  }

  #form(value: unknown, depth: number): unknown {
    if (value === null || typeof value === 'boolean') return value
    if (typeof value === 'string') return cut(value)
    if (typeof value === 'number') return Number.isFinite(value) ? value : tagged('number', String(value))
    if (typeof value === 'object') return this.#object(value, depth)
    if (typeof value === 'bigint') return tagged('bigint', cut(String(value)))
    if (typeof value === 'function') return tagged('function', cut(value.name))
    return tagged(typeof value, value === undefined ? '' : cut(String(value)))
  }

  #object(value: object, depth: number): unknown {
    const made = this.#made.get(value)
    if (made !== undefined) return this.#again(made)
    if (this.#around.has(value)) return this.#cut('contains itself')
    if (depth >= DEPTH_MAX) return this.#cut('too deep')
    if (this.#left <= 0) return this.#cut('too much')
    const [left, cuts] = [this.#left, this.#cuts]
    this.#around.add(value)
    const form = this.#contained(value, depth)
    this.#around.delete(value)
    // What was cut here may be whole in another place, or another time.
    if (this.#cuts === cuts) this.#made.set(value, { form, size: left - this.#left })
    return form
  }

  /** A branch that is there twice is two branches in a text of JSON. */
  #again({ form, size }: Made): unknown {
    if (this.#left <= 0) return this.#cut('too much')
    this.#left -= size
    return form
  }

  #cut(why: string): Tagged {
    this.#cuts += 1
    return tagged('cut', why)
  }

  #contained(value: object, depth: number): unknown {
    try {
      if (Array.isArray(value)) return this.#list(value, depth)
      if (isCollection(value)) return this.#record(value.entries(), value.size, depth)
      if (value instanceof Map) return this.#record(value.entries(), value.size, depth)
      if (value instanceof Set) return this.#list([...value], depth)
      if (value instanceof Date)
        return tagged('Date', Number.isNaN(value.getTime()) ? 'invalid' : value.toISOString())
      if (value instanceof Error) return tagged(value.name, cut(value.message))
      if (ArrayBuffer.isView(value)) return tagged(value.constructor.name, `${value.byteLength} bytes`)
      const entries = Object.entries(value)
      const { name } = (Object.getPrototypeOf(value) as object | null)?.constructor ?? {}
      if (name !== undefined && name !== 'Object' && entries.length === 0)
        return tagged(name, cut(String(value)))
      return this.#record(entries, entries.length, depth)
    } catch (error) {
      return tagged('unreadable', cut(messageOf(error)))
    }
  }

  #list(list: readonly unknown[], depth: number): unknown {
    const items = list.slice(0, ENTRIES_MAX).map((item) => this.#entry(item, depth))
    return list.length > ENTRIES_MAX ? [...items, more(list.length - ENTRIES_MAX)] : items
  }

  #record(entries: Iterable<readonly [unknown, unknown]>, size: number, depth: number): unknown {
    const made: [string, unknown][] = []
    for (const [key, entry] of entries) {
      if (made.length === ENTRIES_MAX) {
        made.push(['…', more(size - ENTRIES_MAX)])
        break
      }
      made.push([cut(String(key)), this.#entry(entry, depth)])
    }
    // Not an assignment: `__proto__` is a key like any other.
    return Object.fromEntries(made)
  }

  #entry(value: unknown, depth: number): unknown {
    this.#left -= 1
    return this.#form(value, depth + 1)
  }
}

const more = (count: number): Tagged => tagged('cut', `${count} more`)

/** A text, cut and counted where it is too long. */
export const cut = (text: string): string =>
  text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}… (${text.length} characters)` : text
