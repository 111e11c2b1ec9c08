/**
 * Ties a value that looks like a negative number to the option before it: Node's parser would call `--scale -1`
 * ambiguous, where the range of the option has the better answer.
 */
export function ownValues(words: readonly string[]): string[] {
  const tied: string[] = []
  for (const word of words) {
    const before = tied.at(-1)
    if (/^-(?:[\d.]|Infinity$)/.test(word) && before !== undefined && /^--[\w-]+$/.test(before)) {
      tied[tied.length - 1] = `${before}=${word}`
    } else tied.push(word)
  }
  return tied
}
