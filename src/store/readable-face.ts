import { type InteropObservable, map, type Observable, observable as observableKey } from 'rxjs'
import { defineRead, type Immutable } from '../kit/index.ts'
import { check } from './options.ts'
import { type Consumer, type GivenConsumer, toMailboxConsumer } from './publish/consumer.ts'
import { ContainedObservable } from './publish/contained-observable.ts'
import { MailboxStream, type SnapshotStream, type StreamOptions } from './publish/snapshot-stream.ts'
import type { SubscribeOptions } from './publish/subscribe-options.ts'
import type { SubscriberHandle } from './publish/subscriber-handle.ts'
import { waitFor } from './publish/wait-for.ts'
import type { Readable, WaitOptions } from './readable.ts'
import type { ReadableCore } from './readable-core.ts'
import type { Snapshot } from './snapshot.ts'

/** Where the rooms of the store find what a readable is made of; the same in every copy of the package. */
export const coreSymbol: unique symbol = Symbol.for('headgate.core')

export interface ReadableFace<S> extends InteropObservable<Snapshot<S>> {
  select: Readable<S>['select']
}

/** A readable as others see it: the members of {@link Readable}, each of which works off it. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the static block and the constructor make the members of the interface
export class ReadableFace<S> implements Readable<S> {
  static {
    // RxJS looks for the key that it found when it was loaded: a symbol, or a string.
    Object.defineProperty(ReadableFace.prototype, observableKey, {
      value(this: ReadableFace<unknown>): Observable<Snapshot<unknown>> {
        return this.snapshot$
      },
    })
    defineRead(ReadableFace.prototype, coreSymbol, function () {
      return this.#core
    })
  }

  readonly name: string
  readonly snapshot$: Observable<Snapshot<S>>
  readonly state$: Observable<Immutable<S>>
  readonly #core: ReadableCore<S>

  constructor(core: ReadableCore<S>) {
    this.#core = core
    this.name = core.name
    const { report, subject } = core
    this.snapshot$ = new ContainedObservable('snapshot$', report, (observer) => subject.subscribe(observer))
    this.state$ = new ContainedObservable('state$', report, (observer) =>
      subject.pipe(map(({ state }) => state)).subscribe(observer),
    )
    this.select = core.select
  }

  get snapshot(): Snapshot<S> {
    return this.#core.subject.newest
  }

  get state(): Immutable<S> {
    return this.snapshot.state
  }

  get published(): Snapshot<S> {
    return this.#core.subject.newest
  }

  get closed(): boolean {
    return this.#core.subject.isStopped
  }

  [Symbol.asyncIterator](): SnapshotStream<S> {
    return this.stream()
  }

  // One implementation; the overloads of Readable give arrays to the consumer of a batch.
  readonly subscribe = (consumer: Consumer<never>, options: SubscribeOptions<S> = {}): SubscriberHandle => {
    // The casts only forget which of the overloads it was.
    const given =
      typeof consumer === 'function'
        ? (consumer as GivenConsumer<Snapshot<S>>)
        : toMailboxConsumer<Snapshot<S>>(consumer as Consumer<Snapshot<S>>)
    return this.#core.attach(given, options, this.subscribe)
  }

  readonly stream = (options: StreamOptions<S> = {}): SnapshotStream<S> => {
    check?.streamOptions(options)
    return new MailboxStream(this.#core, options)
  }

  readonly waitFor = async (
    predicate: (state: Immutable<S>, snapshot: Snapshot<S>) => boolean,
    options: WaitOptions = {},
  ): Promise<Snapshot<S>> => {
    check?.waitOptions(options, 'waitFor()')
    return waitFor(this.#core, predicate, options)
  }
}
