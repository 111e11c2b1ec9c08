/** Fails on one letter, and emits the others. */
export const failOn =
  (bad: string) =>
  (letter: string): string => {
    if (letter === bad) throw new Error('broken')
    return letter
  }
