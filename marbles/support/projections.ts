/** What the marbles of the operator `backpressure` share: projections that are slow in virtual time. */
import { concat, ignoreElements, type Observable, of, timer } from 'rxjs'

/** Emits each letter at once, those of a batch as one word, and is busy for some frames. */
export const busyFor =
  (frames: number) =>
  (letters: string | readonly string[]): Observable<string> =>
    concat(of(wordOf(letters)), timer(frames).pipe(ignoreElements()))

/** Emits a letter, those of a batch as one word. */
export const wordOf = (letters: string | readonly string[]): string =>
  typeof letters === 'string' ? letters : letters.join('')

/** Fails on one letter, and emits the others. */
export const failOn =
  (bad: string) =>
  (letters: string | readonly string[]): string => {
    if (letters.includes(bad)) throw new Error('broken')
    return wordOf(letters)
  }
