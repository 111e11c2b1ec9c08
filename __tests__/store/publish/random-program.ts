/**
 * A random program on a store, which writes down all that can be seen of it: to be run on two stores that should
 * not differ in that.
 *
 * properties.test.ts says what is right. This goes where its model does not: what a callback does is the next
 * act of the program, so there are ends, newcomers, polls and failures in the middle of a delivery.
 */
import fc from 'fast-check'
import { Subject } from 'rxjs'
import {
  buffer,
  createStore,
  latest,
  type SinglePolicy,
  type Snapshot,
  type SnapshotStream,
  type Store,
  type SubscriberHandle,
} from '../../../src/index.ts'
import { ManualClock, microtasks } from '../support.ts'

const ACTS = {
  write: 14,
  jump: 3,
  batch: 3,
  release: 16,
  fail: 2,
  leave: 4,
  abort: 2,
  join: 10,
  observe: 2,
  'ask a stream': 5,
  destroy: 1,
  wait: 2,
  nothing: 8,
} as const
const WORKS = [
  'for long',
  'for long',
  'for long',
  'a moment',
  'never well',
  'as a stream',
  'as a stream',
] as const
const POLICIES: readonly SinglePolicy[] = [
  latest(),
  latest(),
  ...[1, 2, 3, 12, Number.POSITIVE_INFINITY].map((capacity) => buffer({ capacity })),
]

export interface Act {
  readonly do: keyof typeof ACTS
  readonly which: number
  readonly policy: SinglePolicy
  readonly works: (typeof WORKS)[number]
  readonly replay: boolean
  readonly onError: 'continue' | 'close'
}

export const program: fc.Arbitrary<Act[]> = fc.array(
  fc.record({
    do: fc.oneof(
      ...Object.entries(ACTS).map(([name, weight]) => ({
        weight,
        arbitrary: fc.constant(name as Act['do']),
      })),
    ),
    which: fc.nat(20),
    policy: fc.constantFrom(...POLICIES),
    works: fc.constantFrom(...WORKS),
    replay: fc.boolean(),
    onError: fc.constantFrom('continue', 'continue', 'close'),
  }),
  { minLength: 10, maxLength: 120, size: 'max' },
)

interface Member {
  readonly controller: AbortController
  readonly running: Subject<void>[]
  handle: SubscriberHandle | SnapshotStream<number> | undefined
}

export class Run {
  readonly log: string[] = []
  readonly #clock = new ManualClock()
  readonly #store: Store<number>
  readonly #rests: boolean
  /** Whether the figures are looked at on the way: to look at them makes a mailbox count. */
  readonly #looks: boolean
  readonly #acts: readonly Act[]
  readonly #members: Member[] = []
  #done = 0

  constructor(acts: readonly Act[], rests: boolean, looks: boolean) {
    this.#acts = acts
    this.#looks = looks
    this.#rests = rests
    const onFault = ({
      subscriberId,
      phase,
      version,
    }: {
      subscriberId: string
      phase: string
      version: number
    }) => this.#callback(`fault of ${subscriberId}: ${phase} ${version}`)
    this.#store = createStore(0, { onFault, clock: this.#clock, detectLeaks: false })
  }

  async run(): Promise<readonly string[]> {
    while (this.#done < this.#acts.length) {
      if (this.#acts[this.#done]?.do === 'wait') await microtasks()
      this.#act()
      this.#note('step')
    }
    this.#store.destroy()
    await microtasks()
    this.#note('end')
    return this.log
  }

  #callback(what: string): void {
    this.#note(what)
    this.#act()
  }

  #act(): void {
    const act = this.#acts[this.#done]
    this.#done += 1
    this.#clock.advance(1)
    if (act === undefined) return
    try {
      this.#perform(act)
    } catch (error) {
      this.log.push(`threw ${error}`)
    }
  }

  #perform(act: Act): void {
    const store = this.#store
    const member = this.#members[act.which % Math.max(1, this.#members.length)]
    const { handle } = member ?? {}
    if (act.do === 'write') store.set(act.which)
    else if (act.do === 'jump') store.put({ ...store.snapshot, version: store.snapshot.version + 3 })
    else if (act.do === 'batch') this.#batch(act.which)
    else if (act.do === 'join') this.#join(act)
    else if (act.do === 'observe')
      store.snapshot$.subscribe(({ version }) => this.#callback(`observed ${version}`))
    else if (act.do === 'destroy' && act.which === 0) store.destroy()
    else if (act.do === 'release' && handle !== undefined && 'poll' in handle) {
      this.log.push(`polled ${handle.poll()?.version}`)
    } else if (act.do === 'release') member?.running.shift()?.complete()
    else if (act.do === 'fail') member?.running.shift()?.error(new Error('failed'))
    else if (act.do === 'abort') member?.controller.abort()
    else if (act.do === 'leave' && handle !== undefined) handle[Symbol.dispose]()
    else if (act.do === 'ask a stream' && handle !== undefined && 'poll' in handle) {
      const { id } = handle
      handle.next().then(({ value }) => this.log.push(`${id} was given ${value?.version}`))
    }
  }

  #batch(which: number): void {
    this.#store.batch(() => {
      this.#store.set(which)
      this.#act()
      if (which % 3 === 0) throw new Error('gone back')
    })
  }

  #join({ policy, works, replay, onError }: Act): void {
    const member: Member = { controller: new AbortController(), running: [], handle: undefined }
    const id = `${this.#members.length}`
    this.#members.push(member)
    const { signal } = member.controller
    const options = { id, policy, replay, signal, ...(!this.#rests && { onDrop: () => {} }) }
    const next = ({ version }: Snapshot<number>, { missed }: { missed: number }): unknown => {
      this.#callback(`${id} given ${version}, missed ${missed}`)
      if (works === 'never well') throw new Error('failed')
      if (works === 'a moment') return undefined
      const handler = new Subject<void>()
      member.running.push(handler)
      return handler
    }
    const complete = (): void => this.#callback(`${id} completed`)
    if (works === 'as a stream') member.handle = this.#store.stream(options)
    else member.handle = this.#store.subscribe({ next, complete }, { ...options, onError })
  }

  #note(what: string): void {
    if (!this.#looks && what !== 'end') {
      this.log.push(what)
      return
    }
    const { published, delivered, dropped, conflated, pending, subscribers } = this.#store.metrics()
    const all = this.#members.map(({ handle }) => JSON.stringify([handle?.closed, handle?.stats()]))
    const present = subscribers.map(({ id }) => id)
    const totals = [published, delivered, dropped, conflated, pending]
    this.log.push([what, ...all, present, totals].join('\n  '))
  }
}
