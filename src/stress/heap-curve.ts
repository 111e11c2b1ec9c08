import { setImmediate as nextTurn } from 'node:timers/promises'

/** How many points a curve has at most. */
const POINTS_MAX = 1_000

/** The heap in use with what hangs outside it (buffers, long strings), in bytes. */
export function heapBytes(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Whether this process can collect its garbage on demand (`--expose-gc`). */
export function canCollect(): boolean {
  return typeof globalThis.gc === 'function'
}

/** Collects garbage, where that is exposed; what only finalisers free goes with the second round. */
export async function collect(): Promise<void> {
  globalThis.gc?.()
  await nextTurn()
  globalThis.gc?.()
}

/**
 * The heap over time. When it is full, every second point goes: a curve of hours costs as much as one of
 * seconds, and still spans all of it.
 */
export class HeapCurve {
  #points: (readonly [number, number])[] = []

  get points(): readonly (readonly [number, number])[] {
    return this.#points
  }

  add(elapsedMs: number, bytes: number): void {
    if (this.#points.length >= POINTS_MAX) {
      this.#points = this.#points.filter((_point, index) => index % 2 === 0)
    }
    this.#points.push([elapsedMs, bytes])
  }
}
