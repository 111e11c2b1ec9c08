import { definePolicy, open, type Policy, type Strategy, type Versioned } from '../backpressure/index.ts'

/** More than any consumer writes inside its calls. */
const STUCK_MAX = 1_000

/**
 * A policy as it is, whose strategies are looked at where no figure of a mailbox shows what they do: one that is ready
 * and releases nothing, which the mailbox would ask for ever, throws; what is wrong with `clear()` is noted.
 */
export function watchedPolicy(policy: Policy, note: (wrong: string) => void): Policy {
  const { kind, label, capacity, converges, lossless, waits, batches, suspends } = policy
  const facts = { kind, label, capacity, converges, lossless, waits, batches, suspends }
  return definePolicy({
    ...facts,
    open(port) {
      const strategy = policy[open](port)
      if (Object.isExtensible(strategy)) watch(strategy, note)
      return strategy
    },
  })
}

function watch(strategy: Strategy, note: (wrong: string) => void): void {
  const { release, clear } = strategy
  let stuck = 0
  strategy.release = () => {
    const before = strategy.size
    release.call(strategy)
    stuck = strategy.ready && strategy.size === before ? stuck + 1 : 0
    if (stuck > STUCK_MAX)
      throw new Error(`release() released nothing, ${STUCK_MAX} times, and is still ready`)
  }
  strategy.clear = () => {
    const held = strategy.size
    const given = clear.call(strategy)
    if (given.length !== held) note(`clear() gave back ${given.length} of ${held}`)
    else if (!isOldestFirst(given)) note(`clear() gave back ${given.map(({ version }) => version)}`)
    else if (strategy.size > 0) note(`${strategy.size} are held behind clear()`)
    return given
  }
}

const isOldestFirst = (entries: readonly Versioned[]): boolean =>
  entries.every(({ version }, index) => version > (entries[index - 1]?.version ?? -1))
