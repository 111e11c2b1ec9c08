import { afterEach, describe, expect, test } from '@jest/globals'
import { GATES, openGated } from './support/gates.ts'
import { expectBalance, figures, type Setup } from './support/open-mailbox.ts'

afterEach(expectBalance)

describe.each(GATES)('GatedStrategy, as $policy.kind', (gate) => {
  const { policy, timersAtRest } = gate
  const open = (setup?: Partial<Setup>) => openGated(gate, setup)

  test('calls nobody while nothing is offered', () => {
    const { openGate, mailbox, log } = open()
    openGate()
    expect(log).toEqual([])
    expect(figures(mailbox)).toEqual({ published: 0, delivered: 0, dropped: 0, conflated: 0, pending: 0 })
    expect(mailbox.stats().capacity).toBe(2)
  })

  test('completes at once when the source ends without an entry, and leaves no timer', () => {
    const { complete, clock, log } = open()
    complete()
    expect(log).toEqual(['complete'])
    expect(clock.liveTimers).toBe(0)
  })

  test('holds one entry until the gate opens', () => {
    const { offer, openGate, mailbox, clock, lines } = open()
    offer(1)
    expect(lines()).toEqual([])
    expect(clock.liveTimers).toBe(1)
    expect(mailbox.pending).toBe(1)
    openGate()
    expect(lines()).toEqual(['next 1'])
    expect(clock.liveTimers).toBe(timersAtRest)
  })

  test('lets the newest of many through, and tells how many it replaced', () => {
    const { offer, openGate, mailbox, lines } = open()
    offer(1, 2, 3, 4)
    openGate()
    expect(lines()).toEqual(['next 4 missed 3'])
    expect(figures(mailbox)).toEqual({ published: 4, delivered: 1, dropped: 0, conflated: 3, pending: 0 })
    offer(5)
    openGate()
    expect(lines()).toEqual(['next 5'])
    expect(mailbox.stats()).toMatchObject({ missed: 3, pendingMax: 1, calls: 2 })
  })

  test('runs no timer once writes have ceased, but for the clock of sample', () => {
    const { offer, openGate, clock } = open()
    offer(1)
    openGate()
    openGate()
    expect(clock.liveTimers).toBe(policy.kind === 'sample' ? 1 : 0)
  })

  test('goes on after a callback that throws', () => {
    const { offer, openGate, log } = open({
      next: (version) => {
        if (version === 1) throw new Error('broken')
      },
    })
    offer(1)
    openGate()
    offer(2)
    openGate()
    expect(log).toEqual(['next 1', 'fault next 1 broken', 'next 2'])
  })

  test('gives a late subscriber only what is offered after it came', () => {
    const early = open()
    early.offer(1)
    const late = open()
    for (const { offer } of [early, late]) offer(2)
    for (const { openGate } of [early, late]) openGate()
    expect([early.log, late.log]).toEqual([['next 2 missed 1'], ['next 2']])
  })

  test('replays to a late subscriber at once, past the gate', () => {
    const { mailbox, offer, openGate, lines } = open()
    mailbox.replay({ version: 7 })
    expect(lines()).toEqual(['next 7'])
    offer(8)
    expect(lines()).toEqual([])
    openGate()
    expect(lines()).toEqual(['next 8'])
  })

  test('holds what a callback writes until the gate opens again', () => {
    const { offer, openGate, lines } = open({
      next: (version, _delivery, mailbox) => {
        if (version < 3) mailbox.offer({ version: version + 1 })
      },
    })
    offer(1)
    for (const version of [1, 2, 3]) {
      openGate()
      expect(lines()).toEqual([`next ${version}`])
    }
    openGate()
    expect(lines()).toEqual([])
  })

  test('counts before it calls', () => {
    const inside: object[] = []
    const { offer, openGate } = open({
      next: (_version, _delivery, mailbox) => void inside.push(figures(mailbox)),
    })
    offer(1, 2, 3)
    openGate()
    expect(inside).toEqual([{ published: 3, delivered: 1, dropped: 0, conflated: 2, pending: 0 }])
  })

  test('keeps what has passed the gate for a slow subscriber, and takes new ones behind it', () => {
    const { offer, openGate, finish, mailbox, lines } = open({ slow: true })
    offer(1)
    openGate()
    offer(2)
    openGate()
    offer(3)
    expect(lines()).toEqual(['next 1'])
    expect(figures(mailbox)).toEqual({ published: 3, delivered: 1, dropped: 0, conflated: 0, pending: 2 })
    expect(mailbox.stats().pendingMax).toBe(2)
    finish()
    expect(lines()).toEqual(['next 2'])
    openGate()
    finish()
    expect(lines()).toEqual(['next 3'])
  })

  test('tells a loss behind the slot with the delivery after it', () => {
    const { offer, openGate, finish, lines } = open({ slow: true })
    offer(1)
    openGate()
    offer(2)
    openGate()
    offer(3, 4, 5)
    finish()
    expect(lines()).toEqual(['next 1', 'next 2'])
    openGate()
    finish()
    expect(lines()).toEqual(['next 5 missed 2'])
  })

  test('replaces what is in the slot, and tells what was lost before it and behind it once', () => {
    const { offer, openGate, finish, mailbox, lines } = open({ slow: true })
    offer(1)
    openGate()
    offer(2)
    openGate()
    offer(3, 4)
    openGate()
    offer(5, 6)
    expect(figures(mailbox)).toEqual({ published: 6, delivered: 1, dropped: 0, conflated: 3, pending: 2 })
    finish()
    expect(lines()).toEqual(['next 1', 'next 4 missed 2'])
    openGate()
    finish()
    expect(lines()).toEqual(['next 6 missed 1'])
  })

  test('waits for the demand of a pulled consumer after the gate', () => {
    const { mailbox, offer, openGate, lines } = open({ pulled: true })
    offer(1)
    mailbox.request(1)
    expect(lines()).toEqual([])
    openGate()
    expect(lines()).toEqual(['next 1'])
    offer(2)
    openGate()
    expect(lines()).toEqual([])
    mailbox.request(1)
    expect(lines()).toEqual(['next 2'])
  })
})
