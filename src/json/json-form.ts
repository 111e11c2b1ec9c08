/**
 * The JSON form of a value: what JSON holds stands as it is, anything else as an object with a tag.
 *
 *   { at: new Date(0), n: NaN }    { at: { $headgate: 'Date', value: '1970-01-01T00:00:00.000Z' },
 *                                    n: { $headgate: 'number', value: 'NaN' } }
 *
 * A plain object that has such a key itself is tagged as `object`. What needs no tag is shared, not copied. The
 * walk keeps the path in one array and joins it only for an error; its depth is bounded, so a state as deep as
 * the stack, or one that contains itself, ends in an error that names the place and not in a `RangeError`.
 *
 * {@link fromJsonForm} is the way back.
 */
import { isCollection } from '../collection/index.ts'
import { describeObject, invalid, pathOf } from './json-error.ts'
import { builtInOf, isPlainObject, prototypesOf, TAG } from './json-value.ts'
import { JSON_DEPTH_MAX } from './limits.ts'
import { setOwn } from './set-own.ts'

/** A value in its JSON form, and whether there is a tag in it. */
export interface JsonForm {
  readonly form: unknown
  readonly isTagged: boolean
}

/** What becomes of -0: `JSON.stringify` writes 0, {@link toJsonText} writes it as it is. */
type MinusZero = 'tagged' | 'kept'

/**
 * @param root - what the path in the error begins with
 * @throws `CODEC_INVALID` naming the path, and saying how to convert what is there.
 */
export function toJsonForm(value: unknown, root: string, minusZero: MinusZero = 'tagged'): JsonForm {
  if (isItself(value)) return { form: value, isTagged: false }
  const walk = new Walk(root, minusZero)
  const form = walk.value(value)
  return { form, isTagged: walk.isTagged }
}

/** A value as JSON text, and whether there is a tag in it. -0 is written as such; `JSON.parse` understands it. */
export function toJsonText(value: unknown, root: string): { text: string; isTagged: boolean } {
  const { form, isTagged } = toJsonForm(value, root, 'kept')
  return { text: write(form), isTagged }
}

/** Whether a value is its own form, and has nothing in it: most of a state, and most values of a delta. */
const isItself = (value: unknown): boolean =>
  typeof value === 'string' ||
  typeof value === 'boolean' ||
  value === null ||
  (typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0))

function write(form: unknown): string {
  if (Object.is(form, -0)) return '-0'
  if (typeof form !== 'object' || form === null) return JSON.stringify(form)
  if (Array.isArray(form)) return `[${form.map(write).join(',')}]`
  return `{${Object.entries(form)
    .map(([key, entry]) => `${JSON.stringify(key)}:${write(entry)}`)
    .join(',')}}`
}

/** What an object has under some of its keys, as an object of its own. */
function copyOf(value: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const key of keys) setOwn(copy, key, value[key])
  return copy
}

class Walk {
  isTagged = false
  readonly #path: (string | number)[]
  readonly #minusZero: MinusZero
  readonly #ancestors = new Set<object>()

  constructor(root: string, minusZero: MinusZero) {
    this.#path = [root]
    this.#minusZero = minusZero
  }

  value(value: unknown): unknown {
    if (value === null || isItself(value)) return value
    if (typeof value === 'number') return this.#number(value)
    if (typeof value === 'object') return this.#object(value)
    if (value === undefined) return this.#tag('undefined')
    if (typeof value === 'bigint') return this.#tag('bigint', String(value))
    const advice = typeof value === 'function' ? 'Keep it beside the state.' : 'Put a string in its place.'
    return this.#refuse('a value', describeObject(value), advice)
  }

