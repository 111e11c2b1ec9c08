/** Where the page has its facts from: a server, the program that it is mounted in, or a recording. */
import { type Signal, signal } from '@preact/signals'
import type { Facts, KeptVersion, Look } from '../facts.ts'

export type FeedStatus = 'connecting' | 'live' | 'lost' | 'recording'

export interface Feed {
  readonly facts: Signal<Facts | undefined>
  /** Of the store that is looked at; undefined until it has come. */
  readonly look: Signal<Look | undefined>
  readonly status: Signal<FeedStatus>
  /** States of the program that the page was not shown, as newer ones replaced them. */
  readonly missed: Signal<number>
  /** Of a recording: its length, and the place that is shown. */
  readonly playback?: Playback | undefined
  lookAt(id: string | undefined): void
  version(id: string, version: number): Promise<KeptVersion | undefined>
  /** Sends an event to a machine; resolves with what became of it. */
  send(id: string, event: { readonly type: string }): Promise<string>
  /** Tells each change from now on; returns what ends it. Undefined where there is nothing to record. */
  record?: ((line: (entry: RecordedChange) => void) => () => void) | undefined
  close(): void
}

export interface Playback {
  readonly steps: readonly number[]
  readonly step: Signal<number>
}

/** A change of what is shown. */
export type RecordedChange =
  | { readonly at: number; readonly facts: Facts }
  | { readonly at: number; readonly looks: Readonly<Record<string, Look>> }

export const newFeedState = (status: FeedStatus): Pick<Feed, 'facts' | 'look' | 'status' | 'missed'> => ({
  facts: signal(undefined),
  look: signal(undefined),
  status: signal<FeedStatus>(status),
  missed: signal(0),
})

/** Of a page that has nobody to ask. */
export const emptyFeed = (): Feed => ({
  ...newFeedState('recording'),
  lookAt: () => {},
  version: () => Promise.resolve(undefined),
  send: () => Promise.resolve('there is no program'),
  close: () => {},
})
