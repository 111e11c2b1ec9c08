/** What frame has in common with the other time policies is tested in gated-strategy.test.ts. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { frame } from '../../src/backpressure/index.ts'
import { expectBalance, openMailbox } from './support/open-mailbox.ts'

/** The animation frames of a browser, which come when a test says so. */
class Frames {
  readonly #callbacks = new Map<number, FrameRequestCallback>()
  #requested = 0

  /** How many callbacks wait for the next frame. */
  get waiting(): number {
    return this.#callbacks.size
  }

  readonly request = (callback: FrameRequestCallback): number => {
    this.#requested += 1
    this.#callbacks.set(this.#requested, callback)
    return this.#requested
  }

  readonly cancel = (id: number): void => {
    this.#callbacks.delete(id)
  }

  /** Shows one frame: what is requested meanwhile waits for the next one. */
  show(): void {
    const callbacks = [...this.#callbacks.values()]
    this.#callbacks.clear()
    for (const callback of callbacks) callback(0)
  }
}

const browser = globalThis as {
  requestAnimationFrame?: unknown
  cancelAnimationFrame?: unknown
}

afterEach(() => {
  delete browser.requestAnimationFrame
  delete browser.cancelAnimationFrame
  expectBalance()
})

const policy = frame()

describe('frame', () => {
  test('is a frozen value that waits 100 ms for a frame unless told otherwise', () => {
    expect(policy).toMatchObject({ kind: 'frame', maxWaitMs: 100 })
    expect(frame({})).toEqual(policy)
    expect(frame({ maxWaitMs: 50 })).toMatchObject({ kind: 'frame', maxWaitMs: 50 })
    expect(policy).toBeFrozen()
  })

  test.each<[unknown, string]>([[-1, '-1 (number)']])(
    'refuses to wait %p milliseconds',
    (maxWaitMs, received) => {
      expect(() => frame({ maxWaitMs: maxWaitMs as number })).toThrow(
        expect.objectContaining({
          code: 'POLICY_INVALID',
          message: `Expected "maxWaitMs" to be milliseconds, an integer from 0 to 2147483647, got ${received}.`,
        }),
      )
    },
  )

  describe('with requestAnimationFrame', () => {
    let frames: Frames

    beforeEach(() => {
      frames = new Frames()
      browser.requestAnimationFrame = frames.request
      browser.cancelAnimationFrame = frames.cancel
    })

    test('asks for no frame and runs no timer while nothing is offered', () => {
      const { clock, log } = openMailbox({ policy })
      clock.advance(1000)
      expect([log, frames.waiting, clock.liveTimers]).toEqual([[], 0, 0])
    })

    test('completes at once with an empty source', () => {
      const { complete, log } = openMailbox({ policy })
      complete()
      expect([log, frames.waiting]).toEqual([['complete'], 0])
    })

    test('hands one over with the next frame, and leaves neither a frame nor a timer', () => {
      const { offer, clock, lines } = openMailbox({ policy })
      offer(1)
      expect([frames.waiting, clock.liveTimers]).toEqual([1, 1])
      clock.advance(16)
      expect(lines()).toEqual([])
      frames.show()
      expect(lines()).toEqual(['next 1'])
      expect([frames.waiting, clock.liveTimers]).toEqual([0, 0])
    })

    test('hands over the newest of many, asking for one frame', () => {
      const { offer, clock, lines } = openMailbox({ policy })
      offer(1, 2, 3)
      expect([frames.waiting, clock.liveTimers]).toEqual([1, 1])
      frames.show()
      expect(lines()).toEqual(['next 3 missed 2'])
      frames.show()
      expect(lines()).toEqual([])
    })

    test('hands over after maxWaitMs where a hidden tab shows no frame, and cancels the frame', () => {
      const { offer, clock, lines } = openMailbox({ policy: frame({ maxWaitMs: 40 }) })
      offer(1)
      clock.advance(39)
      expect(lines()).toEqual([])
      clock.advance(1)
      expect(lines()).toEqual(['next 1'])
      expect([frames.waiting, clock.liveTimers]).toEqual([0, 0])
      frames.show()
      expect(lines()).toEqual([])
    })

    test('waits for the next frame with what the callback of a frame writes', () => {
      const { offer, lines } = openMailbox({
        policy,
        next: (version, _delivery, mailbox) => {
          if (version === 1) mailbox.offer({ version: 2 })
        },
      })
      offer(1)
      frames.show()
      expect(lines()).toEqual(['next 1'])
      frames.show()
      expect(lines()).toEqual(['next 2'])
      expect(frames.waiting).toBe(0)
    })

    test('delivers what it holds at completion with the next frame', () => {
      const { offer, complete, log } = openMailbox({ policy })
      offer(1)
      complete()
      expect(log).toEqual([])
      frames.show()
      expect(log).toEqual(['next 1', 'complete'])
    })

    test('cancels the frame when the source fails', () => {
      const { offer, error, clock, log } = openMailbox({ policy })
      offer(1)
      error(new Error('gone'))
      expect(log).toEqual(['drop 1 error', 'error gone'])
      expect([frames.waiting, clock.liveTimers]).toEqual([0, 0])
    })

    test('goes on with the next frame after a callback that throws', () => {
      const { offer, log } = openMailbox({
        policy,
        next: (version) => {
          if (version === 1) throw new Error('broken')
        },
      })
      offer(1)
      frames.show()
      offer(2)
      frames.show()
      expect(log).toEqual(['next 1', 'fault next 1 broken', 'next 2'])
    })

    test('cancels the frame at an early unsubscribe', () => {
      const { mailbox, offer, clock, log } = openMailbox({ policy })
      offer(1)
      mailbox.close('unsubscribed')
      expect([frames.waiting, clock.liveTimers]).toEqual([0, 0])
      frames.show()
      expect(log).toEqual(['drop 1 unsubscribed'])
    })

    test('replays to a late subscriber at once, without a frame', () => {
      const { mailbox, log } = openMailbox({ policy })
      mailbox.replay({ version: 7 })
      expect([log, frames.waiting]).toEqual([['next 7'], 0])
    })

    test('keeps what a frame let through for a slow subscriber', () => {
      const { offer, finish, lines } = openMailbox({ policy, slow: true })
      offer(1)
      frames.show()
      offer(2)
      frames.show()
      expect(lines()).toEqual(['next 1'])
      finish()
      expect(lines()).toEqual(['next 2'])
    })
  })

  describe('without requestAnimationFrame', () => {
    test('hands over the newest 16 ms after the first, whatever maxWaitMs is', () => {
      for (const maxWaitMs of [1, 100]) {
        const { offer, clock, lines } = openMailbox({ policy: frame({ maxWaitMs }) })
        offer(1)
        clock.advance(15)
        offer(2)
        expect(lines()).toEqual([])
        expect(clock.liveTimers).toBe(1)
        clock.advance(1)
        expect(lines()).toEqual(['next 2 missed 1'])
        expect(clock.liveTimers).toBe(0)
      }
    })

    test('ends the timer at an early unsubscribe', () => {
      const { mailbox, offer, clock } = openMailbox({ policy })
      offer(1)
      mailbox.close('unsubscribed')
      expect(clock.liveTimers).toBe(0)
    })
  })
})

describe('frame, where requestAnimationFrame calls at once', () => {
  beforeEach(() => {
    let requested = 0
    browser.requestAnimationFrame = (callback: FrameRequestCallback): number => {
      requested += 1
      callback(0)
      return requested
    }
    browser.cancelAnimationFrame = () => {}
  })

  test('delivers each version inside the write, and leaves no timer', () => {
    const { offer, clock, log } = openMailbox({ policy })
    offer(1, 2, 3)
    expect(log).toEqual(['next 1', 'next 2', 'next 3'])
    expect(clock.liveTimers).toBe(0)
  })

  test('delivers what a callback writes', () => {
    const { offer, clock, log } = openMailbox({
      policy,
      next: (version, _delivery, mailbox) => {
        if (version < 4) mailbox.offer({ version: version + 1 })
      },
    })
    offer(1)
    expect(log).toEqual(['next 1', 'next 2', 'next 3', 'next 4'])
    expect(clock.liveTimers).toBe(0)
  })
})
