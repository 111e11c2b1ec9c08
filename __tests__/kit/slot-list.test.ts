import assert from 'node:assert/strict'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { SlotList, type Slotted } from '../../src/kit/slot-list.ts'

interface Member extends Slotted {
  readonly name: number
}

const member = (name: number): Member => ({ name, slot: -1 })

/** A list of `count` members, and the members by name. */
function listOf(count: number): { list: SlotList<Member>; members: Member[] } {
  const list = new SlotList<Member>()
  const members = Array.from({ length: count }, (_, name) => member(name))
  for (const each of members) list.add(each)
  return { list, members }
}

const names = (list: SlotList<Member>): number[] => list.toArray().map(({ name }) => name)

/**
 * Walks as its users do: to the end as it was when the walk began, past those who are not there in one step.
 * Returns how many slots it looked at.
 */
function walk(list: SlotList<Member>, visit: (member: Member) => void): number {
  const { end } = list
  let looks = 0
  for (let slot = 0; slot < end; slot += 1) {
    const met = list.at(slot)
    looks += 1
    if (met === undefined) slot = list.lastEmpty(slot)
    else visit(met)
  }
  return looks
}

/** The names of those whom a walk meets. */
function met(list: SlotList<Member>): number[] {
  const found: number[] = []
  walk(list, ({ name }) => found.push(name))
  return found
}

/** One comparison for many members: a property that fails is shrunk by running it a thousand times. */
function expectInvariants(list: SlotList<Member>, parked: ReadonlySet<Member> = new Set()): void {
  const members = list.toArray()
  const isMet = members.map((each) => list.at(each.slot) === (parked.has(each) ? undefined : each))
  expect(list.walked).toEqual(Array.from({ length: list.end }, (_, slot) => list.at(slot)))
  expect([members.length, isMet.includes(false)]).toEqual([list.size, false])
  const passed: number[] = []
  const expected: number[] = []
  for (let slot = 0; slot < list.end; slot += 64) {
    const inStretch = Array.from({ length: 64 }, (_, index) => list.at(slot + index))
    passed.push(list.lastEmpty(slot))
    expected.push(inStretch.every((each) => each === undefined) ? slot + 63 : slot)
  }
  expect(passed).toEqual(expected)
}

