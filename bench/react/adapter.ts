/** What the suite asks of a library: a counter, and a number for each of many entities. */
import type { ComponentType, FunctionComponent, ReactNode } from 'react'

interface Drawn {
  /** What a component that reads is wrapped in, where a library needs that. */
  readonly wrap?: <Props extends object>(component: FunctionComponent<Props>) => FunctionComponent<Props>
  /** Stands above everything that reads it, where a library needs that. */
  readonly Provider?: ComponentType<{ children: ReactNode }>
}

export interface Counter extends Drawn {
  readonly useCount: () => number
  change(by: (count: number) => number): void
}

export interface Entities extends Drawn {
  readonly useEntity: (id: string) => number
  write(id: string, value: number): void
}

export interface Adapter {
  counter(): Counter
  entities(ids: readonly string[]): Entities
}

/** What a component is wrapped in, and stands below, where a library asks for nothing. */
export const PLAIN: Required<Drawn> = {
  wrap: (component) => component,
  Provider: ({ children }) => children,
}
