/**
 * Random graphs of derived values over up to 6 stores, and random programs on them, beside a model that computes
 * everything anew from the states of the stores.
 */
import fc from 'fast-check'
import { createStore, derive, type Read, type Readable, type Store, transact } from '../../../src/index.ts'
import { findCore } from '../../../src/store/index.ts'

/** A derived value: what it is made of (places among the stores, then the values before it), and how. */
interface Shape {
  readonly sources: readonly number[]
  /** Whether it reads what it likes: the first source decides which others. */
  readonly tracks: boolean
  readonly throws: boolean
  readonly salt: number
}

type Step =
  | { readonly do: 'write'; readonly store: number; readonly value: number }
  | {
      readonly do: 'batch' | 'transact'
      readonly writes: readonly (readonly [store: number, value: number])[]
      readonly reads: readonly number[]
      readonly fails: boolean
      readonly nests: boolean
    }
  | { readonly do: 'follow'; readonly node: number; readonly writesTo: number | undefined }
  | { readonly do: 'leave'; readonly which: number }
  | { readonly do: 'read'; readonly node: number }

export interface Program {
  readonly stores: number
  readonly shapes: readonly Shape[]
  readonly steps: readonly Step[]
}

const place = fc.nat({ max: 1_000 })
const value = fc.nat({ max: 6 })

const shape: fc.Arbitrary<Shape> = fc.record({
  sources: fc.array(place, { minLength: 1, maxLength: 4 }),
  tracks: fc.boolean(),
  throws: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  salt: fc.nat({ max: 5 }),
})

const several = {
  writes: fc.array(fc.tuple(place, value), { maxLength: 5 }),
  reads: fc.array(place, { maxLength: 2 }),
  fails: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
  nests: fc.boolean(),
}

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('write' as const), store: place, value }),
  fc.record({ do: fc.constantFrom('batch' as const, 'transact' as const), ...several }),
  fc.record({
    do: fc.constant('follow' as const),
    node: place,
    writesTo: fc.option(place, { nil: undefined, freq: 6 }),
  }),
  fc.record({ do: fc.constant('leave' as const), which: place }),
  fc.record({ do: fc.constant('read' as const), node: place }),
)

export const program: fc.Arbitrary<Program> = fc.record({
  stores: fc.integer({ min: 1, max: 6 }),
  shapes: fc.array(shape, { minLength: 1, maxLength: 40 }),
  steps: fc.array(step, { maxLength: 40 }),
})

const refuse = (sum: number): never => {
  throw new RangeError(`sum ${sum}`)
}

/** What every derived value is: small numbers, so that results are often equal. */
function combine(
  { tracks, throws, salt }: Shape,
  sources: readonly number[],
  read: (source: number) => number,
): number {
  const [first = 0, ...others] = sources
  const decisive = read(first)
  const taken = tracks && decisive % 2 === 1 ? others.slice(1) : others
  const sum = taken.reduce((total, source) => total + read(source), decisive + salt)
  return throws && sum % 5 === 4 ? refuse(sum) : sum % 7
}

