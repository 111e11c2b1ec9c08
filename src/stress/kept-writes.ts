/**
 * Writes to a store that keeps its states, knows what was acknowledged, and looks at what a disk holds afterwards.
 *
 * Each state says its number three times, in places that are written apart by whoever writes in parts: a state that is
 * a mixture of two shows itself.
 */
import { messageOf } from '../kit/index.ts'
import type { KeptStore, StressAdapter, StressState } from './adapter.ts'
import type { TestDisk } from './test-disk.ts'
import { type AnyContext, FIRST_STATE, Q_CORE_WALK } from './workload.ts'

type OpenKept = NonNullable<StressAdapter['openKept']>

/** The state of a number, the same each time. */
export function numbered(sequence: number): StressState {
  const current = Q_CORE_WALK[sequence % Q_CORE_WALK.length] as string
  const text = `${sequence}`
  return { sequence, current, context: { first: text, ballast: text.padStart(64, '·'), last: text } }
}

const isFirst = (state: StressState): boolean => state.sequence === FIRST_STATE.sequence

/** Whether a state is one that was written, whole. */
export function isWhole(state: StressState): boolean {
  return isFirst(state) || JSON.stringify(state) === JSON.stringify(numbered(state.sequence))
}

/** Says that stores keep nothing; tells whether they do. */
export function keeps(context: AnyContext, facts: readonly string[]): OpenKept | undefined {
  const { openKept } = context
  if (openKept === undefined) {
    for (const fact of facts) context.skip(fact, 'the store keeps nothing on a disk')
  }
  return openKept
}

export class KeptWrites {
  /** The number of the newest state that was written. */
  written: number
  /** The number of the newest state that was acknowledged as kept. */
  acknowledged: number
  failures = 0
  firstFailure = ''
  readonly store: KeptStore
  readonly #context: AnyContext

  constructor(context: AnyContext, store: KeptStore) {
    this.#context = context
    this.store = store
    this.written = store.read().sequence
    this.acknowledged = this.written
  }

  /** How many writes were refused, and what the first was told. */
  get refusals(): string {
    return `${this.failures} refused${this.failures === 0 ? '' : `: ${this.firstFailure}`}`
  }

  async write(): Promise<void> {
    this.written += 1
    this.#context.count('write')
    try {
      await this.#context.time('write', () => this.store.write(numbered(this.written), 'KEPT'))
    } catch (error) {
      this.failures += 1
      this.written -= 1
      if (this.failures === 1) this.firstFailure = messageOf(error)
    }
  }

  /** Waits until what was written is on the disk; notes that it was acknowledged. */
  async keep(): Promise<void> {
    const upTo = this.written
    this.#context.count('keep')
    await this.#context.time('keep', () => this.store.kept())
    this.acknowledged = Math.max(this.acknowledged, upTo)
  }
}

/** What a disk holds, as the next process finds it. */
export async function heldBy(
  openKept: OpenKept,
  disk: TestDisk,
): Promise<{ state: StressState } | { refusal: string }> {
  try {
    const store = await openKept(FIRST_STATE, disk, 1)
    const state = store.read()
    await store.close()
    return { state }
  } catch (error) {
    return { refusal: messageOf(error) }
  }
}
