/** How the time policies end; what they let through is tested in gated-strategy.test.ts. */
import { afterEach, describe, expect, test } from '@jest/globals'
import { GATES, openGated } from './support/gates.ts'
import { expectBalance, figures, type Setup } from './support/open-mailbox.ts'

afterEach(expectBalance)

describe.each(GATES)('GatedStrategy, as $policy.kind', (gate) => {
  const { endWaits } = gate
  const open = (setup?: Partial<Setup>) => openGated(gate, setup)

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
})
