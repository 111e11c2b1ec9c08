import { describe, expect, test } from '@jest/globals'
import {
  BehaviorSubject,
  combineLatest,
  firstValueFrom,
  map,
  ObjectUnsubscribedError,
  Observable,
  Subject,
  Subscriber,
  Subscription,
  share,
  take,
} from 'rxjs'
import type { Receiver } from '../../../src/backpressure/index.ts'
import { SnapshotSubject } from '../../../src/store/publish/snapshot-subject.ts'
import { NO_METADATA, type Snapshot } from '../../../src/store/snapshot.ts'
import { noteVersions, reportedByRxjs, slotsVisited } from '../support.ts'

const snapshot = (version: number): Snapshot<number> => ({
  version,
  state: version * 10,
  reason: '',
  source: '',
  tsWall: 0,
  tsMono: 0,
  metadata: NO_METADATA,
})

/** What receivers threw. */
const failures: unknown[] = []
const failed = (error: unknown): void => void failures.push(error)

const subjectAt = (version: number): SnapshotSubject<number> =>
  new SnapshotSubject(snapshot(version), 1_000, failed)

/** A sink that notes what it is told. */
class NotingReceiver implements Receiver<Snapshot<number>> {
  slot = -1
  readonly told: (number | 'complete')[] = []

  next({ version }: Snapshot<number>): void {
    this.told.push(version)
  }

  complete(): void {
    this.told.push('complete')
  }
}

describe('a SnapshotSubject, where RxJS takes a BehaviorSubject', () => {
  test('is one', () => {
    const subject = subjectAt(0)
    for (const type of [BehaviorSubject, Subject, Observable]) expect(subject).toBeInstanceOf(type)
  })

  test('has the value that it was given last', () => {
    const first = snapshot(0)
    const subject = new SnapshotSubject(first, 10, failed)
    expect(subject.value).toBe(first)
    const second = snapshot(1)
    subject.next(second)
    expect(subject.value).toBe(second)
    expect(subject.getValue()).toBe(second)
  })

  test('counts its observers', () => {
    const subject = subjectAt(0)
    const subscription = subject.subscribe()
    expect(subject.observerCount).toBe(1)
    subscription.unsubscribe()
    subscription.unsubscribe()
    expect(subject.observerCount).toBe(0)
  })

  test('gives an observer the value first, then each, in the order of subscribing', () => {
    const subject = subjectAt(0)
    const order: string[] = []
    subject.subscribe(({ version }) => order.push(`a ${version}`))
    subject.subscribe(({ version }) => order.push(`b ${version}`))
    subject.next(snapshot(1))
    expect(order).toEqual(['a 0', 'b 0', 'a 1', 'b 1'])
  })

  test('gives a partial observer, a Subscriber or a Subject what it gives a function', () => {
    const subject = subjectAt(0)
    const through = new Subject<Snapshot<number>>()
    const seen: number[] = []
    through.subscribe(noteVersions(seen))
    subject.subscribe(through)
    subject.subscribe({ next: noteVersions(seen) })
    subject.subscribe({ complete: () => seen.push(-1) })
    subject.next(snapshot(1))
    subject.complete()
    expect(seen).toEqual([0, 0, 1, 1, -1])
    expect(through.closed || through.isStopped).toBe(true)
  })

  test('hides itself behind asObservable', () => {
    const subject = subjectAt(0)
    const hidden = subject.asObservable()
    expect(hidden).not.toBeInstanceOf(Subject)
    const seen: number[] = []
    hidden.subscribe(noteVersions(seen))
    subject.next(snapshot(1))
    expect(seen).toEqual([0, 1])
  })

  test('goes through pipe, share, combineLatest and firstValueFrom', async () => {
    const subject = subjectAt(0)
    const shared = subject.pipe(
      map(({ state }) => state),
      share(),
    )
    const seen: unknown[] = []
    combineLatest([shared, subject]).subscribe(([state, { version }]) => seen.push([state, version]))
    subject.next(snapshot(1))
    expect(seen).toEqual([
      [0, 0],
      [10, 0],
      [10, 1],
    ])
    expect(await firstValueFrom(subject)).toBe(subject.value)
    expect(subject.observerCount).toBe(2)
  })

  test('lets an observer leave inside its first value, or inside a later one', () => {
    const subject = subjectAt(0)
    const seen: number[] = []
    subject.pipe(take(1)).subscribe(noteVersions(seen))
    subject.pipe(take(2)).subscribe(noteVersions(seen))
    subject.next(snapshot(1))
    subject.next(snapshot(2))
    expect(seen).toEqual([0, 0, 1])
    expect(subject.observerCount).toBe(0)
  })

  test('completes its observers once, those who come later at once, and takes nothing more', () => {
    const subject = subjectAt(0)
    const told: string[] = []
    subject.subscribe({ complete: () => told.push('early') })
    subject.complete()
    subject.complete()
    subject.next(snapshot(1))
    const late = subject.subscribe({
      next: () => told.push('next'),
      complete: () => told.push('late'),
    })
    expect(told).toEqual(['early', 'late'])
    expect(late.closed).toBe(true)
    expect(subject.value.version).toBe(0)
    expect(subject.observerCount).toBe(0)
  })

  test('refuses subscribers after unsubscribe, as every Subject does', () => {
    const subject = subjectAt(0)
    subject.unsubscribe()
    expect(() => subject.subscribe()).toThrow(ObjectUnsubscribedError)
  })

  test('below version 0 has no value to give', () => {
    const subject = subjectAt(-1)
    const seen: number[] = []
    subject.subscribe(noteVersions(seen))
    expect(seen).toEqual([])
    subject.next(snapshot(0))
    expect(seen).toEqual([0])
  })
})

