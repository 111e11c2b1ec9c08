/**
 * Random systems, three generations deep, and what is true of each at any time.
 *
 * Messages are numbered, so that the accounts can be drawn up: what was queued, or came back with a snapshot, was
 * delivered, is a dead letter, or waits. Who is there, what works and which timers run is read from a snapshot.
 */
import fc from 'fast-check'
import type { ActorSnapshot, SystemSnapshot } from '../../../src/actors/index.ts'
import { buffer } from '../../../src/index.ts'
import { defineLoose, type LooseMachine } from '../../machine/support.ts'
import { systemOf } from '../support.ts'

const KEYS = ['a', 'b', 'c']
const ADDRESSES = ['root', ...KEYS.flatMap((one) => [`root/part:${one}`, `root/part:${one}/part:a`])]

const address = fc.constantFrom(...ADDRESSES)
const keys = fc.array(fc.constantFrom(...KEYS), { maxLength: 4 })
const event = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('WANT'), keys }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('TELL'), to: address, times: fc.nat({ max: 3 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constantFrom('WAIT', 'WAIT', 'FAIL', 'ON', 'OFF', 'REJECT', 'NOBODY') }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('END', 'LEAVE') }) },
)

type Step =
  | { readonly do: 'send'; readonly to: string; readonly event: object }
  | { readonly do: 'idle' | 'look' | 'save' | 'restore' }
  | { readonly do: 'wait'; readonly ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('send' as const), to: address, event }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('idle' as const, 'look' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat({ max: 120 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('save' as const, 'restore' as const) }) },
)

export interface Program {
  readonly strategies: readonly string[]
  readonly steps: readonly Step[]
  /** Whether an act, and not the test, destroys the system in the end: in the middle of an event. */
  readonly fromInside: boolean
}

const strategy = fc.constantFrom('stop', 'restart', 'escalate')

export const program: fc.Arbitrary<Program> = fc.record({
  strategies: fc.tuple(strategy, strategy),
  steps: fc.array(step, { minLength: 1, maxLength: 30 }),
  fromInside: fc.boolean(),
})

interface Sent {
  readonly type: string
  readonly id: number
  readonly to: string
  readonly times: number
  readonly keys: string[]
}

interface Context {
  address: string
  keys: string[]
}

