import assert from 'node:assert/strict'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { ALL_TOLD, Backlog, type Cursor } from '../../src/backpressure/backlog.ts'
import type { Versioned } from '../../src/backpressure/strategy.ts'
import type { Slotted } from '../../src/kit/index.ts'
import { collectGarbage, microtasks } from '../store/support.ts'
import { runs } from '../support/runs.ts'
import { upTo } from './support/open-mailbox.ts'

/** A source with one backlog, whose turns are set by hand. */
class Source {
  turn = ALL_TOLD
  abandoned = 0
  readonly backlog: Backlog<Versioned>

  constructor(capacity: number) {
    this.backlog = new Backlog(capacity, this, () => {
      this.abandoned += 1
    })
  }

  /** Tells everybody of a version; `during` runs once before anyone is told, and after each of the slots. */
  tell(version: number, slots: readonly number[] = [], during: (turn: number) => void = () => {}): void {
    this.turn = -1
    this.backlog.push({ version })
    during(-1)
    for (const slot of slots) {
      this.turn = slot
      during(slot)
    }
    this.turn = ALL_TOLD
    this.backlog.trim()
  }

  /** Tells one who is busy of a version, the newest. */
  join(version: number, slot = 0): Cursor<Versioned> {
    return this.backlog.join({ version }, { slot })
  }

  /** The same for one who holds the version before it. */
  joinWith(before: number, version: number): Cursor<Versioned> {
    return this.backlog.join({ version }, { slot: 0 }, { version: before })
  }
}

/** Takes what a reader holds, as its mailbox does: it asks first what came and what was lost. */
function take(reader: Cursor<Versioned>): { arrived: number; lost: number; taken: number[] } {
  const arrived = reader.arrived()
  const lost = reader.lost()
  const taken: number[] = []
  for (let entry = reader.shift(); entry !== undefined; entry = reader.shift()) taken.push(entry.version)
  return { arrived, lost, taken }
}

