import { afterEach, describe, expect, test } from '@jest/globals'
import { asyncScheduler } from 'rxjs'
import { BacklogStrategy, type Loss, type ParkingPort } from '../../src/backpressure/backlog-strategy.ts'
import {
  buffer,
  latest,
  Mailbox,
  type MailboxHost,
  type Policy,
  type Versioned,
} from '../../src/backpressure/index.ts'
import { ParkingSource } from './support/parking-source.ts'

/** A strategy, with a port that writes down what it is asked for, and a source that keeps its backlog. */
class Bench implements ParkingPort<Versioned> {
  idle = false
  how: Loss | undefined
  readonly log: string[] = []
  readonly source = new ParkingSource((entry) => this.strategy.offer(entry))
  readonly strategy: BacklogStrategy<Versioned>

  constructor({ kind, capacity }: Policy) {
    this.strategy = new BacklogStrategy<Versioned>(
      capacity,
      kind === 'latest' ? 'conflated' : 'dropped',
      this,
    )
  }

  deliver({ version }: Versioned): void {
    this.log.push(`deliver ${version}`)
  }

  park(entry: Versioned, before: Versioned | undefined, capacity: number) {
    this.log.push(`rest with ${before === undefined ? '' : `${before.version}, `}${entry.version}`)
    return this.source.park(entry, before, capacity)
  }

  unpark(): void {
    this.log.push('unpark')
    this.source.unpark()
  }

  caughtUp(arrived: number, lost: number, how: Loss, held: number): void {
    this.how = how
    this.log.push(`${arrived} arrived, ${lost} lost, ${held} held`)
  }

  taken({ version }: Versioned): void {
    this.log.push(`taken ${version}`)
  }

  publish(...versions: number[]): void {
    for (const version of versions) this.source.publish({ version })
  }

  /** Takes the lines written down since the last call. */
  lines(): string[] {
    return this.log.splice(0)
  }
}

