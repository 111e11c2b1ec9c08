/**
 * The names that stand for the numbers of a wire enum, one to one.
 *
 * 0 is `UNSPECIFIED` everywhere. A number without a name, from a newer sender perhaps, becomes `UNKNOWN_99`
 * and goes back as 99; no other spelling means it, so a name never stands for two numbers.
 */

/** The name of 0: the sender said nothing. */
export const UNSPECIFIED = 'UNSPECIFIED'

const UNKNOWN = /^UNKNOWN_(-?[1-9]\d{0,9})$/

export const INT32_MIN: number = -(2 ** 31)
export const INT32_MAX: number = 2 ** 31 - 1

export const isInt32 = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= INT32_MIN && (value as number) <= INT32_MAX

/** Whether a name is one that the table makes by itself. */
export const isReservedName = (name: string): boolean => name === UNSPECIFIED || UNKNOWN.test(name)

export class NameTable {
  readonly #numbers: ReadonlyMap<string, number>
  readonly #names: ReadonlyMap<number, string>

  constructor(numbers: Readonly<Record<string, number>>) {
    this.#numbers = new Map(Object.entries(numbers))
    this.#names = new Map(Object.entries(numbers).map(([name, number]) => [number, name]))
  }

  /** The names of the table, `UNSPECIFIED` left out. */
  get names(): readonly string[] {
    return [...this.#numbers.keys()]
  }

  knows(name: string): boolean {
    return this.#numbers.has(name)
  }

  nameOf(number: number): string {
    return this.#names.get(number) ?? (number === 0 ? UNSPECIFIED : `UNKNOWN_${number}`)
  }

  /** The number of a name; undefined where it has none. */
  numberOf(name: unknown): number | undefined {
    if (typeof name !== 'string') return undefined
    const number = this.#numbers.get(name)
    if (number !== undefined) return number
    if (name === UNSPECIFIED) return 0
    const unknown = Number(UNKNOWN.exec(name)?.[1])
    return isInt32(unknown) && !this.#names.has(unknown) ? unknown : undefined
  }
}