/** Runs a program; returns what went against the model, in sentences. */
export function run({ stores: count, shapes, steps }: Program): string[] {
  const problems: string[] = []
  const faulty = { onFault: () => {} }
  const stores = Array.from({ length: count }, (_, n) => createStore(n, faulty))
  const readables: Readable<number>[] = [...stores]
  const placed = shapes.map((shape, n) => ({
    ...shape,
    sources: shape.sources.map((source) => source % (count + n)),
  }))
  const ran = shapes.map(() => 0)
  placed.forEach((shape, n) => {
    const sources = [...new Set(shape.sources)]
    const counted = (read: (source: number) => number): number => {
      ran[n] = (ran[n] ?? 0) + 1
      return combine(shape, sources, read)
    }
    const readable = (source: number): Readable<number> => readables[source] as Readable<number>
    readables.push(
      shape.tracks
        ? derive((read: Read) => counted((source) => read(readable(source))))
        : derive(sources.map(readable), (...states) =>
            counted((source) => states[sources.indexOf(source)] ?? 0),
          ),
    )
  })

  /** What a readable would be, computed anew. */
  const expected = (states: readonly number[], source: number): number => {
    if (source < count) return states[source] ?? 0
    const shape = placed[source - count] as Shape
    return combine(shape, [...new Set(shape.sources)], (each) => {
      // Given ones are all read, in order, before the function runs.
      if (!shape.tracks) for (const other of shape.sources) expected(states, other)
      return expected(states, each)
    })
  }
  const heads = (): number[] => stores.map(({ state }) => state)
  const published = (): number[] => stores.map((store) => store.published.state)

  /** All that has ever been published together. */
  const history: number[][] = [published()]
  for (const store of stores) findCore(store)?.subject.notice(() => history.push(published()))

  const compare = (what: string, get: () => number, want: () => number): void => {
    const [is, should] = [outcome(get), outcome(want)]
    if (is !== should) problems.push(`${what}: ${is} instead of ${should}`)
  }

  interface Following {
    readonly source: number
    readonly leave: () => void
    last: number | undefined
    version: number
    /** Where in the history it was told last. */
    since: number
    told: number
  }
  const following: Following[] = []
  let writers = 0

  const follow = (source: number, writesTo: number | undefined): void => {
    let writesLeft = writesTo === undefined ? 0 : 2
    writers += writesTo === undefined ? 0 : 1
    const each: Following = { source, leave: () => {}, last: undefined, version: -1, since: 0, told: 0 }
    const handle = (readables[source] as Readable<number>).subscribe(({ state, version }) => {
      each.told += 1
      if (version <= each.version) problems.push(`version ${version} after ${each.version}`)
      const found = history.findIndex(
        (states, n) => n >= each.since && outcome(() => expected(states, source)) === String(state),
      )
      if (found < 0) problems.push(`readable ${source} was told ${state}, which never was`)
      else each.since = found
      each.last = state
      each.version = version
      if (writesTo === undefined || writesLeft === 0) return
      writesLeft -= 1
      stores[writesTo % count]?.set((state + 1) % 7)
    })
    following.push(Object.assign(each, { leave: () => handle.unsubscribe() }))
  }

  const inside = (writes: readonly (readonly [number, number])[], reads: readonly number[]): void => {
    for (const [store, value] of writes) stores[store % count]?.set(value)
    for (const node of reads) {
      const source = node % readables.length
      const readable = readables[source] as Readable<number>
      compare(
        `readable ${source} in a batch`,
        () => readable.state,
        () => expected(heads(), source),
      )
      compare(
        `readable ${source} published`,
        () => readable.published.state,
        () => expected(published(), source),
      )
    }
  }

  const perform = (step: Step): void => {
    if (step.do === 'write') stores[step.store % count]?.set(step.value)
    else if (step.do === 'follow') follow(step.node % readables.length, step.writesTo)
    else if (step.do === 'leave') following.splice(step.which % (following.length + 1), 1)[0]?.leave()
    else if (step.do === 'read') {
      const source = step.node % readables.length
      compare(
        `readable ${source}`,
        () => (readables[source] as Readable<number>).state,
        () => expected(heads(), source),
      )
    } else performSeveral(step)
  }

  const performSeveral = ({
    do: how,
    writes,
    reads,
    fails,
    nests,
  }: Extract<Step, { writes: unknown }>): void => {
    const [first] = writes
    const own =
      how === 'batch' ? writes.filter(([store]) => store % count === (first?.[0] ?? 0) % count) : writes
    const involved = [...new Set(own.map(([store]) => store % count))].map((n) => stores[n] as Store<number>)
    const work = (): void => {
      if (nests && how === 'transact') transact(involved.slice(0, 1), () => inside(own.slice(0, 2), reads))
      inside(own, reads)
      if (fails) throw new Error('taken back')
    }
    const before = heads()
    try {
      if (how === 'transact') transact(nests ? involved.slice(1) : involved, () => transact(involved, work))
      else involved[0]?.batch(work)
    } catch (error) {
      if ((error as Error).message !== 'taken back') throw error
      if (String(before) !== String(heads())) problems.push(`taken back to ${heads()} instead of ${before}`)
    }
  }

  for (const step of steps) {
    ran.fill(0)
    for (const each of following) each.told = 0
    const wasWritten = writers > 0
    perform(step)
    const readsInside = 'reads' in step && step.reads.length > 0
    const isOne = !wasWritten && step.do !== 'follow' && step.do !== 'read' && !readsInside
    if (isOne && ran.some((times) => times > 1))
      problems.push(`${step.do}: a function ran ${Math.max(...ran)} times`)
    if (isOne && following.some(({ told }) => told > 1)) problems.push(`${step.do}: told twice`)
    for (const { source, last } of following) {
      const want = outcome(() => expected(published(), source))
      if (!want.startsWith('!') && String(last) !== want) {
        problems.push(`a follower of ${source} was left on ${last} instead of ${want}`)
      }
    }
  }

  for (const { leave } of following) leave()
  ran.fill(0)
  for (const store of stores) store.set(store.state + 1)
  if (ran.some((times) => times > 0)) problems.push('something runs for nobody')
  return problems
}

function outcome(get: () => number): string {
  try {
    return String(get())
  } catch (error) {
    return `!${(error as Error).message}`
  }
}
