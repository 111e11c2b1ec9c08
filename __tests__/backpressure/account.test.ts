import { describe, expect, test } from '@jest/globals'
import { Account } from '../../src/backpressure/account.ts'
import { buffer } from '../../src/backpressure/index.ts'

const open = (): Account => new Account('log', buffer({ capacity: 2 }))
const nothing = { pending: 0, inFlight: 0, abandoned: 0, busySince: null }

describe('Account', () => {
  test('tells a loss with the first delivery behind it, and once', () => {
    const account = open()
    account.dropped = 2
    account.conflated = 1
    expect(account.countDelivery(1, 5, 1)).toBe(2)
    expect(account.countDelivery(1, 6, 0)).toBe(1)
    expect(account.countDelivery(1, 7, 0)).toBe(0)
    expect(account.figures(nothing)).toMatchObject({ delivered: 3, calls: 3, missed: 3, lastVersion: 7 })
  })

  test('begins with what was handed over before there was one', () => {
    const account = open()
    account.begin(4, 9)
    account.published += 1
    expect(account.countDelivery(1, 10, 0)).toBe(0)
    expect(account.figures(nothing)).toMatchObject({ published: 5, delivered: 5, calls: 5, lastVersion: 10 })
  })

  test('knows the most that ever was held', () => {
    const account = open()
    for (const size of [1, 2, 0]) account.countHeld(size)
    expect(account.figures(nothing)).toMatchObject({
      pendingMax: 2,
      capacity: 2,
      policy: 'buffer:2:drop-oldest',
    })
  })

  test('counts as dropped, at the end, whatever is missing from it', () => {
    const account = open()
    account.published = 5
    account.countDelivery(2, 2, 0)
    account.conflated = 1
    account.countEnd()
    expect(account.dropped).toBe(2)
  })
})