describe('an observer that throws', () => {
  test('stops none of the others; RxJS reports it, and it stays', () => {
    const subject = subjectAt(0)
    const seen: number[] = []
    const errors = reportedByRxjs(() => {
      subject.subscribe(noteVersions(seen))
      subject.subscribe(({ version }) => {
        throw new Error(`observer ${version}`)
      })
      subject.subscribe(noteVersions(seen))
      subject.next(snapshot(1))
    })
    expect(seen).toEqual([0, 0, 1, 1])
    expect(errors.map(String)).toEqual(['Error: observer 0', 'Error: observer 1'])
    expect(subject.observerCount).toBe(3)
  })

  test('stops none of the others where it is a Subscriber made by hand, whose throw RxJS does not catch', () => {
    class Bare extends Subscriber<Snapshot<number>> {
      protected override _next(): void {
        throw new Error('bare')
      }
    }
    const subject = subjectAt(-1)
    const seen: number[] = []
    subject.subscribe(noteVersions(seen))
    subject.subscribe(new Bare())
    subject.subscribe(noteVersions(seen))
    subject.next(snapshot(0))
    subject.next(snapshot(1))
    expect(seen).toEqual([0, 0, 1, 1])
    expect(failures.splice(0).map(String)).toEqual(['Error: bare', 'Error: bare'])
  })
})

describe('a write inside a delivery', () => {
  test('is delivered after it; the value is new at once', () => {
    const subject = subjectAt(0)
    const first: number[] = []
    const second: number[] = []
    subject.subscribe(({ version }) => {
      first.push(version)
      if (version !== 1) return
      subject.next(snapshot(2))
      subject.next(snapshot(3))
      first.push(subject.value.version * 100)
    })
    subject.subscribe(noteVersions(second))
    subject.next(snapshot(1))
    expect(first).toEqual([0, 1, 300, 2, 3])
    expect(second).toEqual([0, 1, 2, 3])
  })

  test('is not told to those who joined after it: they began with it', () => {
    const subject = subjectAt(0)
    const late: number[] = []
    const later: number[] = []
    subject.subscribe(({ version }) => {
      if (version !== 1) return
      subject.next(snapshot(2))
      subject.subscribe(noteVersions(late))
      subject.next(snapshot(3))
      subject.subscribe(noteVersions(later))
    })
    subject.next(snapshot(1))
    expect(late).toEqual([2, 3])
    expect(later).toEqual([3])
  })

  test('is told to nobody where the subject completes before its turn', () => {
    const subject = subjectAt(0)
    const seen: unknown[] = []
    subject.subscribe(({ version }) => {
      if (version !== 1) return
      subject.next(snapshot(2))
      subject.complete()
    })
    subject.subscribe({ next: noteVersions(seen as number[]), complete: () => seen.push('complete') })
    subject.next(snapshot(1))
    expect(seen).toEqual([0, 'complete'])
  })
})

