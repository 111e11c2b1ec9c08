/** What the suite asks of a library: a counter, and a number for each of many entities. */
import type { ComponentType, ReactNode } from 'react'

export interface Counter {
  /** Stands above everything that reads it, where a library needs that. */
  readonly Provider?: ComponentType<{ children: ReactNode }>
  readonly useCount: () => number
  change(by: (count: number) => number): void
}

export interface Entities {
  readonly Provider?: ComponentType<{ children: ReactNode }>
  readonly useEntity: (id: string) => number
  write(id: string, value: number): void
}

export interface Adapter {
  counter(): Counter
  entities(ids: readonly string[]): Entities
}