describe('Backlog', () => {
  test('gives each reader what came since it joined, in order', () => {
    const source = new Source(4)
    const a = source.join(8)
    source.tell(9)
    source.tell(10)
    const b = source.join(10)
    expect([a.size, b.size]).toEqual([3, 1])
    expect(take(b)).toEqual({ arrived: 0, lost: 0, taken: [10] })
    expect(take(a)).toEqual({ arrived: 2, lost: 0, taken: [8, 9, 10] })
    expect([a.size, b.size]).toEqual([0, 0])
  })

  test('loses the oldest of those who hold more than its capacity, and tells them once', () => {
    const source = new Source(4)
    const a = source.join(8)
    source.tell(9)
    source.tell(10)
    const b = source.join(10)
    source.tell(11)
    source.tell(12)
    expect([a.size, b.size]).toEqual([4, 3])
    expect([a.arrived(), a.lost(), a.arrived(), a.lost()]).toEqual([4, 1, 0, 0])
    expect(take(a).taken).toEqual([9, 10, 11, 12])
    expect(take(b)).toEqual({ arrived: 2, lost: 0, taken: [10, 11, 12] })
  })

  describe('takes in one who holds the entry before', () => {
    test('as the first', () => {
      const source = new Source(4)
      const reader = source.joinWith(1, 2)
      source.tell(3)
      expect(take(reader)).toEqual({ arrived: 1, lost: 0, taken: [1, 2, 3] })
    })

    test('beside another one who holds it', () => {
      const source = new Source(4)
      const other = source.join(1)
      source.tell(2)
      const reader = source.joinWith(1, 2)
      expect([take(reader).taken, take(other).taken]).toEqual([
        [1, 2],
        [1, 2],
      ])
    })

    test('after all others have taken it', () => {
      const source = new Source(4)
      const other = source.join(1)
      take(other)
      source.tell(2)
      const reader = source.joinWith(1, 2)
      expect([other.size, reader.size]).toEqual([1, 2])
      source.tell(3)
      expect([take(reader).taken, take(other).taken]).toEqual([
        [1, 2, 3],
        [2, 3],
      ])
    })

    test('and loses it at once where the capacity is 1', () => {
      const reader = new Source(1).joinWith(1, 2)
      expect([reader.size, take(reader)]).toEqual([1, { arrived: 0, lost: 1, taken: [2] }])
    })
  })

  test('counts, for one who has long not looked, everything that came and was lost', () => {
    const source = new Source(2)
    const reader = source.join(1)
    for (const version of upTo(100).slice(1)) source.tell(version)
    expect(reader.size).toBe(2)
    expect(take(reader)).toEqual({ arrived: 99, lost: 98, taken: [99, 100] })
  })

  test('with a capacity of one holds the newest', () => {
    const source = new Source(1)
    const reader = source.join(1)
    for (const version of [2, 3]) source.tell(version)
    expect(take(reader)).toEqual({ arrived: 2, lost: 2, taken: [3] })
    source.tell(4)
    expect(take(reader)).toEqual({ arrived: 1, lost: 0, taken: [4] })
  })

  test('grows as far as its capacity asks, and keeps the order', () => {
    for (const capacity of [9, 40, Number.POSITIVE_INFINITY]) {
      const source = new Source(capacity)
      const early = source.join(1)
      // Entries that are taken meanwhile leave the ring at an odd place when it grows.
      for (const version of [2, 3, 4, 5, 6]) source.tell(version)
      expect(take(early).taken).toEqual([1, 2, 3, 4, 5, 6])
      const late = source.join(6)
      for (let version = 7; version <= 106; version += 1) source.tell(version)
      const held = Math.min(capacity, 100)
      expect(take(early)).toEqual({ arrived: 100, lost: 100 - held, taken: upTo(106).slice(-held) })
      const lateHeld = Math.min(capacity, 101)
      expect(take(late)).toEqual({ arrived: 100, lost: 101 - lateHeld, taken: upTo(106).slice(-lateHeld) })
    }
  })

  test('shows a reader the newest in its own turn, not before', () => {
    const source = new Source(2)
    const readers = [3, 1].map((slot) => source.join(1, slot))
    const sizes: string[] = []
    source.tell(2, [0, 1, 2, 3], (turn) =>
      sizes.push(`${turn}: ${readers.map(({ size }) => size).join(' ')}`),
    )
    expect(sizes).toEqual(['-1: 1 1', '0: 1 1', '1: 1 2', '2: 1 2', '3: 2 2'])
  })

  test('takes the oldest from nobody before the turn in which the newest reaches them', () => {
    const source = new Source(2)
    const [early, late] = [0, 2].map((slot) => source.join(1, slot)) as [Cursor<Versioned>, Cursor<Versioned>]
    source.tell(2)
    source.tell(3, [1], (turn) => {
      if (turn < 0) return
      expect(take(early)).toEqual({ arrived: 2, lost: 1, taken: [2, 3] })
      expect(take(late)).toEqual({ arrived: 1, lost: 0, taken: [1, 2] })
    })
    expect(take(late)).toEqual({ arrived: 1, lost: 0, taken: [3] })
    expect(take(early)).toEqual({ arrived: 0, lost: 0, taken: [] })
  })

  test('takes what is told with its first reader, and not again with the second', () => {
    const source = new Source(4)
    const a = source.join(7, 0)
    const b = source.join(7, 1)
    expect(source.backlog.end).toBe(1)
    source.tell(9)
    expect([take(a).taken, take(b).taken]).toEqual([
      [7, 9],
      [7, 9],
    ])
  })

  test('says when its last reader has left, who may hold something', () => {
    const source = new Source(3)
    const [a, b] = [source.join(1), source.join(1)]
    source.tell(2)
    take(a)
    a.leave()
    expect(source.abandoned).toBe(0)
    b.leave()
    expect(source.abandoned).toBe(1)
  })

  test('lets one leave whose window has lost its beginning', () => {
    const source = new Source(2)
    const [slow, idle] = [source.join(1), source.join(1)]
    for (const version of [2, 3, 4, 5]) source.tell(version)
    slow.leave()
    expect(take(idle)).toEqual({ arrived: 4, lost: 3, taken: [4, 5] })
    source.tell(6)
    expect(take(idle).taken).toEqual([6])
  })
})

