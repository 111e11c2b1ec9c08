import { type Kernel, kernelOf } from '../kernel/index.ts'
import type { Snapshot, Store } from '../store/index.ts'
import type { Channel } from './channel.ts'
import { VersionHistory } from './history.ts'
import type { ServeSettings } from './serve-options.ts'
import { SharedFrames } from './shared-frames.ts'
import { StateTexts } from './texts.ts'
import { WriteResults } from './write-results.ts'

/** One store that is served: what its clients share. */
export class ServedStore {
  readonly name: string
  readonly kernel: Kernel<unknown>
  readonly texts: StateTexts
  readonly frames: SharedFrames = new SharedFrames()
  readonly history: VersionHistory<unknown>
  readonly results: WriteResults
  /** By the ids of the clients. */
  readonly channels: Map<string, Channel> = new Map()
  readonly unfollow: () => void

  /** @throws `KERNEL_ABSENT`; `CODEC_INVALID` for a state that JSON cannot hold. */
  constructor(name: string, store: Store<unknown>, settings: ServeSettings) {
    this.name = name
    this.kernel = kernelOf(store)
    this.texts = new StateTexts(settings.chunkBytes)
    this.history = new VersionHistory(settings.historyVersions)
    this.results = new WriteResults(settings.resultsMax)
    const { published } = this.store
    if (published.version >= 0) this.#begin(published, settings)
    // Ahead of the subscribers, which are the clients: a version that is sent is one to go on from.
    this.unfollow = this.kernel.follow(
      { next: ({ snapshot }) => this.history.add(snapshot), complete: () => {} },
      { place: 'before' },
    )
  }

  get store(): Store<unknown> {
    return this.kernel.store
  }

  /** What tells one life of the store from another: versions may begin anew. */
  get epoch(): string {
    return this.store.instanceId
  }

  #begin(published: Snapshot<unknown>, { view }: ServeSettings): void {
    // Whoever serves what cannot be sent is told here, and not in the middle of a delta.
    if (view === undefined) this.texts.ofState(published.state)
    this.history.add(published)
  }
}
