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

/** Walks as its users do: to the end as it was when the walk began. */
function walk(list: SlotList<Member>, visit: (member: Member) => void): void {
  const { end } = list
  for (let slot = 0; slot < end; slot += 1) {
    const met = list.at(slot)
    if (met !== undefined) visit(met)
  }
}

function expectInvariants(list: SlotList<Member>): void {
  for (const each of list.toArray()) expect(list.at(each.slot)).toBe(each)
  expect(list.toArray()).toHaveLength(list.size)
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
      const { list, members } = listOf(31)
      for (const each of members) list.remove(each)
      list.compact()
      expect([list.size, list.end]).toEqual([0, 31])
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

  test('meets, in a walk, those who were there when it began and have not left', () => {
    // On its way the walk adds and removes: at each member, who else is removed, and whether one is added.
    const plans = fc.array(fc.record({ remove: fc.option(fc.nat(60)), add: fc.boolean() }), {
      minLength: 60,
      maxLength: 60,
    })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), plans, (count, plan) => {
        const { list, members } = listOf(count)
        const met: number[] = []
        const gone = new Set<number>()
        const expected: number[] = []
        let model = [...members]
        let newcomers = count
        for (const each of members) {
          if (gone.has(each.name)) continue
          expected.push(each.name)
          const leaver = plan[each.name]!.remove
          if (leaver !== null && leaver < count) gone.add(leaver)
        }
        walk(list, (each) => {
          met.push(each.name)
          const { remove, add } = plan[each.name]!
          if (remove !== null && remove < count) {
            list.remove(members[remove]!)
            model = model.filter(({ name }) => name !== remove)
          }
          if (!add) return
          const newcomer = member(newcomers)
          newcomers += 1
          list.add(newcomer)
          model.push(newcomer)
        })
        expect(met).toEqual(expected)
        expect(list.toArray()).toEqual(model)
        expectInvariants(list)
      }),
    )
  })

  test('behaves as an array without what was removed, whenever it is compacted', () => {
    type Step = { readonly kind: 'add' | 'compact' } | { readonly kind: 'remove'; readonly pick: number }
    const steps = fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.constant<Step>({ kind: 'add' }) },
        { weight: 6, arbitrary: fc.nat(1000).map((pick): Step => ({ kind: 'remove', pick })) },
        { weight: 1, arbitrary: fc.constant<Step>({ kind: 'compact' }) },
      ),
      { maxLength: 200, size: 'max' },
    )
    fc.assert(
      fc.property(fc.nat(120), steps, (count, sequence) => {
        const { list, members } = listOf(count)
        const model = [...members]
        for (const step of sequence) {
          if (step.kind === 'add') {
            const newcomer = member(model.length + 1000)
            list.add(newcomer)
            model.push(newcomer)
          } else if (step.kind === 'remove') {
            const [leaver] = model.splice(step.pick % (model.length + 1), 1)
            if (leaver !== undefined) list.remove(leaver)
          } else {
            const holes = list.end - list.size
            list.compact()
            if (holes >= 32 && holes > list.size) expect(list.end).toBe(list.size)
          }
          expect(list.size).toBe(model.length)
        }
        expect(list.toArray()).toEqual(model)
        expectInvariants(list)
      }),
    )
  })
})