describe('a backlog lets go', () => {
  /** The versions of those entries that are still held by somebody. */
  async function alive(entries: readonly WeakRef<Versioned>[]): Promise<number[]> {
    await microtasks()
    collectGarbage()
    return entries.flatMap((entry) => entry.deref()?.version ?? [])
  }

  /** A backlog that has a reader from the first version on, and was told some more. */
  function filled(capacity: number, count: number) {
    const backlog = new Backlog<Versioned>(capacity, { turn: ALL_TOLD }, () => {})
    const entries = upTo(count).map((version) => ({ version }))
    const reader = backlog.join(entries[0]!, { slot: 0 })
    for (const entry of entries.slice(1)) {
      backlog.push(entry)
      backlog.trim()
    }
    return { backlog, reader, entries: entries.map((entry) => new WeakRef<Versioned>(entry)) }
  }

  test('of what overflows, though nobody has looked', async () => {
    const { reader, entries } = filled(3, 30)
    expect(await alive(entries)).toEqual([28, 29, 30])
    expect(reader.size).toBe(3)
  })

  test('of what is taken, but for the newest', async () => {
    const { reader, entries } = filled(20, 20)
    reader.arrived()
    for (let count = 0; count < 15; count += 1) reader.shift()
    expect(await alive(entries)).toEqual([16, 17, 18, 19, 20])
    while (reader.size > 0) reader.shift()
    expect(await alive(entries)).toEqual([20])
  })

  test('of what is taken by one who looked when much was lost', async () => {
    const { reader, entries } = filled(3, 30)
    expect(take(reader)).toEqual({ arrived: 29, lost: 27, taken: [28, 29, 30] })
    expect(await alive(entries)).toEqual([30])
    expect(reader.size).toBe(0)
  })

  test('of what only one held who has left', async () => {
    const { backlog, reader, entries } = filled(20, 20)
    const newest = entries.at(-1)!.deref()!
    const other = backlog.join(newest, { slot: 1 })
    reader.leave()
    expect(await alive(entries)).toEqual([20])
    expect(other.size).toBe(1)
  })

  test('of what was waiting when it grew and has been taken', async () => {
    const { reader, entries } = filled(Number.POSITIVE_INFINITY, 9)
    reader.arrived()
    for (let count = 0; count < 8; count += 1) reader.shift()
    expect(await alive(entries)).toEqual([9])
    expect(reader.size).toBe(1)
  })
})

// ---- against a model: every reader has a list of its own ----

const SLOTS = 5

interface Act {
  readonly do: 'join' | 'look' | 'take' | 'leave'
  readonly slot: number
}
/** What happens while the members are told: after the push, and after each slot's turn. */
interface Walk {
  readonly do: 'tell'
  readonly turns: readonly (readonly Act[])[]
}

const act: fc.Arbitrary<Act> = fc.record({
  do: fc.constantFrom('join', 'join', 'look', 'take', 'take', 'leave'),
  slot: fc.nat(SLOTS - 1),
})
const tell: fc.Arbitrary<Walk> = fc.record({
  do: fc.constant('tell'),
  turns: fc.array(fc.array(act, { maxLength: 3 }), { minLength: SLOTS + 1, maxLength: SLOTS + 1 }),
})
const program = fc.array(fc.oneof({ weight: 3, arbitrary: tell }, { weight: 2, arbitrary: act }), {
  maxLength: 40,
  size: 'max',
})

interface Member extends Slotted {
  reader: Cursor<Versioned> | undefined
  held: number[]
  arrived: number
  lost: number
}

