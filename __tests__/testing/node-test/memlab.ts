/** Run in a process of its own: the probe with memlab, on a leak that nobody tracks and on none. Prints JSON. */
import { BehaviorSubject } from 'rxjs'
import { leakProbe } from '../../../src/testing/index.ts'

class Forgotten {
  readonly numbers = [1, 2, 3]
}

async function main(): Promise<void> {
  const source$ = new BehaviorSubject(0)
  const probe = (forget: boolean) =>
    leakProbe(
      () => ({}),
      () => {
        const forgotten = new Forgotten()
        const subscription = source$.subscribe(() => forgotten.numbers)
        if (!forget) subscription.unsubscribe()
      },
      { heap: 'memlab', rounds: 20 },
    )
  const clean = await probe(false)
  const leaky = await probe(true)
  source$.next(1)
  console.log(JSON.stringify({ clean, leaky }))
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
