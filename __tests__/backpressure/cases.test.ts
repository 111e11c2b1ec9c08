import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import {
  audit,
  batch,
  buffer,
  debounce,
  direct,
  exhaust,
  frame,
  latest,
  type Policy,
  sample,
  switchLatest,
  throttle,
} from '../../src/backpressure/index.ts'
import { isHeadgateError } from '../../src/kit/index.ts'
import { createStore } from '../../src/store/index.ts'
import {
  type Case,
  type CaseExpectation,
  type CaseSubscriber,
  policiesOf,
  readCases,
  type SubscriberExpectation,
  subscribersOf,
  writtenOut,
} from './support/case.ts'
import {
  type CaseResult,
  type Conflation,
  policyOptions,
  runCase,
  type TieOrder,
} from './support/run-case.ts'

/** The policies that exist, by the names that the cases have for them: one line each. */
const FACTORIES: Readonly<Record<string, (options: never) => Policy>> = {
  direct,
  latest,
  buffer,
  exhaust,
  switch: switchLatest,
  // The cases have RxJS's default, no trailing edge, where they write none; ours has both edges.
  throttle: (options: { ms: number }) => throttle({ leading: true, trailing: false, ...options }),
  debounce,
  audit,
  sample,
  batch,
  frame,
}

const NAMED = process.env.HEADGATE_CASES
const FILE =
  NAMED === undefined ? join(import.meta.dirname, '../../../shared/cases/backpressure.jsonl') : resolve(NAMED)

function makePolicy({ policy, params }: Pick<CaseSubscriber, 'policy' | 'params'>): Policy {
  const factory = FACTORIES[policy]
  if (factory === undefined) throw new Error(`No policy is called "${policy}".`)
  return factory(policyOptions(params) as never)
}

/** Every field that a case may expect; one that is not here would pass unseen. */
const EXPECTATIONS: readonly (keyof CaseExpectation)[] = [
  'deliveries',
  'counters',
  'calls',
  'terminal',
  'inFlightAtEnd',
  'missed',
  'drops',
  'conflated',
  'aborted',
  'errors',
  'subs',
  'checks',
  'countersInsideCallback',
  'writerResolved',
  'timersAtEnd',
  'subscriptionsAtEnd',
  'throws',
  'at',
  'effective',
]

function requireKnownFields(expected: object): void {
  const unknown = Object.keys(expected).filter((field) => !(EXPECTATIONS as string[]).includes(field))
  expect(unknown).toEqual([])
}

/** What is expected of a subscriber, with as much of its conflations as can be observed. */
function comparable(expected: SubscriberExpectation, seen: readonly Conflation[], aborts: boolean): object {
  const { conflated, aborted, ...rest } = writtenOut(expected)
  return {
    ...rest,
    ...(aborts && { aborted }),
    conflated: conflated.map(({ t, v, by }, index) => ({
      t,
      v,
      ...(seen[index]?.by !== undefined && { by: { value: by } }),
    })),
  }
}

function expectResult(line: Case, result: CaseResult): void {
  const { expected } = line
  const expectedSubs = expected.subs ?? {
    [subscribersOf(line)[0]!.id]: expected as SubscriberExpectation,
  }
  const subs = Object.entries(expectedSubs).map(([id, one]) => {
    const aborts = one.aborted !== undefined
    const { aborted, ...seen } = result.subs[id]!
    return { id, wanted: comparable(one, seen.conflated, aborts), seen: aborts ? { ...seen, aborted } : seen }
  })
  expect(Object.fromEntries(subs.map(({ id, seen }) => [id, seen]))).toEqual(
    Object.fromEntries(subs.map(({ id, wanted }) => [id, wanted])),
  )
  expect(result.violations).toEqual([])
  expect(result.checks).toEqual(expected.checks ?? result.checks)
  expect(result.countersInsideCallback).toEqual(expected.countersInsideCallback ?? [])
  expect(result.writerResolved).toEqual(expected.writerResolved ?? result.writerResolved)
  if (expected.timersAtEnd !== undefined) expect(result.timersAtEnd).toBe(expected.timersAtEnd)
  if (expected.subscriptionsAtEnd !== undefined) {
    expect(result.subscriptionsAtEnd).toBe(expected.subscriptionsAtEnd)
  }
}

/** A case about bad input: making the policy, or subscribing with it, throws or does not. */
function playMisuse({ policy, params, expected }: Case): void {
  const { consumer = () => {}, ...rest } = params
  const store = createStore<unknown>('s0')
  let reached = 'policy creation'
  let thrown: unknown = null
  try {
    const made = makePolicy({ policy, params: rest })
    if (expected.effective !== undefined) expect(made).toMatchObject(expected.effective)
    reached = 'subscribe'
    store.subscribe(consumer as () => void, { policy: made })
    reached = 'the end'
  } catch (error) {
    if (!isHeadgateError(error)) throw error
    thrown = error.code
    expect(reached).toBe(expected.at)
    expect(store.metrics().subscriberCount).toBe(expected.subscriptionsAtEnd)
  }
  expect(thrown).toBe(expected.throws)
}

async function play(line: Case): Promise<void> {
  requireKnownFields(line.expected)
  for (const one of Object.values(line.expected.subs ?? {})) requireKnownFields(one)
  if (line.expected.throws !== undefined) {
    playMisuse(line)
    return
  }
  // Without a word about ties, the result must be the same in both orders.
  const orders: TieOrder[] = line.tie === 'none' ? ['write-first', 'timer-first'] : [line.tie]
  for (const order of orders) expectResult(line, await runCase(line, makePolicy, order))
}

describe('the shared back-pressure cases', () => {
  // A file that was asked for by name must be there.
  if (NAMED === undefined && !existsSync(FILE)) {
    test.skip('run when shared/cases/backpressure.jsonl lies beside the project; it does not', () => {})
    return
  }
  const cases = readCases(FILE)
  const waiting = new Map<string, number>()
  for (const line of cases) {
    const missing = policiesOf(line).filter((name) => FACTORIES[name] === undefined)
    if (missing.length === 0) test(`${line.id} ${line.title}`, () => play(line))
    else waiting.set(missing.join(' + '), (waiting.get(missing.join(' + ')) ?? 0) + 1)
  }

  test('are all read', () => {
    expect(cases).not.toBeEmpty()
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length)
  })

  afterAll(() => {
    const later = [...waiting.values()].reduce((sum, count) => sum + count, 0)
    const names = [...waiting].map(([name, count]) => `${name} (${count})`).join(', ')
    process.stderr.write(
      `back-pressure cases: ${cases.length - later} of ${cases.length} ran${later > 0 ? `; policy not there yet: ${names}` : ''}\n`,
    )
  })
})
