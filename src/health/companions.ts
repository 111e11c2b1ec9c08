/** What stands beside a store and has figures of its own: journals, servers, mirrors, members of many machines. */
import type { Kernel } from '../store/index.ts'

/** One kind of it. */
export interface Companions<Figures> {
  /** Adds one to the health and the figures of a store; returns what takes it away. */
  report<S>(kernel: Kernel<S>, figures: () => Figures): () => void
  /** Those of a store, in the order in which they came. */
  of(kernel: Kernel<unknown>): Figures[]
}

/** @param name - under which they are kept on the kernel, so that both copies of the package know them. */
export function companions<Figures>(name: string): Companions<Figures> {
  const key = Symbol.for(name)
  type Kept = { [key]?: Set<() => Figures> }
  return {
    report(kernel, figures) {
      const kept = kernel as Kept
      const all = kept[key] ?? new Set()
      kept[key] = all
      all.add(figures)
      return () => void all.delete(figures)
    },
    of: (kernel) => Array.from((kernel as Kept)[key] ?? [], (figures) => figures()),
  }
}
