import type { Snapshot } from '../store/index.ts'

/** The newest versions of a store, by reference: from any of them a client may go on. */
export class VersionHistory<S> {
  readonly #versionsMax: number
  readonly #kept: Snapshot<S>[] = []

  constructor(versionsMax: number) {
    this.#versionsMax = versionsMax
  }

  add(snapshot: Snapshot<S>): void {
    this.#kept.push(snapshot)
    if (this.#kept.length > this.#versionsMax) this.#kept.shift()
  }

  /** The snapshots from a version on, that one included; undefined where it is not kept. */
  from(version: number): readonly Snapshot<S>[] | undefined {
    const at = this.#kept.findIndex((snapshot) => snapshot.version === version)
    return at < 0 ? undefined : this.#kept.slice(at)
  }
}