/** Runs a program; returns what was wrong, in sentences. */
export async function run({ strategies, steps, fromInside }: Program): Promise<string[]> {
  const problems: string[] = []
  const works = new Set<object>()
  const count = { id: 0, queued: 0, unknown: 0, delivered: 0, restored: 0 }

  const send = (to: string, message: object): void => {
    count.id += 1
    const became = system.send(to, { ...message, id: count.id })
    if (became === 'queued') count.queued += 1
    if (became === 'unknown') count.unknown += 1
  }

  const machineAt = (depth: number): LooseMachine<Context> =>
    defineLoose<Context>({
      id: `part${depth}`,
      initial: 'ON',
      context: ({ input = 'root' }: { input?: string }) => ({
        address: input,
        keys: KEYS.slice(0, 2 - depth),
      }),
      states: {
        ON: {},
        OFF: {},
        WAIT: {
          after: { 100: 'ON' },
          invoke: {
            src: (_context: Context, _event: Sent, { signal }: { signal: AbortSignal }) => {
              const work = {}
              works.add(work)
              signal.addEventListener('abort', () => works.delete(work))
              return new Promise(() => {})
            },
            onRestore: 'restart',
          },
        },
        REJECTED: { invoke: { src: () => Promise.reject(new Error('rejected')), onRestore: 'restart' } },
        END: { type: 'final' },
      },
      on: {
        WANT: { update: (draft: Context, sent: Sent) => void Object.assign(draft, { keys: sent.keys }) },
        TELL: {
          run: (_context: Context, { to, times }: Sent) => {
            for (let n = 0; n < times; n += 1) send(to, { type: 'NOBODY' })
          },
        },
        FAIL: {
          update: () => {
            throw new Error('failed')
          },
        },
        WAIT: 'WAIT',
        REJECT: 'REJECTED',
        ON: 'ON',
        OFF: 'OFF',
        END: 'END',
        LEAVE: { run: (context: Context) => system.get(context.address)?.destroy() },
        DESTROY: { run: () => system.destroy() },
      },
      ...(depth < 2 && {
        children: {
          part: {
            machine: machineAt(depth + 1),
            keys: (context: Context) => context.keys,
            in: ['ON', 'WAIT'],
            input: (context: Context, key: string) => `${context.address}/part:${key}`,
            supervise: { strategy: strategies[depth], maxRestarts: 2, ...(depth === 0 && { backoffMs: 30 }) },
            mailbox: buffer({ capacity: 3, overflow: 'error' }),
            onFault: { guard: (context: Context) => context.keys.length % 2 === 0 },
          },
        },
      }),
    })

  const { clock, store, system } = systemOf<Context>(machineAt(0))
  let last = new Map<string, number>()
  system.messages$.subscribe(({ from, to, event }) => {
    const { id } = event as Sent
    if (id === undefined) return
    count.delivered += 1
    const way = `${from} to ${to}`
    if (id <= (last.get(way) ?? 0)) problems.push(`${way}: message ${id} after ${last.get(way)}`)
    last.set(way, id)
  })

  const balance = (): void => {
    const { waiting, deadLetters } = system.metrics()
    const came = count.queued + count.restored
    const went = count.delivered + (deadLetters - count.unknown) + waiting
    if (came !== went) problems.push(`${came} messages came, ${went} are accounted for`)
  }

  const look = (isIdle: boolean): void => {
    if (store.closed) return
    const seen = { there: 0, working: 0, failed: 0 }
    walk(system.snapshot().root, 'root', problems, seen)
    if (works.size !== seen.working) problems.push(`${works.size} works for ${seen.working} actors`)
    const { actors } = system.metrics()
    if (actors !== seen.there) problems.push(`${actors} actors, of which ${seen.there} are wanted`)
    const timers = seen.working + seen.failed
    if (isIdle && clock.pendingTimers !== timers)
      problems.push(`${clock.pendingTimers} timers for ${seen.working} waiting and ${seen.failed} failed`)
    balance()
  }

  const settle = async (): Promise<void> => {
    // Work that rejects takes a few turns of its own.
    for (let turn = 0; turn < 4; turn += 1) await system.idle().then(() => {})
  }

  let saved: SystemSnapshot | undefined
  for (const one of steps) {
    if (store.closed) break
    if (one.do === 'send') send(one.to, one.event)
    else if (one.do === 'idle') await settle()
    else if (one.do === 'wait') clock.advance(one.ms)
    else if (one.do === 'save') saved = JSON.parse(JSON.stringify(system.snapshot()))
    else if (one.do === 'restore' && saved !== undefined) {
      last = new Map()
      count.restored += waitingIn(saved.root)
      system.restore(saved)
    }
    look(one.do === 'idle')
  }
  await settle()
  look(true)
  if (fromInside) send('root', { type: 'DESTROY' })
  for (const to of ADDRESSES) send(to, { type: 'WAIT' })
  if (fromInside) await settle()
  system.destroy()
  await settle()
  balance()
  const { actors, waiting } = system.metrics()
  const left = { actors, waiting, works: works.size, timers: clock.pendingTimers }
  if (Object.values(left).some((n) => n > 0)) problems.push(`left behind: ${JSON.stringify(left)}`)
  return problems
}

const waitingIn = ({ inbox = [], children = [] }: ActorSnapshot): number =>
  children.reduce((sum, child) => sum + waitingIn(child), inbox.length)

/** Counts who is there, and compares it with who is wanted. */
function walk(
  { snapshot, children = [] }: ActorSnapshot,
  address: string,
  problems: string[],
  seen: { there: number; working: number; failed: number },
  status = 'running',
): void {
  if (status === 'ended') return
  seen.there += 1
  if (status === 'failed') seen.failed += 1
  const { current, context } = (snapshot as NonNullable<typeof snapshot>).state
  if (current === 'WAIT' && status === 'running') seen.working += 1
  const isLeaf = address.split('/').length === 3
  const { keys } = context as Context
  const wanted = !isLeaf && (current === 'ON' || current === 'WAIT') ? [...new Set(keys)].sort() : []
  const are = children.map(({ key }) => key).sort()
  if (String(are) !== String(wanted)) problems.push(`${address} in ${current} has ${are}, not ${wanted}`)
  for (const child of children) walk(child, `${address}/part:${child.key}`, problems, seen, child.status)
}
