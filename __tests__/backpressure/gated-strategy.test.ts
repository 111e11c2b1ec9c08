import { afterEach, describe, expect, test } from '@jest/globals'
import { audit, debounce, frame, type Policy, sample, throttle } from '../../src/backpressure/index.ts'
import { expectBalance, figures, openMailbox, type Setup } from './support/open-mailbox.ts'

afterEach(expectBalance)

interface Gate {
  readonly policy: Policy
  /** How long after an entry the gate opens, where nothing came before it. */
  readonly ms: number
  /** Timers once the gate has opened and nothing is held: an open window, or the clock of `sample`. */
  readonly timersAtRest: number
  /** Whether what is held at completion still waits for the gate. */
  readonly endWaits: boolean
}

/** Throttle has no leading edge here, so that all of them hold the first entry. */
const GATES: readonly Gate[] = [
  { policy: throttle({ ms: 10, leading: false }), ms: 10, timersAtRest: 1, endWaits: true },
  { policy: debounce({ ms: 10 }), ms: 10, timersAtRest: 0, endWaits: false },
  { policy: audit({ ms: 10 }), ms: 10, timersAtRest: 0, endWaits: true },
  { policy: sample({ ms: 10 }), ms: 10, timersAtRest: 1, endWaits: false },
  { policy: frame(), ms: 16, timersAtRest: 0, endWaits: true },
]

describe.each(GATES)('GatedStrategy, as $policy.kind', ({ policy, ms, timersAtRest, endWaits }) => {
  const open = (setup: Partial<Setup> = {}) => {
    const opened = openMailbox({ policy, ...setup })
    return { ...opened, openGate: () => opened.clock.advance(ms) }
  }

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

  test('gives up what it holds when the source fails', () => {
    const { offer, error, openGate, mailbox, clock, lines } = open()
    offer(1, 2)
    error(new Error('gone'))
    expect(lines()).toEqual(['drop 2 error', 'error gone'])
    expect(clock.liveTimers).toBe(0)
    openGate()
    expect(lines()).toEqual([])
    expect(figures(mailbox)).toEqual({ published: 2, delivered: 0, dropped: 1, conflated: 1, pending: 0 })
  })

  test('delivers what has passed the gate before the error of the source, and tells the later loss to nobody', () => {
    const { offer, error, openGate, finish, clock, lines } = open({ slow: true })
    offer(1)
    openGate()
    offer(2)
    openGate()
    offer(3)
    error(new Error('gone'))
    expect(lines()).toEqual(['next 1', 'drop 3 error'])
    expect(clock.liveTimers).toBe(0)
    finish()
    expect(lines()).toEqual(['next 2'])
    finish()
    expect(lines()).toEqual(['error gone'])
  })

  test(`delivers what it holds at completion ${endWaits ? 'when the gate opens' : 'at once'}, then completes`, () => {
    const { offer, complete, openGate, clock, lines } = open()
    offer(1, 2)
    complete()
    const wanted = ['next 2 missed 1', 'complete']
    expect(lines()).toEqual(endWaits ? [] : wanted)
    openGate()
    expect(lines()).toEqual(endWaits ? wanted : [])
    expect(clock.liveTimers).toBe(0)
  })

  test('completes after what it holds, when a slow subscriber has returned', () => {
    const { offer, complete, openGate, finish, clock, lines } = open({ slow: true })
    offer(1)
    openGate()
    offer(2)
    complete()
    openGate()
    expect(lines()).toEqual(['next 1'])
    finish()
    expect(lines()).toEqual(['next 2'])
    finish()
    expect(lines()).toEqual(['complete'])
    expect(clock.liveTimers).toBe(0)
  })

  test('takes a completion from inside the callback', () => {
    const { offer, openGate, clock, log } = open({
      next: (version, _delivery, mailbox) => {
        mailbox.offer({ version: version + 1 })
        mailbox.end({ kind: 'complete' })
      },
    })
    offer(1)
    openGate()
    openGate()
    expect(log).toEqual(['next 1', 'next 2', 'complete'])
    expect(clock.liveTimers).toBe(0)
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

  test('leaves no timer when a callback that throws closes it', () => {
    const { mailbox, offer, openGate, clock, log } = open({
      onError: 'close',
      next: (_version, _delivery, mailbox) => {
        mailbox.offer({ version: 2 })
        throw new Error('broken')
      },
    })
    offer(1)
    openGate()
    expect(log).toEqual(['next 1', 'fault next 1 broken', 'drop 2 consumer-error'])
    expect(mailbox.closed).toBe(true)
    expect(clock.liveTimers).toBe(0)
  })

  test('gives up slot and gate, the oldest first, when a handler fails late and closes it', () => {
    const { offer, openGate, fail, clock, lines } = open({ slow: true, onError: 'close' })
    offer(1)
    openGate()
    offer(2)
    openGate()
    offer(3)
    expect(lines()).toEqual(['next 1'])
    fail(new Error('late'))
    expect(lines()).toEqual(['fault next 1 late', 'drop 2 consumer-error', 'drop 3 consumer-error'])
    expect(clock.liveTimers).toBe(0)
  })

  test('drops what it holds on an early unsubscribe, and calls nobody after it', () => {
    const { mailbox, offer, openGate, clock, lines } = open()
    offer(1, 2)
    mailbox.close('unsubscribed')
    expect(lines()).toEqual(['drop 2 unsubscribed'])
    expect(clock.liveTimers).toBe(0)
    openGate()
    offer(3)
    expect(lines()).toEqual([])
    expect(clock.liveTimers).toBe(0)
  })

  test('drops slot and gate, the oldest first, when the store is destroyed', () => {
    const { mailbox, offer, openGate, clock, lines } = open({ slow: true })
    offer(1)
    openGate()
    offer(2)
    openGate()
    offer(3)
    mailbox.destroy()
    expect(lines()).toEqual(['next 1', 'drop 2 complete', 'drop 3 complete', 'complete'])
    expect(clock.liveTimers).toBe(0)
  })

  test('leaves no timer when the subscriber leaves inside the delivery', () => {
    const { offer, openGate, clock, log } = open({
      next: (_version, _delivery, mailbox) => mailbox.close('unsubscribed'),
    })
    offer(1)
    openGate()
    expect(log).toEqual(['next 1'])
    expect(clock.liveTimers).toBe(0)
  })

  test('leaves no timer when the subscriber leaves as it is told of a drop', () => {
    const { offer, error, clock, log } = open({
      onDrop: (_version, _reason, mailbox) => mailbox.close('unsubscribed'),
    })
    offer(1)
    error(new Error('gone'))
    expect(log).toEqual(['drop 1 error'])
    expect(clock.liveTimers).toBe(0)
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
