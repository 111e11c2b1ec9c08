/**
 * Random systems whose actors work: promises, Observables, async iterables and machine stores that resolve, fail, or
 * come late; callbacks that throw in every place; followers that are slow or throw; snapshots in the middle of it.
 *
 *   each change of a context has an id     what an actor must have applied is written down beside it, and compared
 *   each work has a signal                 who works is who is in WORKING; what has come to its end has led on
 *   each timer is the clock's              those of the works themselves are counted, and all others are accounted for
 */
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { type Observable, Observable as Source, type Subscriber } from 'rxjs'
import type { ActorSnapshot, SystemSnapshot } from '../../../src/actors/index.ts'
import {
  buffer,
  createMachineStore,
  direct,
  exhaust,
  type LatestPolicy,
  latest,
  type Policy,
  type SubscriberHandle,
  switchLatest,
} from '../../../src/index.ts'
import type { ManualClock } from '../../../src/testing/index.ts'
import { defineLoose, type LooseMachine } from '../../machine/support.ts'
import { type LooseSystem, systemOf } from '../support.ts'

const KEYS = ['a', 'b', 'x']
const ADDRESSES = ['root', ...KEYS.flatMap((one) => [`root/part:${one}`, `root/part:${one}/part:a`])]
type Boom = 'guard' | 'update' | 'run' | 'emit' | 'entry' | 'src' | 'onNext' | 'onDone' | 'onError'
type Lasting = 'keys' | 'input' | 'exit' | 'update' | 'output' | undefined
/** Where something throws: in the event's own transition, in what its work leads to, or from then on. */
const BOOMS: readonly Boom[] = [
  'guard',
  'update',
  'run',
  'emit',
  'entry',
  'src',
  'onNext',
  'onDone',
  'onError',
]
const LASTING: readonly Lasting[] = ['keys', 'input', 'exit', 'update', 'output', undefined]
const POLICIES: Record<string, () => Policy> = {
  latest: () => latest(),
  buffer: () => buffer({ capacity: 2, overflow: 'drop-oldest' }),
  error: () => buffer({ capacity: 1, overflow: 'error' }),
  exhaust: () => exhaust(),
  direct: () => direct(),
  switchLatest: () => switchLatest(),
}

/** What is sent, but for its id. */
interface Event {
  readonly type: string
  readonly [field: string]: unknown
}

type Step =
  | { readonly do: 'send' | 'direct'; readonly to: string; readonly event: Event }
  | { readonly do: 'settle' | 'look' | 'turn' | 'restore' | 'save' | 'back' }
  | { readonly do: 'wait' | 'waitAsync'; readonly ms: number }
  | { readonly do: 'follow'; readonly to: string; readonly policy: string; readonly manner: string }

const address = fc.constantFrom(...ADDRESSES)
const boom: fc.Arbitrary<Boom | undefined> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom(...BOOMS) },
)
const ms = fc.constantFrom(0, 5, 30, 60)
const work = fc.record({
  type: fc.constant('WORK' as const),
  how: fc.constantFrom('promise', 'observable', 'iterable', 'machine'),
  end: fc.constantFrom('well', 'badly', 'never'),
  /** Goes on after its signal has aborted. */
  deaf: fc.boolean(),
  items: fc.nat({ max: 3 }),
  ms,
  boom,
})
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 5, arbitrary: work },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('NOTE' as const), boom }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('WANT' as const),
      keys: fc.array(fc.constantFrom(...KEYS), { maxLength: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('TELL' as const), to: address, times: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('IDLE', 'IDLE', 'WAIT', 'END') }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('LAST' as const), lasting: fc.constantFrom(...LASTING) }),
  },
)

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constantFrom('send' as const, 'send' as const, 'direct' as const),
      to: address,
      event,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('settle' as const, 'look' as const, 'turn' as const) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('wait' as const, 'waitAsync' as const), ms: fc.nat(120) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('restore' as const, 'save' as const, 'back' as const) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('follow' as const),
      to: address,
      policy: fc.constantFrom(...Object.keys(POLICIES)),
      manner: fc.constantFrom('well', 'slowly', 'throws', 'sends', 'leaves'),
    }),
  },
)

export interface Program {
  readonly strategies: readonly string[]
  /** Whether each work asks for the store of its actor. */
  readonly opens: boolean
  readonly steps: readonly Step[]
}