class Run {
  turn = ALL_TOLD
  version = 0
  backlog: Backlog<Versioned> | undefined
  readonly entries: WeakRef<Versioned>[] = []
  readonly members: Member[] = []
  readonly #capacity: number

  constructor(capacity: number) {
    this.#capacity = capacity
    for (let slot = 0; slot < SLOTS; slot += 1) {
      this.members.push({ slot, reader: undefined, held: [], arrived: 0, lost: 0 })
    }
  }

  step(step: Act | Walk): void {
    if (step.do === 'tell') this.#tell(step)
    else this.#act(step)
    this.check()
  }

  check(): void {
    for (const { reader, held } of this.members)
      if (reader !== undefined) assert.equal(reader.size, held.length)
    const isRead = this.members.some(({ reader }) => reader !== undefined)
    assert.equal(this.backlog !== undefined, isRead, 'a backlog is there as long as somebody reads it')
  }

  /** What somebody holds, and the newest. */
  get kept(): number[] {
    if (this.backlog === undefined) return []
    return upTo(this.version).filter(
      (version) => version === this.version || this.members.some(({ held }) => held.includes(version)),
    )
  }

  #tell({ turns }: Walk): void {
    this.version += 1
    const entry = { version: this.version }
    this.entries.push(new WeakRef(entry))
    this.turn = -1
    this.backlog?.push(entry)
    this.#actAll(turns[SLOTS]!, entry)
    for (const member of this.members) {
      this.turn = member.slot
      if (member.reader !== undefined) this.#offer(member)
      this.check()
      this.#actAll(turns[member.slot]!, entry)
    }
    this.turn = ALL_TOLD
    this.backlog?.trim()
  }

  #offer(member: Member): void {
    member.held.push(this.version)
    member.arrived += 1
    if (member.held.length <= this.#capacity) return
    member.held.shift()
    member.lost += 1
  }

  #actAll(acts: readonly Act[], entry: Versioned): void {
    for (const act of acts) {
      this.#act(act, entry)
      this.check()
    }
  }

  #act(act: Act, entry?: Versioned): void {
    const member = this.members[act.slot]!
    const { reader } = member
    if (reader === undefined) {
      // One is laid to rest in its own turn only.
      if (act.do === 'join' && entry !== undefined && this.turn === act.slot) this.#join(member, entry)
    } else if (act.do === 'leave') {
      member.reader = undefined
      member.held = []
      reader.leave()
    } else if (act.do !== 'join') {
      assert.deepEqual([reader.arrived(), reader.lost()], [member.arrived, member.lost])
      member.arrived = 0
      member.lost = 0
      assert.equal(reader.held, member.held.length)
      if (act.do === 'take') assert.equal(reader.shift()?.version, member.held.shift())
    }
  }

  #join(member: Member, entry: Versioned): void {
    this.backlog ??= new Backlog<Versioned>(this.#capacity, this, () => {
      this.backlog = undefined
    })
    Object.assign(member, {
      reader: this.backlog.join(entry, member),
      held: [this.version],
      arrived: 0,
      lost: 0,
    })
  }
}

const capacity = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constantFrom(9, 17, Number.POSITIVE_INFINITY))

describe('a backlog with random readers', () => {
  test('is to each of them what a list of its own would be', () => {
    fc.assert(
      fc.property(capacity, program, (capacity, steps) => {
        const run = new Run(capacity)
        for (const step of steps) run.step(step)
      }),
      { numRuns: runs(400) },
    )
  })

  test('keeps what somebody holds, and the newest', async () => {
    const property = fc.asyncProperty(capacity, program, async (capacity, steps) => {
      const run = new Run(capacity)
      for (const step of steps) run.step(step)
      await microtasks()
      collectGarbage()
      assert.deepEqual(
        run.entries.flatMap((entry) => entry.deref()?.version ?? []),
        run.kept,
      )
      run.check()
    })
    await fc.assert(property, { numRuns: runs(10) })
  })
})
