/** An engine that several journals have open at once: the first opens it, the last closes it. */
import type { JournalEngine } from '../journal/index.ts'

interface Use {
  count: number
  opening: Promise<void>
}

const uses = new WeakMap<JournalEngine, Use>()

export function sharedEngine(engine: JournalEngine): JournalEngine {
  return {
    name: engine.name,
    turns: engine.turns,
    open: () => open(engine),
    close: () => close(engine),
    write: (entries) => engine.write(entries),
    read: (range) => engine.read(range),
    clear: (range) => engine.clear(range),
  }
}

async function open(engine: JournalEngine): Promise<void> {
  const use = uses.get(engine) ?? { count: 0, opening: Promise.resolve() }
  uses.set(engine, use)
  use.count += 1
  if (use.count === 1) use.opening = use.opening.then(() => engine.open())
  try {
    await use.opening
  } catch (error) {
    uses.delete(engine)
    throw error
  }
}

async function close(engine: JournalEngine): Promise<void> {
  const use = uses.get(engine)
  if (use === undefined || use.count === 0) return
  use.count -= 1
  if (use.count > 0) return
  uses.delete(engine)
  await engine.close()
}