const strategy = fc.constantFrom('stop', 'restart', 'escalate')
export const program: fc.Arbitrary<Program> = fc.record({
  strategies: fc.tuple(strategy, strategy),
  opens: fc.boolean(),
  steps: fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }),
})

interface Context {
  address: string
  keys: string[]
  applied: string[]
  lasting: Lasting
}

interface Sent {
  readonly type: string
  readonly id: string
  readonly boom?: Boom
  readonly lasting?: Context['lasting']
  readonly keys?: string[]
  readonly to?: string
  readonly times?: number
  readonly how?: string
  readonly end?: string
  readonly deaf?: boolean
  readonly items?: number
  readonly ms?: number
}

interface Tools {
  readonly signal: AbortSignal
  update(recipe: (draft: Context) => void): object | false
  send(event: object): { readonly handled: boolean } | false
  emit(event: object): boolean
  deadline(ms: number): AbortSignal
}

interface Saved {
  readonly snapshot: SystemSnapshot
  readonly isExact: boolean
}

/** A piece of work, as the test knows it. */
interface Piece {
  readonly address: string
  readonly signal: AbortSignal
  isOver: boolean
  /** What it led to threw. */
  isExcused: boolean
}

const thrown = (isIt: boolean, where: string): void => {
  if (isIt) throw new Error(`boom: ${where}`)
}

class World {
  readonly problems: string[] = []
  readonly clock: ManualClock
  readonly store: ReturnType<typeof systemOf<Context>>['store']
  readonly system: LooseSystem
  readonly #opens: boolean
  /** What each actor must have applied, since it began. */
  readonly applied = new Map<string, string[]>()
  /** What may have been applied: an item that is handed over. */
  readonly #perhaps = new Set<string>()
  readonly #ended = new Set<string>()
  readonly #pieces = new Set<Piece>()
  readonly #late = new Map<object, number>()
  readonly #handles: { handle: SubscriberHandle; where: string }[] = []
  readonly #emitted = new Set<string>()
  /** Whose `keys` throw when they are called next. */
  readonly #armed = new Set<string>()
  /** Whose `keys` have thrown: they have whom they had. */
  readonly #unsure = new Set<string>()
  /** Timers of works and followers. */
  #own = 0
  #ids = 0
  #starts = 0
  #chatter = 40