describe('sinks', () => {
  test('are told beside the observers, in the order in which they joined', () => {
    const subject = subjectAt(0)
    const sink = new NotingReceiver()
    const order: string[] = []
    subject.subscribe(({ version }) => order.push(`before ${version}`))
    subject.broadcast.add(sink)
    subject.subscribe(() => order.push(`after, sink was told ${sink.told.length}`))
    order.length = 0
    subject.next(snapshot(1))
    expect(order).toEqual(['before 1', 'after, sink was told 1'])
    expect(subject.broadcast.receivers()).toHaveLength(3)
    expect(subject.observerCount).toBe(2)
    subject.complete()
    expect(sink.told).toEqual([1, 'complete'])
    expect(sink.slot).toBe(-1)
    expect(subject.broadcast.receivers()).toEqual([])
  })

  test('are told nothing more once they are detached, which may happen twice', () => {
    const subject = subjectAt(0)
    const [first, second] = [new NotingReceiver(), new NotingReceiver()]
    subject.broadcast.add(first)
    subject.broadcast.add(second)
    subject.broadcast.remove(first)
    subject.broadcast.remove(first)
    subject.next(snapshot(1))
    expect([first.told, second.told]).toEqual([[], [1]])
  })
})

describe('the cost of following', () => {
  test('unsubscribing looks at no other observer, whichever leaves', () => {
    const subject = subjectAt(0)
    const subscriptions = Array.from({ length: 10_000 }, () => subject.subscribe())
    const leave = (index: number) => () => subscriptions[index]?.unsubscribe()
    for (const index of [0, 5_000, 9_999]) expect(slotsVisited(leave(index))).toBe(0)
    expect(subject.observerCount).toBe(9_997)
    // The last one has left no hole.
    expect(slotsVisited(() => subject.next(snapshot(1)))).toBe(9_999)
  })

  test('subscribing copies no list: a delivery in progress keeps its own end', () => {
    const subject = subjectAt(0)
    const held = new Subscription()
    for (let n = 0; n < 100; n += 1) held.add(subject.subscribe(() => held.add(subject.subscribe())))
    expect(slotsVisited(() => subject.next(snapshot(1)))).toBe(200)
  })

  test('the holes that leavers make are closed: 100 000 leave a list as long as its members', () => {
    const subject = subjectAt(0)
    const stay = Array.from({ length: 10 }, () => subject.subscribe())
    for (let n = 0; n < 100_000; n += 1) subject.subscribe().unsubscribe()
    expect(slotsVisited(() => subject.next(snapshot(1)))).toBeLessThan(100)
    expect(subject.observerCount).toBe(stay.length)
  })

  test('holes of those who are told nothing first are closed as well', () => {
    const subject = subjectAt(0)
    for (let n = 0; n < 1_000; n += 1) {
      const sink = new NotingReceiver()
      subject.broadcast.add(sink)
      subject.broadcast.remove(sink)
    }
    expect(slotsVisited(() => subject.next(snapshot(1)))).toBeLessThan(100)
  })

  test('completing forgets what is queued: nobody is looked at for it', () => {
    const subject = subjectAt(0)
    subject.subscribe(({ version }) => {
      if (version !== 1) return
      for (let next = 2; next <= 100; next += 1) subject.next(snapshot(next))
      subject.complete()
    })
    for (let n = 0; n < 100; n += 1) subject.subscribe()
    expect(slotsVisited(() => subject.next(snapshot(1)))).toBeLessThanOrEqual(101)
  })

  test('holes made inside deliveries are closed after them', () => {
    const subject = subjectAt(0)
    const seen: number[] = []
    subject.subscribe(() => {
      for (let n = 0; n < 1_000; n += 1) subject.subscribe().unsubscribe()
    })
    subject.subscribe(noteVersions(seen))
    for (let version = 1; version <= 100; version += 1) subject.next(snapshot(version))
    expect(slotsVisited(() => subject.next(snapshot(101)))).toBeLessThan(100)
    expect(seen).toHaveLength(102)
  })
})
