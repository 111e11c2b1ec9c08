/**
 * Refuses options that nobody reads: a misspelt name would otherwise leave its default in force, in silence.
 *
 * Only in development. The compiler finds the same in typed code; this is for what it does not see: JavaScript,
 * options that are put together elsewhere, and settings read from a file.
 */
import { HeadgateError } from './errors.ts'
import { describeValue } from './foreign.ts'

/** Every name of an options type. A name that is added to the type and not here does not compile. */
export type KnownKeys<Options> = { readonly [Key in keyof Options]-?: true }

declare const process: { readonly env: { readonly NODE_ENV?: string } } | undefined

function refuseUnknown(options: object | undefined, known: object, where: string): void {
  if (options === undefined) return
  if (typeof options !== 'object' || options === null) {
    const received = describeValue(options)
    throw new HeadgateError('OPTION_INVALID', {
      option: `options of ${where}`,
      expected: 'an object',
      received,
    })
  }
  for (const option of Object.keys(options)) {
    if (Object.hasOwn(known, option)) continue
    const names = Object.keys(known)
    throw new HeadgateError('OPTION_UNKNOWN', {
      where,
      option,
      nearest: nearest(option, names),
      known: names,
    })
  }
}

/** The name that was probably meant: two letters of it are wrong, so that two may be swapped, or every third. */
function nearest(word: string, names: readonly string[]): string | undefined {
  let best: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const name of names) {
    const distance = editDistance(word.toLowerCase(), name.toLowerCase())
    if (distance < least && distance < name.length && distance <= Math.max(2, name.length / 3)) {
      best = name
      least = distance
    }
  }
  return best
}

/** How many letters must be put in, left out or replaced to make one word of the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let line = 1; line <= from.length; line += 1) {
    const next = [line]
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (row[column - 1] as number) + (from[line - 1] === to[column - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[column] as number) + 1, (next[column - 1] as number) + 1))
    }
    row = next
  }
  return row[to.length] as number
}

/**
 * Checks that options are an object with known names; absent options are well.
 *
 * @param where - who takes them, as it is written: `'subscribe()'`
 * @throws `OPTION_UNKNOWN`, `OPTION_INVALID` for what is no object
 */
// Asked once: reading the environment costs more than a write. Written out: a bundler that sets NODE_ENV then leaves
// out the check. So it is wherever a check stands; of what is asked in another file it would leave out nothing.
export const checkKeys: <Options extends object>(
  options: Options | undefined,
  known: KnownKeys<NoInfer<Options>>,
  where: string,
) => void = typeof process === 'object' && process.env.NODE_ENV !== 'production' ? refuseUnknown : () => {}
