/**
 * The same small programs are run in virtual time on a plain `BehaviorSubject` and on what Headgate has instead,
 * through every function of RxJS that takes an observable. What is told, when, and how many observe after each
 * step must be equal. No program writes from inside an observer: there the two differ on purpose.
 */
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, jest, test } from '@jest/globals'
import * as rx from 'rxjs'
import { TestScheduler } from 'rxjs/testing'
import { createStore, type Snapshot, type Store } from '../../../src/index.ts'
import { SnapshotSubject } from '../../../src/store/publish/snapshot-subject.ts'
import { NO_METADATA } from '../../../src/store/snapshot.ts'
import { asksForMore } from '../../support/runs.ts'
import { CONNECTORS, CREATION, METHODS, OPERATORS, type Row, TAKE_NO_OBSERVABLE } from '../interop-rows.ts'
import { microtasks } from '../support.ts'

const snapshot = (version: number, state: number): Snapshot<number> => ({
  version,
  state,
  reason: '',
  source: '',
  tsWall: 0,
  tsMono: 0,
  metadata: NO_METADATA,
})

const plainSubject = (): rx.BehaviorSubject<Snapshot<number>> => new rx.BehaviorSubject(snapshot(0, 0))
const ourSubject = (): SnapshotSubject<number> => new SnapshotSubject(snapshot(0, 0), 1_000, () => {})

/** What is shown to RxJS, and how it is driven. */
interface Source {
  readonly shown: rx.ObservableInput<unknown>
  write(state: number): void
  end(): void
  observers(): number
}

function ofSubject(subject: rx.BehaviorSubject<Snapshot<number>>, observers: () => number): Source {
  return {
    shown: subject,
    write: (state) => subject.next(snapshot(subject.value.version + 1, state)),
    end: () => subject.complete(),
    observers,
  }
}

const ofStore = (show: (store: Store<number>) => rx.ObservableInput<unknown>) => (): Source => {
  const store = createStore(0, { detectLeaks: false })
  return {
    shown: show(store),
    write: (state) => store.set(state),
    end: () => store.destroy(),
    observers: () => store.metrics().subscriberCount,
  }
}

function plainSnapshots(): Source {
  const subject = plainSubject()
  return ofSubject(subject, () => subject.observers.length)
}

function plainStates(): Source {
  const subject = new rx.BehaviorSubject(0)
  const write = (state: number): void => subject.next(state)
  return { shown: subject, write, end: () => subject.complete(), observers: () => subject.observers.length }
}

function ourSnapshots(): Source {
  const subject = ourSubject()
  return ofSubject(subject, () => subject.observerCount)
}

/** What Headgate shows, and what it is to be equal to. */
const SHOWN: readonly [shown: string, ours: () => Source, plain: () => Source][] = [
  ['SnapshotSubject', ourSnapshots, plainSnapshots],
  ['snapshot$', ofStore((store) => store.snapshot$), plainSnapshots],
  ['the store', ofStore((store) => store as rx.ObservableInput<unknown>), plainSnapshots],
  ['state$', ofStore((store) => store.state$), plainStates],
]

interface Program {
  readonly subscribe: number
  readonly leave?: number
  readonly steps: readonly (readonly [frame: number, who: 'a' | 'b', state: number | 'end'])[]
}

const WRITES: Program['steps'] = [
  [1, 'a', 1],
  [2, 'b', 10],
  [3, 'a', 1],
  [14, 'a', 2],
  [15, 'b', 10],
  [16, 'b', 20],
  [30, 'a', 3],
]

const PROGRAMS: Record<string, Program> = {
  'the source ends first': { subscribe: 0, steps: [...WRITES, [40, 'a', 'end'], [50, 'b', 'end']] },
  'the other ends first': { subscribe: 0, steps: [...WRITES, [40, 'b', 'end'], [50, 'a', 'end']] },
  'the observer leaves': { subscribe: 0, leave: 20, steps: WRITES },
  'the observer comes late': { subscribe: 14, steps: [...WRITES, [20, 'b', 'end'], [50, 'a', 'end']] },
  'the observer comes after the end': {
    subscribe: 60,
    steps: [...WRITES, [40, 'a', 'end'], [50, 'b', 'end']],
  },
}

