import { afterEach, describe, expect, test } from '@jest/globals'
import { NEVER, Observable, Subject } from 'rxjs'
import { switchLatest } from '../../src/backpressure/index.ts'
import { expectBalance, figures, openMailbox, type Setup, upTo } from './support/open-mailbox.ts'
import { settle } from './support/virtual-clock.ts'

afterEach(expectBalance)

const policy = switchLatest()

/** A consumer whose handlers are promises: each is settled by its version. */
function openPromised(setup: Partial<Setup> = {}) {
  const signals = new Map<number, AbortSignal>()
  const settlers = new Map<number, { resolve: () => void; reject: (error: unknown) => void }>()
  const opened = openMailbox({
    policy,
    next: (version, { signal }) => {
      signals.set(version, signal)
      return new Promise<void>((resolve, reject) => settlers.set(version, { resolve, reject }))
    },
    ...setup,
  })
  return {
    ...opened,
    /** The versions whose signal has aborted. */
    aborted: () => [...signals].filter(([, signal]) => signal.aborted).map(([version]) => version),
    resolve: async (version: number) => {
      settlers.get(version)?.resolve()
      await settle()
    },
    reject: async (version: number, error: unknown) => {
      settlers.get(version)?.reject(error)
      await settle()
    },
  }
}

describe('switchLatest', () => {
  test('is one frozen value', () => {
    expect(policy).toMatchObject({ kind: 'switchLatest' })
    expect(policy).toBeFrozen()
    expect(switchLatest()).toBe(policy)
  })

  test('calls nobody while nothing is offered', () => {
    const { mailbox, log } = openMailbox({ policy })
    expect(log).toEqual([])
    expect(figures(mailbox)).toEqual({ published: 0, delivered: 0, dropped: 0, conflated: 0, pending: 0 })
  })

  test('completes at once with an empty source', () => {
    const { complete, log } = openMailbox({ policy })
    complete()
    expect(log).toEqual(['complete'])
  })

  test('hands one over inside the offer', () => {
    const { offer, log } = openMailbox({ policy })
    offer(1)
    expect(log).toEqual(['next 1'])
  })

  test('hands over each of many, and loses none', () => {
    const { mailbox, offer, log } = openMailbox({ policy, slow: true })
    offer(...upTo(100))
    expect(log).toEqual(upTo(100).map((version) => `next ${version}`))
    expect(mailbox.stats()).toMatchObject({
      delivered: 100,
      conflated: 0,
      missed: 0,
      pendingMax: 0,
      inFlight: 1,
    })
  })

  test('aborts the handler that is still running, before it calls the next', () => {
    const aborted: number[][] = []
    const opened = openPromised()
    const { offer } = opened
    for (const version of [1, 2, 3]) {
      offer(version)
      aborted.push(opened.aborted())
    }
    expect(aborted).toEqual([[], [1], [1, 2]])
  })

  test('does not abort a handler that has ended', async () => {
    const { offer, resolve, aborted } = openPromised()
    offer(1)
    await resolve(1)
    offer(2)
    expect(aborted()).toEqual([])
  })

  test('counts a replaced promise as in flight until it settles', async () => {
    const { mailbox, offer, resolve } = openPromised()
    offer(1, 2)
    expect(mailbox.inFlight).toBe(2)
    await resolve(1)
    expect(mailbox.inFlight).toBe(1)
    await resolve(2)
    expect(mailbox.inFlight).toBe(0)
  })

  test('reports no late rejection of a replaced handler, but that of the newest', async () => {
    const { mailbox, offer, reject, log } = openPromised()
    offer(1, 2)
    await reject(1, new Error('aborted'))
    await reject(2, new Error('late'))
    expect(log).toEqual(['next 1', 'next 2', 'fault next 2 late'])
    expect(mailbox.stats()).toMatchObject({ errors: 1, inFlight: 0 })
  })

  test('unsubscribes from the observable of a replaced handler at once', () => {
    const work = [new Subject<void>(), new Subject<void>()]
    const { mailbox, offer } = openMailbox({ policy, next: (version) => work[version - 1] })
    offer(1)
    expect(work[0]?.observed).toBe(true)
    offer(2)
    expect(work.map(({ observed }) => observed)).toEqual([false, true])
    expect(mailbox.inFlight).toBe(1)
  })

  test('completes after every handler has ended, the replaced ones too', async () => {
    const { offer, complete, resolve, lines } = openPromised()
    offer(1, 2)
    complete()
    await resolve(2)
    expect(lines()).toEqual(['next 1', 'next 2'])
    await resolve(1)
    expect(lines()).toEqual(['complete'])
  })

  test('tells a source error after the running handler, and does not abort it', async () => {
    const { offer, error, resolve, aborted, lines } = openPromised()
    offer(1)
    error(new Error('gone'))
    expect(lines()).toEqual(['next 1'])
    await resolve(1)
    expect(lines()).toEqual(['error gone'])
    expect(aborted()).toEqual([])
  })

  test('goes on after a callback that throws', () => {
    const { offer, log } = openMailbox({
      policy,
      next: (version) => {
        if (version === 1) throw new Error('broken')
      },
    })
    offer(1, 2)
    expect(log).toEqual(['next 1', 'fault next 1 broken', 'next 2'])
  })

  test('aborts the running handler at an early unsubscribe, and calls nobody after it', () => {
    const { mailbox, offer, aborted, log } = openPromised()
    offer(1)
    mailbox.close('unsubscribed')
    offer(2)
    expect(log).toEqual(['next 1'])
    expect(aborted()).toEqual([1])
  })

  test('replaces what a late subscriber was replayed', () => {
    const { mailbox, offer, aborted, log } = openPromised()
    mailbox.replay({ version: 7 })
    offer(8)
    expect(log).toEqual(['next 7', 'next 8'])
    expect(aborted()).toEqual([7])
  })

  test('aborts the delivery whose callback writes, and hands the write over inside it', () => {
    const seen: string[] = []
    const { offer } = openMailbox({
      policy,
      next: (version, { signal }, mailbox) => {
        seen.push(`begin ${version}`)
        if (version < 3) mailbox.offer({ version: version + 1 })
        seen.push(`end ${version} ${signal.aborted ? 'aborted' : 'current'}`)
      },
    })
    offer(1)
    expect(seen).toEqual(['begin 1', 'begin 2', 'begin 3', 'end 3 current', 'end 2 aborted', 'end 1 aborted'])
  })

  test('unsubscribes from the observable that a callback returns after its own write has replaced it', () => {
    let unsubscribed = 0
    const { mailbox, offer, log } = openMailbox({
      policy,
      next: (version, _delivery, mailbox) => {
        if (version === 2) return
        mailbox.offer({ version: 2 })
        return new Observable(() => () => {
          unsubscribed += 1
        })
      },
    })
    offer(1)
    expect(log).toEqual(['next 1', 'next 2'])
    expect(unsubscribed).toBe(1)
    expect(mailbox.stats()).toMatchObject({ inFlight: 0, busySince: null })
  })

  test('completes where the observable of a replaced callback was the last thing to wait for', () => {
    const { offer, log } = openMailbox({
      policy,
      next: (version, _delivery, mailbox) => {
        if (version === 2) return
        mailbox.offer({ version: 2 })
        mailbox.end({ kind: 'complete' })
        return NEVER
      },
    })
    offer(1)
    expect(log).toEqual(['next 1', 'next 2', 'complete'])
  })

  test('reports nothing that a callback throws after its own write has replaced it', () => {
    const { mailbox, offer, log } = openMailbox({
      policy,
      next: (version, _delivery, mailbox) => {
        if (version === 2) return
        mailbox.offer({ version: 2 })
        throw new Error('aborted')
      },
    })
    offer(1)
    expect(log).toEqual(['next 1', 'next 2'])
    expect(mailbox.stats()).toMatchObject({ errors: 0, inFlight: 0 })
  })

  test('does not wait for a slow subscriber', () => {
    const { mailbox, offer, finish, log } = openMailbox({ policy, slow: true })
    offer(1, 2)
    expect(log).toEqual(['next 1', 'next 2'])
    finish(2)
    expect(mailbox.stats()).toMatchObject({ inFlight: 0, busySince: null })
  })

  describe('while an abort is heard', () => {
    test('counts the version that is to come as pending', () => {
      const inside: object[] = []
      const { offer } = openMailbox({
        policy,
        slow: true,
        next: (_version, { signal }, mailbox) =>
          signal.addEventListener('abort', () => void inside.push(figures(mailbox))),
      })
      offer(1, 2)
      expect(inside).toEqual([{ published: 2, delivered: 1, dropped: 0, conflated: 0, pending: 1 }])
    })

    test('drops the version that is to come when the listener leaves', () => {
      const { mailbox, offer, log } = openMailbox({
        policy,
        slow: true,
        next: (_version, { signal }, mailbox) =>
          signal.addEventListener('abort', () => mailbox.close('unsubscribed')),
      })
      offer(1, 2)
      expect(log).toEqual(['next 1', 'drop 2 unsubscribed'])
      expect(mailbox.stats()).toMatchObject({ delivered: 1, dropped: 1, calls: 1, inFlight: 0 })
    })

    test('gives the version that is to come up for one that the listener writes', () => {
      const { mailbox, offer, log } = openMailbox({
        policy,
        slow: true,
        next: (version, { signal }, mailbox) =>
          signal.addEventListener('abort', () => {
            if (version === 1) mailbox.offer({ version: 3 })
          }),
      })
      offer(1, 2)
      expect(log).toEqual(['next 1', 'next 3 missed 1'])
      expect(mailbox.inFlight).toBe(1)
    })
  })
})
