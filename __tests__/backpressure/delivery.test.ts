import { describe, expect, jest, test } from '@jest/globals'
import { HandledDelivery } from '../../src/backpressure/delivery.ts'

describe('HandledDelivery', () => {
  test('tells the version, the loss before it, and whose it is', () => {
    expect(new HandledDelivery(7, 2, 'log')).toMatchObject({ version: 7, missed: 2, subscriberId: 'log' })
  })

  test('makes no abort controller until the signal is asked for, and then one', () => {
    const Native = AbortController
    const made = jest.spyOn(globalThis, 'AbortController').mockImplementation(() => new Native())
    const delivery = new HandledDelivery(1, 0, 'log')
    delivery.abort()
    const other = new HandledDelivery(1, 0, 'log')
    expect(made).not.toHaveBeenCalled()
    expect(other.signal).toBe(other.signal)
    expect(made).toHaveBeenCalledTimes(1)
  })

  test('aborts the signal that was asked for', () => {
    const delivery = new HandledDelivery(1, 0, 'log')
    const aborted = jest.fn()
    delivery.signal.addEventListener('abort', aborted)
    expect(delivery.signal.aborted).toBe(false)
    delivery.abort()
    expect(aborted).toHaveBeenCalledTimes(1)
    expect(delivery.signal.aborted).toBe(true)
  })

  test('gives a signal that has aborted to one who asks afterwards', () => {
    const delivery = new HandledDelivery(1, 0, 'log')
    delivery.abort()
    expect(delivery.signal.aborted).toBe(true)
  })
})