/** Which observable a row is given beside the source. */
const OTHERS: Record<string, Row> = {
  'the other': (_, b) => b,
  'the other, from its next write': (_, b) => rx.from(b).pipe(rx.skip(1)),
  'the source itself': (a) => a,
}

/** A value that can be compared: a store stamps its snapshots with the time. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Error) return String(value)
  if (Array.isArray(value)) return value.map(plain)
  if ('tsMono' in value && 'version' in value && 'state' in value) return `${value.version}: ${value.state}`
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]))
}

/** Runs a program; the log grows on where a row gives a promise. */
function play(source: () => Source, row: Row, program: Program, other: Row): unknown[] {
  const log: unknown[] = []
  const sources = { a: source(), b: source() }
  const { a, b } = sources
  const scheduler = new TestScheduler(() => {})
  const note = (...entry: unknown[]): void => {
    log.push([scheduler.frame, ...entry])
  }
  const observer = {
    next: (value: unknown) => note('next', plain(value)),
    error: (error: unknown) => note('error', plain(error)),
    complete: () => note('complete'),
  }
  const subscription = new rx.Subscription()
  const at = (frame: number, work: () => void): void => {
    scheduler.schedule(() => {
      work()
      note('observers', a.observers(), b.observers())
    }, frame)
  }
  scheduler.run(() => {
    for (const [frame, who, state] of program.steps) {
      at(frame, () => (state === 'end' ? sources[who].end() : sources[who].write(state)))
    }
    at(program.subscribe, () => {
      subscription.add(row(a.shown, other(a.shown, b.shown)).subscribe(observer))
    })
    if (program.leave !== undefined) at(program.leave, () => subscription.unsubscribe())
  })
  return log
}

type Logs = Record<string, unknown[]>

/** Every program beside one other observable, and one program beside every other; all of them where more is asked for. */
const PLAYS = Object.entries(PROGRAMS).flatMap(([title, program], at) =>
  Object.entries(OTHERS)
    .slice(0, at === 0 || asksForMore ? undefined : 1)
    .map(([name, other]) => ({ title, program, name, other })),
)

function playAll(source: () => Source, row: Row): Logs {
  const logs: Logs = {}
  for (const { title, program, name, other } of PLAYS) {
    logs[`${title}; beside it ${name}`] = play(source, row, program, other)
  }
  return logs
}

/** That two runs are equal, and that the one to compare with was told something, and no misuse of RxJS. */
async function expectEqual(shown: string, logs: Logs, expected: Logs): Promise<void> {
  await microtasks()
  const told = (Object.values(expected).flat() as unknown[][]).filter(([, kind]) => kind !== 'observers')
  expect(told).not.toHaveLength(0)
  expect(JSON.stringify(told)).not.toContain('TypeError')
  // Jest compares what is equal some ten times slower.
  if (!isDeepStrictEqual(logs, expected)) expect({ shown, logs }).toEqual({ shown, logs: expected })
}

/** A test for each row: all that Headgate shows is as good as a `BehaviorSubject`. */
function testRows(rows: Record<string, Row>): void {
  test.each(Object.entries(rows))('%s', async (_, row) => {
    const expected = new Map([plainSnapshots, plainStates].map((plain) => [plain, playAll(plain, row)]))
    for (const [shown, ours, plain] of SHOWN)
      await expectEqual(shown, playAll(ours, row), expected.get(plain) ?? {})
  })
}

const mapRows = <T>(rows: Record<string, T>, change: (row: T) => Row): Record<string, Row> =>
  Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, change(row)]))

const exportsOf = (rows: Record<string, unknown>): Set<string> =>
  new Set(Object.keys(rows).map((name) => name.split(' ')[0] as string))

const functionsOf = (module: object): string[] =>
  Object.entries(module).flatMap(([name, value]) => (typeof value === 'function' ? [name] : []))

