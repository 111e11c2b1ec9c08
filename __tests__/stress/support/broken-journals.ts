/**
 * Stores that keep their states, and are wrong on purpose: the journal of Headgate with one promise taken back, or the
 * few lines that one writes without thinking of what disks do.
 */

import type { JournalEngine } from '../../../src/journal/index.ts'
import type { KeptStore, StressAdapter, StressState } from '../../../src/stress/adapter.ts'
import { headgateAdapter } from '../../../src/stress/headgate-adapter.ts'

type OpenKept = NonNullable<StressAdapter['openKept']>

const keeping = (name: string, openKept: OpenKept): StressAdapter => ({ ...headgateAdapter, name, openKept })

/** Headgate's own, with something replaced. */
const changed = (name: string, change: (store: KeptStore) => Partial<KeptStore>): StressAdapter =>
  keeping(name, async (...given) => {
    const store = await (headgateAdapter.openKept as OpenKept)(...given)
    return { ...store, ...change(store) }
  })

/** Keeps states as whoever writes them likes; one write to the disk after the other. */
function naive(
  name: string,
  read: (disk: JournalEngine, initial: StressState) => Promise<StressState>,
  write: (disk: JournalEngine, state: StressState) => Promise<unknown>,
): StressAdapter {
  return keeping(name, async (initial, disk) => {
    await disk.open()
    let state = await read(disk, initial)
    let last: Promise<unknown> = Promise.resolve()
    return {
      read: () => state,
      write(next) {
        state = next
        last = last.then(() => write(disk, next))
        last.catch(() => {}) // told to whoever waits for it
      },
      kept: () => last,
      close: () => last.then(() => disk.close()),
    }
  })
}

async function textsOf(disk: JournalEngine): Promise<string[]> {
  const texts: string[] = []
  for await (const { text } of disk.read({ from: '', to: '~' })) texts.push(text)
  return texts
}

const whole = async (disk: JournalEngine, initial: StressState): Promise<StressState> => {
  const [text] = await textsOf(disk)
  return text === undefined ? initial : JSON.parse(text)
}
const writeWhole = (disk: JournalEngine, state: StressState): Promise<void> =>
  disk.write([{ key: 'state', text: JSON.stringify(state) }])

export const acknowledgesEarly: StressAdapter = changed('acknowledges early', () => ({
  kept: () => Promise.resolve(),
}))

export const writesInParts: StressAdapter = naive(
  'writes in parts',
  async (disk, initial) => {
    const texts = await textsOf(disk)
    return texts.length < 2 ? initial : Object.assign({}, ...texts.map((text) => JSON.parse(text)))
  },
  async (disk, { sequence, current, context }) => {
    await disk.write([{ key: '1', text: JSON.stringify({ sequence, current }) }])
    await disk.write([{ key: '2', text: JSON.stringify({ context }) }])
  },
)

export const forgetsFailures: StressAdapter = naive('forgets what the disk refused', whole, (disk, state) =>
  writeWhole(disk, state).catch(() => {}),
)

export const neverReopens: StressAdapter = naive(
  'writes on without opening the disk again',
  whole,
  async (disk, state) => {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const isDone = await writeWhole(disk, state).then(
        () => true,
        () => false,
      )
      if (isDone) return
    }
  },
)

export const stopsWithTheDisk: StressAdapter = keeping('stops with the disk', async (initial, disk) => {
  let state = initial
  return {
    read: () => state,
    async write(next) {
      await writeWhole(disk, next)
      state = next
    },
    kept: () => Promise.resolve(),
    close: () => disk.close(),
  }
})

/** A log without checksums, of which what cannot be parsed is left out. */
export const believesTheDisk: StressAdapter = naive(
  'believes the disk',
  async (disk, initial) => {
    let state = initial
    for (const text of await textsOf(disk)) {
      try {
        state = JSON.parse(text)
      } catch {
        return state
      }
    }
    return state
  },
  (disk, state) =>
    disk.write([{ key: String(state.sequence).padStart(8, '0'), text: JSON.stringify(state) }]),
)
