/** What the helpers ask of a store: less than `Store`, so that a wrapper, a fake or another copy's store will do. */
import type { StoreMetrics } from '../counting/index.ts'

/** What the helpers of this room ask of a store. */
export interface TestedStore {
  readonly name: string
  metrics(): StoreMetrics
}

/** `3 observers`, `1 observer`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** How a subscriber is called in every report: by its id and its policy. */
export const nameSubscriber = ({ id, policy }: { readonly id: string; readonly policy: string }): string =>
  `subscriber "${id}" (${policy})`