  constructor({ strategies, opens }: Program) {
    this.#opens = opens
    const { clock, store, system } = systemOf<Context>(this.#machine(0, strategies))
    this.clock = clock
    this.store = store
    this.system = system
    system.messages$.subscribe((message) =>
      this.#delivered(message.to, message.event as Sent & { key: string }),
    )
    store.events$.subscribe((emitted) => {
      const { id } = emitted as unknown as Sent
      if (this.#emitted.has(id)) this.problems.push(`${id} was emitted twice`)
      this.#emitted.add(id)
    })
  }

  id(): string {
    this.#ids += 1
    return `${this.#ids}`
  }

  // ---- the model ----

  expectIn(address: string, id: string): void {
    this.applied.get(address)?.push(id)
  }

  #delivered(to: string, { type, id, boom, key }: Sent & { key: string }): void {
    if (this.#ended.has(to)) return
    if (type === 'NOTE' && boom !== 'guard' && boom !== 'update') this.expectIn(to, id)
    if (type === 'END') this.#ended.add(to)
    if (type === 'done.child') this.expectIn(to, `${key} done`)
    if (type === 'error.child') this.expectIn(to, `${key} failed`)
  }

  #began(address: string): void {
    this.applied.set(address, [])
    this.#ended.delete(address)
  }

  timer(ms: number): Promise<void> {
    this.#own += 1
    return new Promise((resolve) => {
      this.clock.schedule(() => {
        this.#own -= 1
        resolve()
      }, ms)
    })
  }

  // ---- the machines ----

  #machine(depth: number, strategies: readonly string[]): LooseMachine<Context> {
    const move = (target: string) => ({ target, reenter: true })
    return defineLoose<Context>({
      id: `part${depth}`,
      initial: 'IDLE',
      context: ({ input = 'root' }: { input?: string }) => {
        this.#starts += 1
        thrown(input.endsWith('x') && this.#starts % 2 === 0, 'context')
        this.#began(input)
        return { address: input, keys: KEYS.slice(0, 2 - depth), applied: [], lasting: undefined }
      },
      states: {
        IDLE: { exit: ({ lasting }: Context) => thrown(lasting === 'exit', 'exit') },
        WAIT: { after: { 100: 'IDLE' } },
        WORKING: {
          entry: (_draft: Context, { boom }: Sent) => thrown(boom === 'entry', 'entry'),
          invoke: {
            src: (context: Context, sent: Sent, tools: Tools) => this.#work(context.address, sent, tools),
            onRestore: 'restart',
            onNext: {
              update: (draft: Context, { value }: { value: { id: string; boom: boolean } }) => {
                thrown(value.boom, 'onNext')
                draft.applied.push(value.id)
              },
            },
            onDone: {
              target: 'IDLE',
              update: (_draft: Context, { output }: { output: unknown }) =>
                thrown(output === 'boom', 'onDone'),
            },
            onError: {
              target: 'IDLE',
              guard: (_context: Context, { error }: { error: Error }) => error.message !== 'refused',
            },
          },
        },
        END: { type: 'final', output: ({ lasting }: Context) => thrown(lasting === 'output', 'output') },
      },
      on: {
        NOTE: {
          guard: (_context: Context, { boom }: Sent) => thrown(boom === 'guard', 'guard') === undefined,
          update: (draft: Context, { id, boom }: Sent) => {
            draft.applied.push(id)
            thrown(boom === 'update', 'update')
          },
          run: (_context: Context, { boom }: Sent) => thrown(boom === 'run', 'run'),
          emit: (_context: Context, { id, boom }: Sent) => {
            thrown(boom === 'emit', 'emit')
            return { type: 'noted', id }
          },
        },
        WANT: { update: (draft: Context, { keys }: Sent) => void Object.assign(draft, { keys }) },
        LAST: {
          update: (draft: Context, { lasting }: Sent) => {
            draft.lasting = lasting
            if (lasting === 'keys') this.#armed.add(draft.address)
            thrown(lasting === 'update', 'update')
          },
        },
        TELL: {
          run: (_context: Context, { to = '', times = 0 }: Sent) => {
            for (let n = 0; n < times; n += 1) this.system.send(to, { type: 'NOTE', id: this.id() })
          },
        },
        WORK: move('WORKING'),
        IDLE: move('IDLE'),
        WAIT: move('WAIT'),
        END: 'END',
      },
      ...(depth < 2 && {
        children: {
          part: {
            machine: this.#machine(depth + 1, strategies),
            keys: ({ keys, address }: Context) => {
              this.#unsure.delete(address)
              if (this.#armed.delete(address)) {
                this.#unsure.add(address)
                thrown(true, 'keys')
              }
              return keys
            },
            in: ['IDLE', 'WORKING'],
            input: (context: Context, key: string) => {
              thrown(context.lasting === 'input', 'input')
              return `${context.address}/part:${key}`
            },
            supervise: { strategy: strategies[depth], maxRestarts: 2, ...(depth === 0 && { backoffMs: 30 }) },
            mailbox: buffer({ capacity: 3, overflow: depth === 0 ? 'error' : 'drop-oldest' }),
            onDone: {
              update: (draft: Context, { key }: { key: string }) => void draft.applied.push(`${key} done`),
            },
            onFault: {
              update: (draft: Context, { key }: { key: string }) => void draft.applied.push(`${key} failed`),
            },
          },
        },
      }),
    })
  }

  // ---- work ----

  #work(address: string, sent: Sent, tools: Tools): unknown {
    const piece: Piece = { address, signal: tools.signal, isOver: false, isExcused: false }
    this.#pieces.add(piece)
    const store = this.#opens || address === 'root' ? this.system.get(address) : undefined
    const { how, boom, ms = 0, end = 'never' } = sent
    if (boom === 'src') {
      piece.isOver = true
      throw new Error('boom: src')
    }
    if (how === 'promise') return this.#promise(piece, sent, tools, store)
    if (how === 'observable') return this.#observable(piece, sent)
    if (how === 'iterable') return this.#iterable(piece, sent)
    if (how !== 'machine') return new Promise(() => {})
    const inner = createMachineStore(
      defineLoose({
        id: 'inner',
        initial: 'ON',
        context: {},
        states: { ON: { after: { [ms + 1]: end === 'never' ? 'ON' : 'OVER' } }, OVER: { type: 'final' } },
      }),
      { clock: this.clock, scheduler: this.clock },
    )
    this.#own += 1
    inner.subscribe(({ state }) => {
      if (state.current === 'ON') return
      this.#own -= 1
      piece.isOver = true
    })
    tools.signal.addEventListener('abort', () => {
      if (inner.current === 'ON') this.#own -= 1
    })
    return inner
  }

