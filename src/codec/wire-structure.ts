/**
 * Checks that bytes have the structure of a message, before the runtime reads them.
 *
 * The runtime trusts a known field's wire type and lets a nested message read on past its own end: some cut or
 * foreign bytes would come out as a message with wrong values. This walk looks at tags and lengths only. A
 * field that the message does not know is skipped, as protobuf wants it; a known field of another wire type is
 * refused, since no sender of this message writes it.
 */
import type { DescField, DescMessage } from '@bufbuild/protobuf'
import { ScalarType } from '@bufbuild/protobuf'
import { WireType } from '@bufbuild/protobuf/wire'
import type { Budget } from '../json/index.ts'

/** What is expected of a field: its wire type, and the structure inside it, if it has one. */
interface Field {
  readonly wireType: WireType
  readonly inside: Structure | undefined
  /** Of a field that repeats: its name, and what bounds it. */
  readonly many?: {
    readonly name: string
    readonly limit: 'historyMax' | 'entriesMax'
    readonly what: string
  }
}

type Structure = ReadonlyMap<number, Field>

const TEXT: Field = { wireType: WireType.LengthDelimited, inside: undefined }
const VARINT: Field = { wireType: WireType.Varint, inside: undefined }
/** Keys and values of the maps are strings. */
const MAP_ENTRY: Field = {
  wireType: WireType.LengthDelimited,
  inside: new Map([
    [1, TEXT],
    [2, TEXT],
  ]),
}

const VARINT_BYTES_MAX = 10
/** Groups are unknown fields here, and only they nest without a bound of their own. */
const GROUP_DEPTH_MAX = 100

/** Reads the structure off the generated description; made for messages of these kinds of fields. */
export function structureOf({ fields }: DescMessage): Structure {
  return new Map(fields.map((field) => [field.number, expectation(field)]))
}

function expectation(field: DescField): Field {
  const { name } = field
  if (field.fieldKind === 'map') return { ...MAP_ENTRY, many: { name, limit: 'entriesMax', what: 'entries' } }
  if (field.message !== undefined) {
    const inside = structureOf(field.message)
    const many = { name, limit: 'historyMax', what: 'records' } as const
    return { wireType: WireType.LengthDelimited, inside, ...(field.fieldKind === 'list' && { many }) }
  }
  return field.fieldKind === 'scalar' && field.scalar === ScalarType.STRING ? TEXT : VARINT
}

/**
 * @throws `RangeError` that says at which byte what is wrong; `CODEC_INVALID` where there is more of something
 * than the budget has.
 */
export function checkStructure(bytes: Uint8Array, structure: Structure, budget: Budget): void {
  new Walk(bytes, budget).message(structure, bytes.length)
}

class Walk {
  readonly #bytes: Uint8Array
  readonly #budget: Budget
  /** How often each field that repeats has come; only the outermost message has such. */
  readonly #counts = new Map<Field, number>()
  #at = 0

  constructor(bytes: Uint8Array, budget: Budget) {
    this.#bytes = bytes
    this.#budget = budget
  }

  message(structure: Structure, end: number): void {
    while (this.#at < end) {
      const start = this.#at
      const tag = this.#varint(end)
      const number = Math.floor(tag / 8)
      const wireType = tag % 8
      if (tag > 0xffff_ffff || number === 0) throw new RangeError(`byte ${start} is not a tag`)
      const field = structure.get(number)
      if (field === undefined) this.#skip(number, wireType, end, 0)
      else if (field.wireType === wireType) this.#known(field, end)
      else throw new RangeError(`byte ${start} gives field ${number} the wire type ${wireType}`)
    }
  }

  #known(field: Field, end: number): void {
    const { wireType, inside, many } = field
    if (many !== undefined) {
      const count = (this.#counts.get(field) ?? 0) + 1
      this.#counts.set(field, count)
      this.#budget.check(many.limit, count, many.name, many.what)
    }
    if (wireType === WireType.Varint) this.#varint(end)
    else {
      const stop = this.#stop(this.#varint(end), end)
      if (inside === undefined) this.#at = stop
      else this.message(inside, stop)
    }
  }

  #skip(number: number, wireType: number, end: number, depth: number): void {
    if (wireType === WireType.Varint) this.#varint(end)
    else if (wireType === WireType.Bit64) this.#at = this.#stop(8, end)
    else if (wireType === WireType.Bit32) this.#at = this.#stop(4, end)
    else if (wireType === WireType.LengthDelimited) this.#at = this.#stop(this.#varint(end), end)
    else if (wireType === WireType.StartGroup && depth < GROUP_DEPTH_MAX) this.#skipGroup(number, end, depth)
    else throw new RangeError(`byte ${this.#at} follows a tag of wire type ${wireType}`)
  }

  #skipGroup(number: number, end: number, depth: number): void {
    for (;;) {
      const tag = this.#varint(end)
      const inner = Math.floor(tag / 8)
      const wireType = tag % 8
      if (wireType !== WireType.EndGroup) this.#skip(inner, wireType, end, depth + 1)
      else if (inner === number) return
      else throw new RangeError(`byte ${this.#at} ends another group than the one that is open`)
    }
  }

  /** Where a part of some length ends. */
  #stop(length: number, end: number): number {
    if (length > end - this.#at) throw new RangeError(`byte ${this.#at} begins ${length} bytes; they are cut`)
    return this.#at + length
  }

  /** The value is exact below 2^53, and more than any tag or length above. */
  #varint(end: number): number {
    let value = 0
    let factor = 1
    for (let count = 0; count < VARINT_BYTES_MAX; count += 1) {
      if (this.#at >= end) throw new RangeError(`byte ${this.#at} is missing: the end cuts a number`)
      const byte = this.#bytes[this.#at] as number
      this.#at += 1
      value += (byte % 128) * factor
      if (byte < 128) return value
      factor *= 128
    }
    throw new RangeError(`byte ${this.#at} goes on with a number of more than ${VARINT_BYTES_MAX} bytes`)
  }
}
