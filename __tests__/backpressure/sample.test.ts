/** What sample has in common with the other time policies is tested in gated-strategy.test.ts. */
import { afterEach, describe, expect, test } from '@jest/globals'
import { sample } from '../../src/backpressure/index.ts'
import { expectBalance, openMailbox } from './support/open-mailbox.ts'

afterEach(expectBalance)

const policy = sample({ ms: 10 })

describe('sample', () => {
  test('is a frozen value', () => {
    expect(policy).toMatchObject({ kind: 'sample', ms: 10 })
    expect(policy).toBeFrozen()
  })

  test.each<[unknown, string]>([[0, '0 (number)']])('refuses %p milliseconds', (ms, received) => {
    expect(() => sample({ ms: ms as number })).toThrow(
      expect.objectContaining({
        code: 'POLICY_INVALID',
        message: `Expected "ms" to be milliseconds, an integer from 1 to 2147483647, got ${received}.`,
      }),
    )
  })

  test('ticks from the subscription on with one timer, and calls nobody while nothing is offered', () => {
    const { clock, log } = openMailbox({ policy })
    for (let tick = 0; tick < 5; tick += 1) {
      expect(clock.liveTimers).toBe(1)
      clock.advance(10)
    }
    expect(log).toEqual([])
  })

  test('stops ticking when an empty source completes', () => {
    const { complete, clock, log } = openMailbox({ policy })
    complete()
    expect([log, clock.liveTimers]).toEqual([['complete'], 0])
  })

  test('hands one over at the next tick, and once', () => {
    const { offer, clock, lines } = openMailbox({ policy })
    clock.advance(7)
    offer(1)
    clock.advance(2)
    expect(lines()).toEqual([])
    clock.advance(1)
    expect(lines()).toEqual(['next 1'])
    clock.advance(50)
    expect(lines()).toEqual([])
  })

  test('hands over the newest of many at each tick, in a rhythm that nothing shifts', () => {
    const { offer, clock, log } = openMailbox({ policy })
    for (let version = 0; version < 30; version += 1) {
      offer(version)
      clock.advance(1)
    }
    expect(log).toEqual(['next 9 missed 9', 'next 19 missed 9', 'next 29 missed 9'])
  })

  test('delivers what it holds at completion at once', () => {
    const { offer, complete, clock, log } = openMailbox({ policy })
    offer(1, 2)
    complete()
    expect(log).toEqual(['next 2 missed 1', 'complete'])
    expect(clock.liveTimers).toBe(0)
  })

  test('gives up what it holds with a source error, and stops ticking', () => {
    const { offer, error, clock, log } = openMailbox({ policy })
    offer(1)
    error(new Error('gone'))
    expect(log).toEqual(['drop 1 error', 'error gone'])
    expect(clock.liveTimers).toBe(0)
  })

  test('ticks on after a callback that throws', () => {
    const { offer, clock, log } = openMailbox({
      policy,
      next: () => {
        throw new Error('broken')
      },
    })
    offer(1)
    clock.advance(10)
    offer(2)
    clock.advance(10)
    expect(log).toEqual(['next 1', 'fault next 1 broken', 'next 2', 'fault next 2 broken'])
  })

  test('stops ticking at an early unsubscribe', () => {
    const { mailbox, clock, log } = openMailbox({ policy })
    clock.advance(15)
    mailbox.close('unsubscribed')
    expect([log, clock.liveTimers]).toEqual([[], 0])
  })

  test('ticks for a late subscriber from its own subscription on', () => {
    const { mailbox, offer, clock, lines } = openMailbox({ policy })
    clock.advance(5)
    mailbox.replay({ version: 7 })
    expect(lines()).toEqual(['next 7'])
    offer(8)
    clock.advance(5)
    expect(lines()).toEqual(['next 8'])
  })

  test('holds what a callback writes until the next tick', () => {
    const { offer, clock, lines } = openMailbox({
      policy,
      next: (version, _delivery, mailbox) => mailbox.offer({ version: version + 1 }),
    })
    offer(1)
    for (const version of [1, 2, 3]) {
      clock.advance(10)
      expect(lines()).toEqual([`next ${version}`])
    }
  })

  test('ticks on while a subscriber is slow, and gives it what the last tick let through', () => {
    const { offer, clock, finish, lines } = openMailbox({ policy, slow: true })
    offer(1)
    clock.advance(10)
    offer(2)
    clock.advance(10)
    offer(3)
    clock.advance(5)
    finish()
    expect(lines()).toEqual(['next 1', 'next 2'])
    clock.advance(5)
    finish()
    expect(lines()).toEqual(['next 3'])
  })
})