  async #promise(piece: Piece, sent: Sent, tools: Tools, store: object | undefined): Promise<unknown> {
    const { ms = 0, items = 0, end, deaf, boom } = sent
    for (let n = 0; n < items; n += 1) {
      await this.timer(ms)
      if (tools.signal.aborted && deaf !== true) return undefined
      this.#takeTools(piece.address, tools, n, store)
    }
    await this.timer(ms)
    if (end === 'never') return new Promise(() => {})
    piece.isOver = true
    if (end === 'badly') {
      piece.isExcused = boom === 'onError'
      throw new Error(boom === 'onError' ? 'refused' : 'badly')
    }
    piece.isExcused = boom === 'onDone'
    return boom === 'onDone' ? 'boom' : 'well'
  }

  /** What was late returns false and is counted; all else has happened. */
  #takeTools(address: string, tools: Tools, n: number, store: object | undefined): void {
    const isLate = tools.signal.aborted
    const id = this.id()
    const act = [
      () => tools.update((draft) => void draft.applied.push(id)),
      () => tools.send({ type: 'NOTE', id }),
      () => tools.emit({ type: 'noted', id }),
    ][n % 3] as () => object | boolean
    const result = act()
    if ((result === false) !== isLate)
      this.problems.push(`${address}: a tool said ${result}, late: ${isLate}`)
    if (result === false && store !== undefined) this.#late.set(store, (this.#late.get(store) ?? 0) + 1)
    if (result === false || n % 3 === 2) return
    if (n % 3 === 0 || (result as { handled: boolean }).handled) this.expectIn(address, id)
  }

  #observable(piece: Piece, { ms = 0, items = 0, end, deaf, boom }: Sent): Observable<unknown> {
    return new Source((subscriber: Subscriber<unknown>) => {
      const go = async (): Promise<void> => {
        for (let n = 0; n < items; n += 1) {
          if (ms > 0) await this.timer(ms)
          if (subscriber.closed && deaf !== true) return
          const id = this.id()
          const isBoom = boom === 'onNext'
          if (!piece.signal.aborted && !isBoom) this.#perhaps.add(id)
          subscriber.next({ id, boom: isBoom })
          // Taken at once, but where it was put out before the work had begun.
          if (!piece.signal.aborted && !isBoom) {
            this.#perhaps.delete(id)
            this.expectIn(piece.address, id)
          }
        }
        await this.timer(ms)
        if (end === 'never') return
        piece.isOver = true
        piece.isExcused = end === 'badly' && boom === 'onError'
        if (end === 'badly') subscriber.error(new Error(boom === 'onError' ? 'refused' : 'badly'))
        else subscriber.complete()
      }
      void go()
    })
  }

  async *#iterable(piece: Piece, { ms = 0, items = 0, end, boom }: Sent): AsyncGenerator<unknown, unknown> {
    for (let n = 0; n < items; n += 1) {
      if (ms > 0) await this.timer(ms)
      const id = this.id()
      const isBoom = boom === 'onNext'
      this.#perhaps.add(id)
      yield { id, boom: isBoom }
      if (piece.signal.aborted)
        this.problems.push(`${piece.address}: an iterable was asked after the end of its state`)
      this.#perhaps.delete(id)
      if (!isBoom) this.expectIn(piece.address, id)
    }
    await this.timer(ms)
    if (end === 'never') await new Promise(() => {})
    piece.isOver = true
    piece.isExcused = end === 'badly' ? boom === 'onError' : boom === 'onDone'
    if (end === 'badly') throw new Error(boom === 'onError' ? 'refused' : 'badly')
    return boom === 'onDone' ? 'boom' : 'well'
  }

  // ---- what is done to it ----

  async do(one: Step, saved: { last?: Saved }): Promise<void> {
    if (one.do === 'send') this.system.send(one.to, this.#sent(one.event))
    else if (one.do === 'direct') this.#direct(one.to, this.#sent(one.event))
    else if (one.do === 'turn') await turn()
    else if (one.do === 'settle') await this.settle()
    else if (one.do === 'wait') this.clock.advance(one.ms)
    else if (one.do === 'waitAsync') await this.clock.advanceAsync(one.ms)
    else if (one.do === 'follow') this.#follow(one)
    else if (one.do === 'save') saved.last = this.save()
    else if (one.do === 'restore') this.restore(this.save())
    else if (one.do === 'back' && saved.last !== undefined) this.restore(saved.last)
    this.look(one.do === 'settle')
  }

  #sent(given: Event): Sent {
    return { ...given, id: this.id() }
  }

  #direct(to: string, sent: Sent): void {
    const known = this.applied.get(to)
    try {
      const result = this.system.get(to)?.send(sent as never)
      if (result?.handled !== true) return
      if (sent.type === 'NOTE') known?.push(sent.id)
      if (sent.type === 'END') this.#ended.add(to)
    } catch (error) {
      if (!(error as Error).message.startsWith('boom')) this.problems.push(`${to} ${sent.type}: ${error}`)
    }
  }

  #follow({ to, policy, manner }: { to: string; policy: string; manner: string }): void {
    const store = this.system.get(to)
    const handle = store?.subscribe(
      (snapshot: { readonly version: number }) => {
        if (handle !== undefined) this.#balance(handle, `${to} inside`)
        if (manner === 'slowly') return this.timer(40)
        if (manner === 'throws' && snapshot.version % 2 === 0) throw new Error('boom: follower')
        if (manner === 'sends' && this.#chatter > 0) {
          this.#chatter -= 1
          this.system.send(to, { type: 'NOTE', id: this.id() })
        }
        if (manner === 'leaves' && snapshot.version % 3 === 2) handle?.unsubscribe()
        return undefined
      },
      { policy: POLICIES[policy]?.() as LatestPolicy },
    )
    if (handle !== undefined) this.#handles.push({ handle, where: `${manner} ${policy} on ${to}` })
  }

  save(): Saved {
    return {
      snapshot: JSON.parse(JSON.stringify(this.system.snapshot())),
      // Where `keys` have thrown, children may be there that are wanted no more.
      isExact: this.#unsure.size === 0,
    }
  }

  /** The state after it is the one that was given. */
  restore({ snapshot, isExact }: Saved): void {
    this.applied.clear()
    this.#ended.clear()
    this.#remember(snapshot.root, 'root')
    this.#emitted.clear()
    // What a follower sends while it is told would be one message more.
    const chatter = this.#chatter
    this.#chatter = 0
    this.system.restore(snapshot)
    this.#chatter = chatter
    const [is, was] = [this.save().snapshot, snapshot].map(({ root }) =>
      JSON.stringify(plain(root), undefined, 1),
    )
    const [now, before] = [is, was].map((text) => text?.split('\n') ?? [])
    const at = before?.findIndex((line, index) => line !== now?.[index]) ?? -1
    if (is !== was && isExact) {
      const near = (lines: string[] | undefined): string =>
        lines?.slice(Math.max(0, at - 12), at + 6).join('\n') ?? ''
      this.problems.push(`restored ${near(before)}\nis ${near(now)}`)
    }
  }

  #remember({ snapshot, children = [] }: ActorSnapshot, address: string): void {
    if (snapshot !== undefined) {
      this.applied.set(address, [...(snapshot.state.context as Context).applied])
      if (snapshot.state.current === 'END') this.#ended.add(address)
    }
    for (const child of children) this.#remember(child, `${address}/part:${child.key}`)
  }

  async settle(): Promise<void> {
    for (let n = 0; n < 4; n += 1) {
      await this.system.idle()
      await turn()
    }
  }

  // ---- what is true of it ----

  look(isSettled: boolean): void {
    for (const { handle, where } of this.#handles) this.#balance(handle, where)
    for (const [store, late] of this.#late) {
      const { lateWrites } = (store as { metrics(): { lateWrites: number } }).metrics()
      if (lateWrites !== late) this.problems.push(`${lateWrites} late writes, of ${late}`)
    }
    if (this.store.closed) return
    const seen = { working: new Set<string>(), timers: 0 }
    this.#walk(this.system.snapshot().root, 'root', 'running', isSettled, seen)
    for (const piece of this.#pieces) {
      if (piece.signal.aborted) this.#pieces.delete(piece)
      else if (!seen.working.has(piece.address)) this.problems.push(`${piece.address} works, and should not`)
      else if (isSettled && piece.isOver && !piece.isExcused)
        this.problems.push(`${piece.address}: what work came to led nowhere`)
    }
    if (isSettled && this.clock.pendingTimers !== this.#own + seen.timers)
      this.problems.push(
        `${this.clock.pendingTimers} timers, of which ${this.#own} are works' and ${seen.timers} machines'`,
      )
  }

  #balance(handle: SubscriberHandle, where: string): void {
    const { published, delivered, dropped, conflated, pending } = handle.stats()
    if (published !== delivered + dropped + conflated + pending)
      this.problems.push(
        `${where}: ${published} is not ${delivered} + ${dropped} + ${conflated} + ${pending}`,
      )
  }

  #walk(
    { snapshot, children = [] }: ActorSnapshot,
    address: string,
    status: string,
    isSettled: boolean,
    seen: { working: Set<string>; timers: number },
  ): void {
    if (status === 'ended') return
    if (status === 'failed' && address.split('/').length === 2) seen.timers += 1
    if (snapshot === undefined) return
    const { current, context } = snapshot.state
    const { applied, keys } = context as Context
    if (status === 'running' && current === 'WORKING') seen.working.add(address)
    if (status === 'running' && current === 'WAIT') seen.timers += 1
    const is = applied.filter((id) => !this.#perhaps.has(id))
    const must = this.applied.get(address) ?? []
    const differs =
      is.sort().join() !==
      must
        .filter((id) => !this.#perhaps.has(id))
        .sort()
        .join()
    if (isSettled && differs) this.problems.push(`${address} has applied ${is}, not ${must}`)
    if (
      new Set(applied.filter((id) => /^\d+$/.test(id))).size !==
      applied.filter((id) => /^\d+$/.test(id)).length
    )
      this.problems.push(`${address} has applied something twice: ${applied}`)
    const isLeaf = address.split('/').length === 3
    const wants = !isLeaf && (current === 'IDLE' || current === 'WORKING') ? [...new Set(keys)].sort() : []
    const has = children.map(({ key }) => key).sort()
    if (status !== 'ended' && !this.#unsure.has(address) && String(has) !== String(wants))
      this.problems.push(`${address} in ${current} has ${has}, not ${wants}`)
    for (const child of children)
      this.#walk(child, `${address}/part:${child.key}`, child.status ?? 'running', isSettled, seen)
  }

  /** Nothing is left of it. */
  async end(): Promise<void> {
    this.system.destroy()
    const { applied } = this.store.context as unknown as Context
    const were = String(applied)
    if (this.clock.pendingTimers !== this.#own)
      this.problems.push(`${this.clock.pendingTimers} timers after the end, of which ${this.#own} are works'`)
    for (const { signal, address } of this.#pieces)
      if (!signal.aborted) this.problems.push(`${address} works after the end`)
    await this.clock.advanceAsync(1_000)
    await this.settle()
    this.look(true)
    if (String((this.store.context as unknown as Context).applied) !== were)
      this.problems.push('written after the end')
    if (this.clock.pendingTimers > 0) this.problems.push(`${this.clock.pendingTimers} timers in the end`)
    for (const { handle, where } of this.#handles) {
      if (!handle.closed || handle.stats().pending > 0) this.problems.push(`${where} is left`)
    }
    const { actors, waiting } = this.system.metrics()
    if (actors + waiting > 0) this.problems.push(`${actors} actors and ${waiting} messages are left`)
  }
}

/** What a restored system has in common with what it was restored from. */
function plain({ snapshot, children = [], ...rest }: ActorSnapshot): unknown {
  const { inbox, entered, ...which } = rest as ActorSnapshot
  return { ...which, inbox, entered, state: snapshot?.state, children: children.map(plain) }
}

/** Runs a program; returns what was wrong, in sentences. */
export async function run(given: Program): Promise<string[]> {
  const world = new World(given)
  const saved: { last?: Saved } = {}
  for (const one of given.steps) {
    await world.do(one, saved)
    if (world.problems.length > 0) return world.problems
  }
  await world.settle()
  world.look(true)
  const kept = world.save()
  await world.end()
  const other = new World(given)
  other.restore(kept)
  await other.settle()
  other.look(true)
  await other.clock.advanceAsync(200)
  await other.settle()
  other.look(true)
  await other.end()
  return [...world.problems, ...other.problems]
}