describe('BacklogStrategy', () => {
  let bench: Bench

  const open = (policy: Policy): Bench => {
    bench = new Bench(policy)
    return bench
  }

  /** What every test leaves behind, nobody holds. */
  afterEach(() => {
    bench.strategy.clear()
    expect([bench.strategy.size, bench.strategy.ready, bench.source.keeps]).toEqual([0, false, false])
  })

  test('delivers to an idle consumer what it is offered, and keeps nothing', () => {
    const { strategy, source } = open(latest())
    bench.idle = true
    bench.publish(1, 2)
    expect(bench.lines()).toEqual(['deliver 1', 'deliver 2'])
    expect([strategy.size, strategy.ready, source.keeps]).toEqual([0, false, false])
  })

  test('parks with the first entry that finds the consumer busy, and is offered no other', () => {
    const { strategy, source } = open(buffer({ capacity: 3 }))
    bench.publish(1, 2, 3)
    expect(bench.lines()).toEqual(['rest with 1', '0 arrived, 0 lost, 1 held'])
    expect([strategy.size, strategy.ready, source.offered]).toEqual([3, true, 1])
  })

  test('counts when it is asked what came and what was lost, each time what is new', () => {
    const { strategy } = open(buffer({ capacity: 3 }))
    bench.publish(1, 2, 3, 4, 5)
    bench.lines()
    strategy.catchUp()
    strategy.catchUp()
    bench.publish(6)
    strategy.catchUp()
    expect(bench.lines()).toEqual(['4 arrived, 2 lost, 3 held', '1 arrived, 1 lost, 3 held'])
  })

  test('holds one, the newest, with latest', () => {
    const { strategy } = open(latest())
    bench.publish(1, 2, 3)
    bench.lines()
    strategy.catchUp()
    expect(bench.lines()).toEqual(['2 arrived, 2 lost, 1 held'])
    expect(strategy.size).toBe(1)
  })

  test.each([
    [latest(), 'conflated'],
    [buffer({ capacity: 2 }), 'dropped'],
  ] as const)('counts what was lost as its policy does', (policy, how) => {
    open(policy)
    bench.publish(1, 2, 3)
    bench.strategy.catchUp()
    expect(bench.how).toBe(how)
  })

  test('counts before it delivers, or the delivery would not tell what was missed', () => {
    const { strategy } = open(buffer({ capacity: 2 }))
    bench.publish(1, 2, 3, 4)
    bench.lines()
    strategy.release()
    strategy.release()
    expect(bench.lines()).toEqual(['3 arrived, 2 lost, 2 held', 'deliver 3', 'deliver 4'])
  })

  test('is told of an entry in its own turn', () => {
    const { strategy, source } = open(latest())
    bench.publish(1)
    bench.lines()
    source.publish({ version: 2 }, () => {
      strategy.catchUp()
      expect(bench.lines()).toEqual([])
      strategy.release()
      expect(bench.lines()).toEqual(['deliver 1'])
      expect([strategy.size, strategy.ready]).toEqual([0, false])
    })
    strategy.release()
    expect(bench.lines()).toEqual(['1 arrived, 0 lost, 1 held', 'deliver 2'])
  })

  test('parks until the consumer is idle and nothing is held', () => {
    const { strategy, source } = open(latest())
    bench.publish(1)
    bench.idle = true
    strategy.settled()
    expect(source.parked).toBe(true)
    bench.idle = false
    strategy.release()
    strategy.settled()
    expect([source.parked, source.keeps]).toEqual([true, true])
    bench.lines()
    bench.idle = true
    strategy.settled()
    expect(bench.lines()).toEqual(['unpark'])
    expect([source.parked, source.keeps]).toEqual([false, false])
    bench.publish(2)
    expect(bench.lines()).toEqual(['deliver 2'])
  })

  test('unparked before its turn is offered the entry that is being told', () => {
    const { strategy, source } = open(latest())
    bench.publish(1)
    bench.lines()
    source.publish({ version: 2 }, () => {
      strategy.release()
      bench.idle = true
      strategy.settled()
    })
    expect(bench.lines()).toEqual(['deliver 1', 'unpark', 'deliver 2'])
    bench.idle = false
    bench.publish(3)
    expect(bench.lines()).toEqual(['rest with 3', '0 arrived, 0 lost, 1 held'])
  })

  test('gives to a consumer that takes what it would deliver, counted in the same order', () => {
    const { strategy } = open(buffer({ capacity: 2 }))
    strategy.replay({ version: 1 })
    expect([strategy.take()?.version, strategy.take()]).toEqual([1, undefined])
    bench.publish(2, 3, 4)
    expect(bench.lines()).toEqual(['taken 1', 'rest with 2', '0 arrived, 0 lost, 1 held'])
    expect([strategy.take()?.version, strategy.take()?.version, strategy.take()]).toEqual([3, 4, undefined])
    expect(bench.lines()).toEqual(['2 arrived, 1 lost, 2 held', 'taken 3', 'taken 4'])
  })

  test('gives nothing of an entry before its turn', () => {
    const { strategy, source } = open(latest())
    bench.publish(1)
    source.publish({ version: 2 }, () => {
      expect([strategy.take()?.version, strategy.take()]).toEqual([1, undefined])
    })
    expect(strategy.take()?.version).toBe(2)
  })

  describe('with a replay that was not asked for', () => {
    test('holds it', () => {
      const { strategy, source } = open(buffer({ capacity: 2 }))
      strategy.replay({ version: 1 })
      expect([strategy.size, strategy.ready, source.parked]).toEqual([1, true, false])
      strategy.release()
      expect([strategy.size, strategy.ready, ...bench.lines()]).toEqual([0, false, 'deliver 1'])
    })

    test('delivers it before all that came', () => {
      const { strategy } = open(buffer({ capacity: 3 }))
      strategy.replay({ version: 1 })
      bench.publish(2, 3)
      bench.lines()
      for (let n = 0; n < 3; n += 1) strategy.release()
      expect(bench.lines()).toEqual(['1 arrived, 0 lost, 3 held', 'deliver 1', 'deliver 2', 'deliver 3'])
    })

    test('does not pass it to an idle consumer before it was taken', () => {
      const { strategy } = open(buffer({ capacity: 3 }))
      strategy.replay({ version: 1 })
      bench.idle = true
      bench.publish(2)
      expect(bench.lines()).toEqual(['rest with 1, 2', '0 arrived, 0 lost, 2 held'])
      strategy.settled()
      expect(bench.lines()).toEqual([])
    })

    test('loses it first', () => {
      const { strategy } = open(buffer({ capacity: 3 }))
      strategy.replay({ version: 1 })
      bench.publish(2, 3)
      bench.lines()
      bench.publish(4, 5)
      strategy.catchUp()
      expect(bench.lines()).toEqual(['3 arrived, 2 lost, 3 held'])
      expect(strategy.clear().map(({ version }) => version)).toEqual([3, 4, 5])
    })

    test('loses it at once where one is all that it may hold', () => {
      for (const policy of [latest(), buffer({ capacity: 1 })]) {
        open(policy)
        bench.strategy.replay({ version: 1 })
        bench.publish(2)
        expect(bench.lines()).toEqual(['rest with 1, 2', '0 arrived, 1 lost, 1 held'])
        bench.strategy.clear()
      }
    })

    test('never loses it where the bound is Infinity', () => {
      const { strategy } = open(buffer({ capacity: Number.POSITIVE_INFINITY }))
      strategy.replay({ version: 1 })
      for (let version = 2; version <= 50; version += 1) bench.publish(version)
      expect(strategy.clear()).toHaveLength(50)
    })
  })

  describe('cleared', () => {
    test('gives back what it holds, oldest first, and has counted what was lost', () => {
      const { strategy, source } = open(buffer({ capacity: 3 }))
      strategy.replay({ version: 1 })
      bench.publish(2, 3)
      bench.lines()
      expect(strategy.clear().map(({ version }) => version)).toEqual([1, 2, 3])
      expect(bench.lines()).toEqual(['1 arrived, 0 lost, 3 held'])
      expect([strategy.clear(), source.keeps]).toEqual([[], false])
    })

    test('before its turn has not been told of the entry that is', () => {
      const { strategy, source } = open(latest())
      bench.publish(1)
      source.publish({ version: 2 }, () => {
        expect(strategy.clear().map(({ version }) => version)).toEqual([1])
      })
      expect(strategy.size).toBe(0)
    })
  })
})

