/**
 * What a decoder will spend on input that may be hostile: a few bytes can ask for many objects.
 *
 * Counting comes first: bytes are counted by their tags, JSON text by its brackets and commas, before anything is
 * made of them. How deep values nest is no option: what is read must be writable again, so {@link JSON_DEPTH_MAX}
 * holds for both directions.
 */
import { describeValue, HeadgateError } from '../kit/index.ts'
import { invalid } from './json-error.ts'

/** How deep a value may be nested, written and read. */
export const JSON_DEPTH_MAX = 500

/** Bounds of what is decoded. More is refused with `CODEC_INVALID` before memory is spent on it. */
export interface DecodeLimits {
  /** Bytes of a message, or characters of a JSON text. Default 16 777 216. */
  readonly bytesMax?: number
  /** Records of the history. Default 10 000. */
  readonly historyMax?: number
  /** Entries of each map: of the context and of the metadata; twins of one key count. Default 10 000. */
  readonly entriesMax?: number
  /**
   * Values in all JSON of one message or text together: elements, properties and what holds them. Default 1 000 000.
   */
  readonly valuesMax?: number
}

const DEFAULTS: Required<DecodeLimits> = {
  bytesMax: 16_777_216,
  historyMax: 10_000,
  entriesMax: 10_000,
  valuesMax: 1_000_000,
}

/** One decoding: its limits, and how many values of JSON it may still read. */
export class Budget {
  readonly limits: Required<DecodeLimits>
  #values = 0

  /** @throws `OPTION_INVALID` for a limit that is no integer from 1. */
  constructor(limits: DecodeLimits = {}) {
    this.limits = { ...DEFAULTS, ...limits }
    for (const key of Object.keys(DEFAULTS) as (keyof DecodeLimits)[]) {
      const limit = this.limits[key]
      if (Number.isSafeInteger(limit) && limit >= 1) continue
      const expected = 'an integer from 1'
      throw new HeadgateError('OPTION_INVALID', { option: key, expected, received: describeValue(limit) })
    }
  }

  /** Counts values of JSON. */
  spend(values: number, field: string): void {
    this.#values += values
    this.check('valuesMax', this.#values, field, 'values in JSON')
  }

  /** @throws `CODEC_INVALID` where there is more of something than its limit. */
  check(limit: keyof DecodeLimits, count: number, field: string, what: string): void {
    const max = this.limits[limit]
    if (count <= max) return
    const advice = `Raise ${limit}, if you trust the sender.`
    throw invalid(field, `at most ${max} ${what}`, 'more', advice)
  }
}
