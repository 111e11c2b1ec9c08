/** What the page shows, and how one gets from here to there. */
import { type Signal, signal } from '@preact/signals'
import type { Feed } from './feed.ts'

export type View = 'overview' | 'store' | 'machine' | 'graph' | 'record'

export class Place {
  readonly view: Signal<View> = signal<View>('overview')
  readonly id: Signal<string | undefined> = signal<string | undefined>(undefined)
  readonly filter: Signal<string> = signal('')
  /** The version that is looked at; undefined for the newest. */
  readonly version: Signal<number | undefined> = signal<number | undefined>(undefined)
  /** The version that it is compared with; undefined for the one before. */
  readonly pinned: Signal<number | undefined> = signal<number | undefined>(undefined)
  readonly #feed: () => Feed

  constructor(feed: () => Feed) {
    this.#feed = feed
  }

  go(view: View): void {
    this.view.value = view
  }

  open(id: string, view: View = 'store'): void {
    if (this.id.value !== id) {
      this.id.value = id
      this.version.value = undefined
      this.pinned.value = undefined
      this.#feed().lookAt(id)
    }
    this.view.value = view
  }
}
