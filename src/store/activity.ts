/**
 * What goes on in all stores of one copy of the library.
 *
 * Who keeps something that was made of states compares `writes` with what it was then: nothing can have changed
 * where nothing was written. The ESM and the CommonJS copy have one each; a kernel says which is its store's.
 */
export interface Activity {
  /** Rises whenever what is current, or published, may have changed in any store. */
  writes: number
  /** Batches in progress: where there are none, what is current is published. */
  openBatches: number
  /** While derived values are computed, by which no store may be written to: tells which one is. */
  deriving: { readonly name: string } | undefined
}

export const activity: Activity = { writes: 0, openBatches: 0, deriving: undefined }