  #number(value: number): unknown {
    if (!Object.is(value, -0)) return this.#tag('number', String(value))
    return this.#minusZero === 'kept' ? value : this.#tag('number', '-0')
  }

  #object(value: object): unknown {
    const ancestors = this.#ancestors
    if (ancestors.has(value)) {
      this.#refuse('a value without cycles', 'an object that contains itself', 'Refer to it by an id.')
    }
    if (ancestors.size >= JSON_DEPTH_MAX) {
      this.#refuse(
        `nested at most ${JSON_DEPTH_MAX} deep`,
        'a deeper one',
        'Keep its parts in a list, by id.',
      )
    }
    ancestors.add(value)
    const form = this.#container(value)
    ancestors.delete(value)
    return form
  }

  #container(value: object): unknown {
    if (Array.isArray(value)) return this.#array(value)
    if (isPlainObject(value)) return this.#plain(value)
    if (isCollection(value)) return this.#tag('collection', this.#entries(value))
    return this.#builtIn(value)
  }

  #array(value: readonly unknown[]): unknown {
    if (prototypesOf(value).length > 2) {
      this.#refuse('a plain array', 'one of a class', 'Put [...it] in its place.')
    }
    for (let index = 0; index < value.length; index += 1) {
      if (index in value) continue
      this.#path.push(index)
      this.#refuse('an element', 'a hole', 'Put null into it.')
    }
    if (Object.keys(value).length !== value.length) {
      this.#refuse('an array without other properties', 'one with some', 'Put an object in its place.')
    }
    return this.#list(value)
  }

  /** The forms of the elements; the list itself, where they are the elements. */
  #list(value: readonly unknown[]): readonly unknown[] {
    let forms: unknown[] | undefined
    for (let index = 0; index < value.length; index += 1) {
      const form = this.#at(index, value[index])
      if (forms === undefined && Object.is(form, value[index])) continue
      forms ??= value.slice(0, index)
      forms.push(form)
    }
    return forms ?? value
  }

  #plain(value: Readonly<Record<string, unknown>>): unknown {
    if (Object.getOwnPropertySymbols(value).length > 0) {
      this.#refuse('keyed by strings', 'a symbol among its keys', 'Put a string in its place.')
    }
    const keys = Object.keys(value)
    let forms: Record<string, unknown> | undefined
    for (let at = 0; at < keys.length; at += 1) {
      const key = keys[at] as string // the index is one of the list
      const form = this.#at(key, value[key])
      if (forms === undefined && Object.is(form, value[key])) continue
      forms ??= copyOf(value, keys.slice(0, at))
      setOwn(forms, key, form)
    }
    const form = forms ?? value
    return Object.hasOwn(value, TAG) ? this.#tag('object', form) : form
  }

  #builtIn(value: object): unknown {
    const name = builtInOf(value)
    if (name === undefined) {
      const advice = 'Put plain data in its place: its fields, or what its toJSON() or String() gives.'
      return this.#refuse('a value', describeObject(value), advice)
    }
    const list = ArrayBuffer.isView(value) ? [...(value as Uint8Array)] : undefined
    if (Object.keys(value).length !== (list?.length ?? 0)) {
      this.#refuse(`a ${name} without other properties`, 'one with some', 'Put an object in its place.')
    }
    if (list !== undefined) return this.#tag(name, this.#list(list))
    if (name === 'Date') {
      const time = (value as Date).getTime()
      return this.#tag(name, Number.isNaN(time) ? null : new Date(time).toISOString())
    }
    if (name === 'Set') return this.#tag(name, this.#list([...(value as Set<unknown>)]))
    return this.#tag(name, this.#entries(value as Map<unknown, unknown>))
  }

  #entries(entries: Iterable<readonly [unknown, unknown]>): unknown {
    return Array.from(entries, ([key, value], index) => {
      const name = typeof key === 'string' ? key : index
      return [this.#at(name, key), this.#at(name, value)]
    })
  }

  #tag(kind: string, value?: unknown): unknown {
    this.isTagged = true
    return value === undefined ? { [TAG]: kind } : { [TAG]: kind, value }
  }

  /** The form of what is under a key. */
  #at(key: string | number, value: unknown): unknown {
    if (isItself(value)) return value
    this.#path.push(key)
    const form = this.value(value)
    this.#path.pop()
    return form
  }

  #refuse(expected: string, received: string, advice: string): never {
    throw invalid(pathOf(this.#path), expected, received, advice)
  }
}