describe('SlotList', () => {
  test('keeps its members in the order of adding', () => {
    const { list } = listOf(5)
    expect(names(list)).toEqual([0, 1, 2, 3, 4])
    expect([list.size, list.end]).toEqual([5, 5])
  })

  test('leaves a hole where a member has left, and moves nobody', () => {
    const { list, members } = listOf(4)
    list.remove(members[1]!)
    expect(list.at(1)).toBeUndefined()
    expect(members.map(({ slot }) => slot)).toEqual([0, -1, 2, 3])
    expect([list.size, list.end]).toEqual([3, 4])
  })

  test('ignores the removal of one who is in no list', () => {
    const { list, members } = listOf(2)
    list.remove(members[0]!)
    list.remove(members[0]!)
    list.remove(member(9))
    expect([list.size, names(list)]).toEqual([1, [1]])
  })

  test('takes a member back at the end', () => {
    const { list, members } = listOf(3)
    list.remove(members[0]!)
    list.add(members[0]!)
    expect(names(list)).toEqual([1, 2, 0])
  })

  test('has nobody beyond its end', () => {
    const { list } = listOf(1)
    expect(list.at(1)).toBeUndefined()
    expect(new SlotList<Member>().at(0)).toBeUndefined()
  })

  describe('compact', () => {
    test('closes the holes once they are 32 and the larger part', () => {
      const { list, members } = listOf(63)
      for (const each of members.slice(0, 32)) list.remove(each)
      list.compact()
      expect([list.size, list.end]).toEqual([31, 31])
      expect(members[32]!.slot).toBe(0)
      expect(names(list)).toEqual(members.slice(32).map(({ name }) => name))
      expectInvariants(list)
    })

    test('waits while the holes are fewer than 32', () => {
      const { list, members } = listOf(32)
      for (const each of members.slice(0, 31)) list.remove(each)
      list.compact()
      expect([list.size, list.end]).toEqual([1, 32])
    })

    test('cuts off the holes at the end', () => {
      const { list, members } = listOf(4)
      for (const index of [1, 3]) list.remove(members[index]!)
      list.compact()
      expect([list.size, list.end, names(list)]).toEqual([2, 3, [0, 2]])
      list.add(members[3]!)
      expect(members[3]!.slot).toBe(3)
      for (const each of members) list.remove(each)
      list.compact()
      expect([list.size, list.end]).toEqual([0, 0])
      expectInvariants(list)
    })

    test('waits while the holes are not the larger part', () => {
      const { list, members } = listOf(64)
      for (const each of members.slice(0, 32)) list.remove(each)
      list.compact()
      expect([list.size, list.end]).toEqual([32, 64])
    })

    test('leaves nobody behind the new end', () => {
      const { list, members } = listOf(100)
      for (const each of members.slice(0, 90)) list.remove(each)
      list.compact()
      expect(list.at(10)).toBeUndefined()
      expect(list.at(99)).toBeUndefined()
    })
  })

  describe('park', () => {
    test('lets a walk pass a member, which stays in its slot', () => {
      const { list, members } = listOf(3)
      list.park(members[1]!)
      expect(met(list)).toEqual([0, 2])
      expect(list.at(1)).toBeUndefined()
      expect(members[1]!.slot).toBe(1)
      expect([list.size, list.end, names(list)]).toEqual([3, 3, [0, 1, 2]])
    })

    test('once is as good as twice, and so is rousing', () => {
      const { list, members } = listOf(65)
      for (const each of members.slice(0, 64)) {
        list.park(each)
        list.park(each)
      }
      expect(list.lastEmpty(0)).toBe(63)
      list.unpark(members[5]!)
      list.unpark(members[5]!)
      expect(met(list)).toEqual([5, 64])
      list.park(members[5]!)
      expect(list.lastEmpty(0)).toBe(63)
      expect(met(list)).toEqual([64])
    })

    test('ends with rousing, in the old place', () => {
      const { list, members } = listOf(3)
      list.park(members[0]!)
      list.add(member(3))
      list.unpark(members[0]!)
      expect(met(list)).toEqual([0, 1, 2, 3])
    })

    test('of one who is in no list does nothing, and neither does rousing', () => {
      const { list, members } = listOf(2)
      list.remove(members[0]!)
      for (const each of [members[0]!, member(9)]) {
        list.park(each)
        list.unpark(each)
        expect([each.slot, list.at(-1)]).toEqual([-1, undefined])
      }
      expect([list.size, met(list), names(list)]).toEqual([1, [1], [1]])
    })

    test('does not keep one who leaves, nor mark who comes to the same list again', () => {
      const { list, members } = listOf(3)
      list.park(members[1]!)
      list.remove(members[1]!)
      expect([list.size, names(list), members[1]!.slot]).toEqual([2, [0, 2], -1])
      list.unpark(members[1]!)
      expect(met(list)).toEqual([0, 2])
      list.add(members[1]!)
      expect(met(list)).toEqual([0, 2, 1])
    })

    test('outlasts the closing of holes', () => {
      const { list, members } = listOf(200)
      const stay = members.filter(({ name }) => name % 5 === 0)
      const parked = stay.filter(({ name }) => name % 10 === 0)
      for (const each of parked) list.park(each)
      for (const each of members) if (!stay.includes(each)) list.remove(each)
      list.compact()
      expect(list.end).toBe(40)
      expect(names(list)).toEqual(stay.map(({ name }) => name))
      expect(met(list)).toEqual(stay.filter(({ name }) => name % 10 !== 0).map(({ name }) => name))
      expectInvariants(list, new Set(parked))
      for (const each of stay) list.park(each)
      expectInvariants(list, new Set(stay))
      for (const each of stay) list.unpark(each)
      expect(met(list)).toEqual(names(list))
    })
  })

  describe('lastEmpty', () => {
    test('is the end of a stretch of 64 slots in which there is nobody to meet', () => {
      const { list, members } = listOf(130)
      for (const each of members.slice(64, 100)) list.park(each)
      for (const each of members.slice(100, 128)) list.remove(each)
      expect([list.lastEmpty(64), list.lastEmpty(65), list.lastEmpty(128)]).toEqual([127, 65, 128])
    })

    test('is the slot itself where anybody is in the stretch', () => {
      const { list, members } = listOf(64)
      for (const each of members.slice(0, 63)) list.park(each)
      expect(list.lastEmpty(0)).toBe(0)
      list.park(members[63]!)
      expect(list.lastEmpty(0)).toBe(63)
      list.unpark(members[30]!)
      expect(list.lastEmpty(0)).toBe(0)
    })

    test('lets a walk look once at each 64 who rest', () => {
      const { list, members } = listOf(640)
      for (const each of members) list.park(each)
      expect(walk(list, () => {})).toBe(10)
      list.unpark(members[639]!)
      expect(walk(list, () => {})).toBe(9 + 64)
    })

    test('counts anew when the holes are closed', () => {
      const { list, members } = listOf(192)
      for (const each of members.slice(0, 128)) list.remove(each)
      for (const each of members.slice(128)) list.park(each)
      list.unpark(members[191]!)
      list.compact()
      expect([list.end, list.lastEmpty(0), met(list)]).toEqual([64, 0, [191]])
      list.park(members[191]!)
      expect(list.lastEmpty(0)).toBe(63)
    })
  })

  test('meets, in a walk, those who were there when it began and have not left', () => {
    // On its way the walk adds, removes, lays to rest and unparks, one of each at each member.
    const plans = fc.array(
      fc.record({
        remove: fc.option(fc.nat(150)),
        rest: fc.option(fc.nat(150)),
        unpark: fc.option(fc.nat(150)),
        add: fc.boolean(),
      }),
      { minLength: 151, maxLength: 151 },
    )
    const resters = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 151 }))
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 151 }), resters, plans, (count, restEvery, plan) => {
        const { list, members } = listOf(count)
        const added: Member[] = []
        const gone = new Set<Member>()
        // Those who rest from the start are most of the list, or nobody.
        const parked = new Set(members.filter(({ name }) => restEvery > 0 && name % restEvery !== 1))
        for (const each of parked) list.park(each)
        const expected: number[] = []
        for (const each of members) {
          if (gone.has(each) || parked.has(each)) continue
          expected.push(each.name)
          const { remove, rest, unpark } = plan[each.name]!
          const [leaver, rester, riser] = [remove, rest, unpark].map((name) => members[name ?? count])
          if (leaver !== undefined) gone.add(leaver)
          if (rester !== undefined) parked.add(rester)
          if (riser !== undefined) parked.delete(riser)
        }
        const found: number[] = []
        walk(list, (each) => {
          found.push(each.name)
          const { remove, rest, unpark, add } = plan[each.name]!
          const [leaver, rester, riser] = [remove, rest, unpark].map((name) => members[name ?? count])
          if (leaver !== undefined) list.remove(leaver)
          if (rester !== undefined) list.park(rester)
          if (riser !== undefined) list.unpark(riser)
          if (!add) return
          const newcomer = member(count + added.length)
          list.add(newcomer)
          added.push(newcomer)
        })
        expect(found).toEqual(expected)
        const left = [...members.filter((each) => !gone.has(each)), ...added]
        expect(names(list)).toEqual(left.map(({ name }) => name))
        expectInvariants(list, parked)
      }),
    )
  })

  test('behaves as an array without what was removed, whenever it is compacted', () => {
    const pick = fc.nat(1000)
    const steps = fc.array(
      fc.oneof(
        { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('add', 'add', 'add', 'compact'), pick }) },
        {
          weight: 12,
          arbitrary: fc.record({ kind: fc.constantFrom('remove', 'remove', 'park', 'unpark'), pick }),
        },
      ),
      { maxLength: 300, size: 'max' },
    )
    fc.assert(
      fc.property(fc.nat(200), fc.boolean(), steps, (count, allRest, sequence) => {
        const { list, members } = listOf(count)
        const model = [...members]
        let made = 0
        const parked = new Set<Member>()
        if (allRest) {
          for (const each of members) {
            list.park(each)
            parked.add(each)
          }
        }
        for (const step of sequence) {
          if (step.kind === 'add') {
            const newcomer = member(count + made)
            made += 1
            list.add(newcomer)
            model.push(newcomer)
          } else if (step.kind === 'compact') {
            list.compact()
            const holes = list.end - list.size
            expect(holes < 32 || holes <= list.size).toBe(true)
            expect(list.toArray().at(-1)?.slot ?? -1).toBe(list.end - 1)
          } else {
            const chosen = model[step.pick % (model.length + 1)]
            if (chosen === undefined) continue
            list[step.kind](chosen)
            if (step.kind === 'park') parked.add(chosen)
            else parked.delete(chosen)
            if (step.kind === 'remove') model.splice(model.indexOf(chosen), 1)
          }
          assert.equal(list.size, model.length)
        }
        expect(names(list)).toEqual(model.map(({ name }) => name))
        expectInvariants(list, parked)
        expect(met(list)).toEqual(model.filter((each) => !parked.has(each)).map(({ name }) => name))
      }),
    )
  })
})
