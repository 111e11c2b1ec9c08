/**
 * The JSON of states and deltas, made once for all clients that are sent the same.
 *
 * They are kept by the identity of the states and no longer than these: a client that stalls keeps the state that it
 * has, and the delta from there to each newer one is made when somebody needs it.
 */
import { type Delta, deltaPays, deltaToJSON, diff } from '../delta/index.ts'
import { toJsonText } from '../json/index.ts'

/** Of more operations nobody makes a text, to find out that the state is shorter. */
const OPERATIONS_MAX = 10_000

/** A value that can be a key of a WeakMap. */
const keyOf = (state: unknown): object | undefined =>
  typeof state === 'object' && state !== null ? state : undefined

/** The text of a delta; undefined where the state is the better thing to send. One object for all who are sent it. */
export interface DeltaText {
  readonly text: string | undefined
}

export class StateTexts {
  /** How many texts were made. */
  deltasMade = 0
  statesMade = 0
  readonly #alwaysWorth: number
  readonly #states = new WeakMap<object, string>()
  readonly #deltas = new WeakMap<object, WeakMap<object, DeltaText>>()

  /** @param alwaysWorth - a delta of so many characters is sent without looking how long the state is. */
  constructor(alwaysWorth: number) {
    this.#alwaysWorth = alwaysWorth
  }

  /** @throws `CODEC_INVALID` for a state that JSON cannot hold. */
  ofState(state: unknown): string {
    const key = keyOf(state)
    const known = key && this.#states.get(key)
    if (known !== undefined) return known
    const { text } = toJsonText(state, 'state')
    this.statesMade += 1
    if (key !== undefined) this.#states.set(key, text)
    return text
  }

  /**
   * The text of the delta between two states.
   *
   * @throws `CODEC_INVALID`
   */
  ofDelta(from: unknown, to: unknown): DeltaText {
    const [fromKey, toKey] = [keyOf(from), keyOf(to)]
    if (fromKey === undefined || toKey === undefined) return { text: this.#delta(from, to) }
    const known = this.#deltas.get(toKey)?.get(fromKey)
    if (known !== undefined) return known
    const made = { text: this.#delta(from, to) }
    const toHere = this.#deltas.get(toKey) ?? new WeakMap<object, DeltaText>()
    this.#deltas.set(toKey, toHere)
    toHere.set(fromKey, made)
    return made
  }

  #delta(from: unknown, to: unknown): string | undefined {
    const delta: Delta | undefined = diff(from, to, { operationsMax: OPERATIONS_MAX })
    if (delta === undefined) return undefined
    const text = JSON.stringify(deltaToJSON(delta))
    this.deltasMade += 1
    return text.length <= this.#alwaysWorth || deltaPays(text, this.ofState(to)) ? text : undefined
  }
}

/**
 * Cuts a text into pieces of at most so many bytes of UTF-8; a character is never cut.
 *
 * @param bytesMax - from 4
 */
export function pieces(text: string, bytesMax: number): string[] {
  const all: string[] = []
  let start = 0
  let bytes = 0
  for (let at = 0; at < text.length; ) {
    const point = text.codePointAt(at) as number
    const size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_00_00 ? 3 : 4
    if (bytes + size > bytesMax) {
      all.push(text.slice(start, at))
      start = at
      bytes = 0
    }
    bytes += size
    at += point > 0xff_ff ? 2 : 1
  }
  all.push(text.slice(start))
  return all
}
