/**
 * What a collection shows to code that knows nothing of it and looks at own properties.
 *
 *   cloning     a symbol: `structuredClone` and `postMessage` throw a `DataCloneError` that quotes it. They copy
 *               own properties and lose the class, so a collection would arrive without its entities
 *   contents    `{ entries: [[id, entity], …] }`: what `assert.deepStrictEqual` and others compare
 *
 * The list of entries is made when somebody looks. A proxy does that: a getter of the collection's own would be
 * defined anew for each version, which costs as much as the whole of a write.
 */
import type { Collection } from './collection.ts'

/** Its description is the hint in the error. */
export const CLONING: unique symbol = Symbol.for(
  'a collection: send its toJSON(), and give that to collection()',
)

/** What a proxy stands for; it has no property that a proxy would have to report. */
class Contents {
  readonly of: Collection<unknown>

  constructor(of: Collection<unknown>) {
    this.of = of
  }
}

const KEY = 'entries'

const handler: ProxyHandler<Contents> = {
  ownKeys: () => [KEY],
  has: (_, key) => key === KEY,
  get: ({ of }, key) => (key === KEY ? of.toJSON() : undefined),
  getOwnPropertyDescriptor: ({ of }, key) =>
    key === KEY ? { value: of.toJSON(), enumerable: true, configurable: true } : undefined,
}

export const contentsOf = (of: Collection<unknown>): object => new Proxy(new Contents(of), handler)
