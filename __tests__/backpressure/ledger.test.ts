import { describe, expect, test } from '@jest/globals'
import { Ledger } from '../../src/backpressure/index.ts'
import { latest } from '../../src/backpressure/latest.ts'
import { openMailbox } from './support/open-mailbox.ts'

describe('Ledger', () => {
  test('has no counts before it follows anybody', () => {
    expect(new Ledger().stats()).toBeUndefined()
  })

  test('tells the counts of what it follows as they are when it is asked', () => {
    const { mailbox, offer } = openMailbox({ policy: latest(), slow: true })
    const ledger = new Ledger()
    ledger.follow(mailbox)
    expect(ledger.stats()).toMatchObject({ published: 0 })
    offer(1, 2, 3)
    expect(ledger.stats()).toEqual(mailbox.stats())
    expect(ledger.stats()).toMatchObject({ published: 3, delivered: 1, conflated: 1, pending: 1 })
  })

  test('follows the newest', () => {
    const ledger = new Ledger()
    for (const id of ['one', 'two']) ledger.follow(openMailbox({ policy: latest(), id }).mailbox)
    expect(ledger.stats()?.id).toBe('two')
  })
})
