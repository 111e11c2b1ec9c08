import { afterEach } from '@jest/globals'

/** Ends what tests have begun, newest first. */
export function endAfterEach(): (...ends: (() => unknown)[]) => void {
  const all: (() => unknown)[] = []
  afterEach(async () => {
    for (const end of all.splice(0).reverse()) await end()
  })
  return (...ends) => void all.push(...ends)
}