describe('a mailbox whose host lets it rest', () => {
  /** A pulled consumer, with a source that keeps a backlog; says how often it was unparked. */
  function open(policy: Policy, hooks: Partial<MailboxHost<Versioned>> = {}) {
    const seen: number[] = []
    let unparked = 0
    const host: MailboxHost<Versioned> = {
      id: 'subscriber',
      policy,
      onError: 'continue',
      pulled: true,
      scheduler: asyncScheduler,
      consumer: { next: (_entry, { version }) => void seen.push(version) },
      now: () => 0,
      park: (entry, before, capacity) => source.park(entry, before, capacity),
      unpark() {
        unparked += 1
        source.unpark()
      },
      faulted() {},
      closed() {},
      ...hooks,
    }
    const mailbox: Mailbox<Versioned> = new Mailbox(host)
    const source = new ParkingSource((entry) => mailbox.offer(entry))
    const publish = (...versions: number[]): void => {
      for (const version of versions) source.publish({ version })
    }
    return { mailbox, source, seen, publish, unparked: () => unparked }
  }

  test('is unparked once, when it is idle and has nothing', () => {
    const { mailbox, source, seen, publish, unparked } = open(buffer({ capacity: 3 }))
    publish(1, 2)
    mailbox.request(2)
    expect([seen, source.parked, unparked()]).toEqual([[1, 2], true, 0])
    mailbox.request(3)
    expect([source.parked, unparked()]).toEqual([false, 1])
    publish(3, 4, 5)
    expect([seen, source.offered, unparked()]).toEqual([[1, 2, 3, 4, 5], 4, 1])
  })

  test('counts what it holds as what is left of it', () => {
    const { mailbox, publish } = open(buffer({ capacity: 2 }))
    mailbox.replay({ version: 1 })
    publish(2, 3, 4)
    expect([mailbox.pending, mailbox.published, mailbox.dropped]).toEqual([2, 4, 2])
  })

  test.each([
    [latest(), { dropped: 0, conflated: 3 }],
    [buffer({ capacity: 1 }), { dropped: 3, conflated: 0 }],
  ])('counts what %j loses as that policy does', (policy, expected) => {
    const { mailbox, publish } = open(policy)
    publish(1, 2, 3, 4)
    const { dropped, conflated } = mailbox.stats()
    expect({ dropped, conflated }).toEqual(expected)
  })

  test.each<[string, Partial<MailboxHost<Versioned>>]>([
    ['dropped', { dropped() {} }],
    ['conflated', { conflated() {} }],
  ])('does not rest where the host is told at once what is %s', (_name, hooks) => {
    const { source, publish } = open(latest(), hooks)
    publish(1, 2, 3)
    expect([source.parked, source.offered, source.keeps]).toEqual([false, 3, false])
  })

  test('is closed for good while it parks', () => {
    const { mailbox, source, seen, publish } = open(latest())
    publish(1, 2)
    mailbox.close('unsubscribed')
    publish(3)
    mailbox.request(1)
    expect([seen, source.keeps, mailbox.pending, mailbox.dropped, mailbox.published]).toEqual([
      [],
      false,
      0,
      1,
      2,
    ])
  })
})
