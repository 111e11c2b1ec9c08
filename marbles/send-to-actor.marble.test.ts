/** In virtual time no message is handled: what an inbox has no room for is told at once. */
import { describe, expect, test } from '@jest/globals'
import { tap } from 'rxjs'
import { createSystem, sendToActor } from '../src/actors/index.ts'
import { buffer, createMachineStore } from '../src/index.ts'
import { EVENTS, FAILURE, lamp } from './support/lamp.ts'
import { openScheduler } from './support/open-scheduler.ts'

const BECAME = { q: 'queued', d: 'dropped', u: 'unknown' }

const system = () =>
  createSystem(createMachineStore(lamp), { mailbox: buffer({ capacity: 2, overflow: 'error' }) })

/** Addresses and events that no types check. */
const to = (address = 'root', target = system()) => sendToActor(target, address as string)

describe('sendToActor', () => {
  test('is silent on a source that never emits', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -----', EVENTS)
      const subs = '        ^----'
      const expected = '    -----'
      expectObservable(source.pipe(to())).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('completes with an empty source', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' |', EVENTS)
      const subs = '        (^!)'
      const expected = '    |'
      expectObservable(source.pipe(to())).toBe(expected)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('tells what became of one', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' --p--|', EVENTS)
      const subs = '        ^----!'
      const expected = '    --q--|'
      expectObservable(source.pipe(to())).toBe(expected, BECAME)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('tells of many, those of one instant in their order, which did not fit', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -p-(pp)-p|', EVENTS)
      const subs = '        ^--------!'
      const expected = '    -q-(qd)-d|'
      expectObservable(source.pipe(to())).toBe(expected, BECAME)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })

  test('tells where nobody is', () => {
    openScheduler().run(({ cold, expectObservable }) => {
      const source = cold(' -p-p|', EVENTS)
      const expected = '    -u-u|'
      expectObservable(source.pipe(to('root/part:a'))).toBe(expected, BECAME)
    })
  })

  test('tells that a destroyed system has nobody', () => {
    openScheduler().run(({ cold, expectObservable }) => {
      const target = system()
      const source = cold(' -p-p-p|', EVENTS)
      const expected = '    -q-u-u|'
      let count = 0
      const ending = tap(() => {
        count += 1
        if (count === 1) target.destroy()
      })
      expectObservable(source.pipe(to('root', target), ending)).toBe(expected, BECAME)
    })
  })

  test('passes a source error on', () => {
    openScheduler().run(({ cold, expectObservable }) => {
      const source = cold(' -p--#', EVENTS, FAILURE)
      const expected = '    -q--#'
      expectObservable(source.pipe(to())).toBe(expected, BECAME, FAILURE)
    })
  })

  test('ends with an error on what is no event', () => {
    let error: unknown
    openScheduler().run(({ cold, flush }) => {
      cold('p-x', { ...EVENTS, x: 3 as never })
        .pipe(to())
        .subscribe({ error: (reason: unknown) => (error = reason) })
      flush()
    })
    expect(error).toMatchObject({ code: 'EVENT_INVALID' })
  })

  test('sends nothing more after it was left', () => {
    openScheduler().run(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -p-p-p|', EVENTS)
      const unsub = '       --!'
      const subs = '        ^-!'
      const expected = '    -q'
      expectObservable(source.pipe(to()), unsub).toBe(expected, BECAME)
      expectSubscriptions(source.subscriptions).toBe(subs)
    })
  })
})