describe('the tables', () => {
  test('have a row for every operator of rxjs/operators', async () => {
    const operators = functionsOf(await import('rxjs/operators'))
    // RxJS 7.8 forgot to export this one from there.
    expect(exportsOf(OPERATORS)).toEqual(new Set([...operators, 'onErrorResumeNextWith']))
  })

  test('have a row for every function of rxjs, or name it as one that takes no observable', async () => {
    const operators: Record<string, unknown> = await import('rxjs/operators')
    // Some creation functions, such as concat, have the name of an operator and are another function.
    const others = Object.entries(rx).filter(([name, value]) => operators[name] !== value)
    const known = [...exportsOf(CREATION), ...TAKE_NO_OBSERVABLE, 'onErrorResumeNextWith']
    expect(new Set(known)).toEqual(new Set(functionsOf(Object.fromEntries(others))))
  })

  test('have a row for every method of an Observable', () => {
    const methods = Reflect.ownKeys(rx.Observable.prototype).map(String)
    const open = methods.filter((name) => name !== 'constructor' && !name.startsWith('_'))
    expect(exportsOf(METHODS)).toEqual(new Set(open))
  })
})

describe('what Headgate shows does what a BehaviorSubject does, as the source and beside it, in the operator', () => {
  testRows(mapRows(OPERATORS, (row) => (a, b) => rx.from(a).pipe(row(b))))
})

describe('what Headgate shows does what a BehaviorSubject does in the function', () => {
  testRows(CREATION)
})

describe('what Headgate shows does what a BehaviorSubject does by the method', () => {
  testRows(mapRows(METHODS, (row) => (a) => row(rx.from(a))))
})

describe('a SnapshotSubject does what a BehaviorSubject does as the connector of', () => {
  test.each(Object.entries(CONNECTORS))('%s', async (_, row) => {
    const through = (connector: () => rx.Subject<any>) => playAll(plainSnapshots, (a) => row(a, connector))
    await expectEqual('SnapshotSubject', through(ourSubject), through(plainSubject))
  })
})

describe('a SnapshotSubject does what a BehaviorSubject does for', () => {
  test('many who leave and join inside a delivery', () => {
    const crowd = (subject: rx.BehaviorSubject<Snapshot<number>>): string[] => {
      const log: string[] = []
      const follow = (name: string, values: number): void => {
        const told = subject.pipe(rx.take(values))
        told.subscribe({ next: ({ state }) => log.push(`${name} ${state}`), complete: () => join(name) })
      }
      const join = (name: string): void => {
        log.push(`${name} left`)
        if (name.length < 5) follow(`${name}+`, 2)
      }
      for (let i = 0; i < 200; i += 1) follow(`${i}`, 1 + (i % 4))
      for (let state = 1; state < 6; state += 1) subject.next(snapshot(state, state))
      subject.complete()
      return log
    }
    expect(crowd(ourSubject())).toEqual(crowd(plainSubject()))
  })
})

describe('what Headgate shows', () => {
  test('is of the classes that RxJS asks for', () => {
    const { snapshot$, state$ } = createStore(0)
    const subject = ourSubject()
    for (const type of [rx.BehaviorSubject, rx.Subject, rx.Observable]) expect(subject).toBeInstanceOf(type)
    for (const stream$ of [snapshot$, state$, subject, subject.asObservable()]) {
      expect(stream$).toBeInstanceOf(rx.Observable)
      expect(rx.isObservable(stream$)).toBe(true)
      expect(rx.from(stream$)).toBe(stream$)
    }
    for (const stream$ of [snapshot$, state$, subject.asObservable()]) {
      expect(stream$).not.toBeInstanceOf(rx.Subject)
    }
  })

  test('is by Symbol.observable itself, and the snapshots of a store', () => {
    const store = createStore(0)
    const observed = (target: any): unknown => target[rx.observable]()
    for (const stream$ of [store.snapshot$, store.state$, ourSubject()])
      expect(observed(stream$)).toBe(stream$)
    expect(observed(store)).toBe(store.snapshot$)
    expect(rx.isObservable(store)).toBe(false)
  })

  test('is found by a Symbol.observable that was there before RxJS', async () => {
    const key = Symbol('observable')
    Object.defineProperty(Symbol, 'observable', { value: key, configurable: true })
    try {
      await jest.isolateModulesAsync(async () => {
        const { from, observable } = await import('rxjs')
        const headgate = await import('../../../src/index.ts')
        const store = headgate.createStore(0)
        const seen: number[] = []
        from(store as rx.ObservableInput<Snapshot<number>>).subscribe(({ state }) => seen.push(state))
        store.set(1)
        expect(observable).toBe(key)
        expect((store as any)[key]()).toBe(store.snapshot$)
        expect(seen).toEqual([0, 1])
      })
    } finally {
      Reflect.deleteProperty(Symbol, 'observable')
    }
  })
})
