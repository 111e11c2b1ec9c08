/**
 * Any state in a form that JSON has, for people to look at: what JSON cannot hold becomes a text that says what it is,
 * and what is too much is cut and counted. Nothing is thrown at whoever wrote it.
 *
 *   { at: new Date(0), n: NaN }    { at: { $: 'Date', text: '1970-01-01T00:00:00.000Z' }, n: { $: 'number', text: 'NaN' } }
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
/** Values of a state that are made anew at a time. */
export const VALUES_MAX = 50_000

const tagged = ($: string, text: string): Tagged => ({ $, text })

export class PlainForms {
  readonly #made = new WeakMap<object, unknown>()
  #left = 0

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
    if (made !== undefined) return made
    if (depth >= DEPTH_MAX || this.#left <= 0)
      return tagged('cut', depth >= DEPTH_MAX ? 'too deep' : 'too much')
    const before = this.#left
    const form = this.#contained(value, depth)
    // What was cut for want of room may have room another time.
    if (this.#left > 0 || before === this.#left) this.#made.set(value, form)
    return form
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

const cut = (text: string): string =>
  text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}… (${text.length} characters)` : text
