/** From the JSON form back to the value, frozen at every level but in Dates and typed arrays, which cannot be. */
import { collection } from '../collection/index.ts'
import { settle } from '../state/index.ts'
import { describeObject, invalid, pathOf, SENDER } from './json-error.ts'
import { tooDeep } from './json-text.ts'
import { isPlainObject, TAG, TYPED_ARRAYS } from './json-value.ts'
import { type Budget, JSON_DEPTH_MAX } from './limits.ts'
import { setOwn } from './set-own.ts'

/** How a form is read. */
export interface ReviveOptions {
  readonly budget: Budget
  /** Whether tags mean something; older writers knew none. */
  readonly isTagged: boolean
}

/**
 * Reads a JSON form; the result is a copy.
 *
 * @param root - what the path in the error begins with
 * @throws `CODEC_INVALID` naming the path, for what {@link toJsonForm} does not make.
 */
export function fromJsonForm(form: unknown, root: string, options: ReviveOptions): unknown {
  return new Walk(root, options).value(form)
}

const SPECIAL: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-0', -0],
])
/** Longer ones take more time than their length to read. */
const BIGINT_DIGITS_MAX = 100_000

class Walk {
  readonly #path: (string | number)[]
  readonly #budget: Budget
  readonly #isTagged: boolean
  #depth = 0

  constructor(root: string, { budget, isTagged }: ReviveOptions) {
    this.#path = [root]
    this.#budget = budget
    this.#isTagged = isTagged
  }

  value(form: unknown): unknown {
    this.#budget.spend(1, this.#path[0] as string)
    if (form === null || typeof form === 'string' || typeof form === 'boolean') return form
    if (typeof form === 'number') return Number.isFinite(form) ? form : this.#refuse('a finite number', form)
    const isArray = Array.isArray(form)
    if (!isArray && !isPlainObject(form)) return this.#refuse('a value of JSON', form)
    if (this.#depth >= JSON_DEPTH_MAX) throw tooDeep(pathOf(this.#path))
    this.#depth += 1
    const value = isArray ? Object.freeze(this.#list(form)) : this.#object(form as Record<string, unknown>)
    this.#depth -= 1
    return value
  }

  #list(forms: readonly unknown[]): unknown[] {
    // Not map(): it skips holes, which no JSON has.
    return Array.from(forms, (form, index) => this.#at(index, () => this.value(form)))
  }

  #object(form: Readonly<Record<string, unknown>>): unknown {
    if (!this.#isTagged || !Object.hasOwn(form, TAG)) return this.#plain(form)
    const { [TAG]: kind, value } = form
    switch (kind) {
      case 'undefined':
        return undefined
      case 'number':
        return SPECIAL.get(value) ?? this.#refuse('NaN, Infinity, -Infinity or -0', value)
      case 'bigint':
        return this.#bigint(value)
      case 'Date':
        return this.#date(value)
      case 'object':
        return isPlainObject(value) ? this.#plain(value) : this.#refuse('an object', value)
      case 'Set':
        return settle(this.#whole(new Set(this.#list(this.#array(value))), value), undefined)
      case 'Map':
        return settle(this.#whole(new Map(this.#entries(value)), value), undefined)
      case 'collection':
        return this.#collection(value)
      default:
        return this.#typedArray(kind, value)
    }
  }

  #plain(form: Readonly<Record<string, unknown>>): unknown {
    const value: Record<string, unknown> = {}
    for (const key of Object.keys(form))
      setOwn(
        value,
        key,
        this.#at(key, () => this.value(form[key])),
      )
    return Object.freeze(value)
  }

  #bigint(text: unknown): bigint {
    if (typeof text === 'string' && text.length <= BIGINT_DIGITS_MAX && /^-?\d+$/.test(text))
      return BigInt(text)
    return this.#refuse(`a decimal integer of at most ${BIGINT_DIGITS_MAX} digits`, text)
  }

  #date(text: unknown): Date {
    if (text === null) return new Date(Number.NaN)
    const date = new Date(typeof text === 'string' && text.length < 30 ? text : Number.NaN)
    const isSame = !Number.isNaN(date.getTime()) && date.toISOString() === text
    return isSame ? date : this.#refuse('a time as Date.toISOString() writes it', text)
  }

  #collection(value: unknown): unknown {
    const entries = this.#entries(value)
    entries.forEach(([id, entity], index) => {
      if (typeof id === 'string' && entity !== undefined) return
      this.#at(index, () => this.#refuse('an id that is a string, and an entity', [id, entity]))
    })
    return this.#whole(collection(entries as [string, unknown][]), value)
  }

  #typedArray(kind: unknown, value: unknown): unknown {
    const type = TYPED_ARRAYS.get(kind as string)
    if (type === undefined) return this.#refuse(`an object whose "${TAG}" this version knows`, kind)
    const items = this.#list(this.#array(value))
    const expected = kind === 'BigInt64Array' || kind === 'BigUint64Array' ? 'bigint' : 'number'
    // The cast holds, as each item is of the type that the array takes.
    const made = items.every((item) => typeof item === expected) ? new type(items as never) : []
    const isSame = made.length === items.length && items.every((item, at) => Object.is(made[at], item))
    return isSame ? made : this.#refuse(`a list of what a ${kind} holds`, value)
  }

  /** Refuses twins of one key: one would be lost in silence. */
  #whole<T extends { readonly size: number }>(made: T, list: unknown): T {
    return made.size === (list as unknown[]).length ? made : this.#refuse('a list without twins', list)
  }

  #entries(value: unknown): [unknown, unknown][] {
    return this.#array(value).map((entry, index) =>
      this.#at(index, () => {
        if (!Array.isArray(entry) || entry.length !== 2) return this.#refuse('an entry of two', entry)
        return [this.value(entry[0]), this.value(entry[1])]
      }),
    )
  }

  #array(value: unknown): readonly unknown[] {
    return Array.isArray(value) ? value : this.#refuse('a list', value)
  }

  #at<T>(key: string | number, work: () => T): T {
    this.#path.push(key)
    const result = work()
    this.#path.pop()
    return result
  }

  #refuse(expected: string, received: unknown): never {
    throw invalid(pathOf(this.#path), expected, describeObject(received), SENDER)
  }
}
