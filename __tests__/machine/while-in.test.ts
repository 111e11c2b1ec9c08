import { describe, expect, test } from '@jest/globals'
import { NEVER, Observable, of } from 'rxjs'
import { createMachineStore, qCoreMachine, whileIn } from '../../src/index.ts'
import { microtasks } from '../store/support.ts'

/** An inner stream that notes when it is subscribed and unsubscribed, and never ends by itself. */
const noting = (log: string[], name = 'inner'): Observable<never> =>
  new Observable(() => {
    log.push(`${name} on`)
    return () => log.push(`${name} off`)
  })

const boot = () => {
  const store = createMachineStore(qCoreMachine)
  store.send('BOOT_COMPLETE')
  return store
}

describe('whileIn', () => {
  test('subscribes the inner stream with the state, and unsubscribes it before the next one', () => {
    const store = createMachineStore(qCoreMachine)
    const log: string[] = []
    whileIn(store, ['IDLE', 'ERROR_STATE'], ({ current }) => noting(log, current)).subscribe()
    expect(log).toEqual([])
    store.send('BOOT_COMPLETE')
    expect(log).toEqual(['IDLE on'])
    store.send({ type: 'PROPOSALS_RECEIVED', count: 1 })
    expect(log).toEqual(['IDLE on', 'IDLE off'])
    store.send({ type: 'GUARD_EVENT', severity: 'critical', message: 'x' })
    expect(log).toEqual(['IDLE on', 'IDLE off', 'ERROR_STATE on'])
  })

  test('does not start it anew between two of its states, nor for a write that stays', () => {
    const store = boot()
    const log: string[] = []
    const given: string[] = []
    whileIn(store, ['IDLE', 'ACTIVE'], ({ current }) => {
      given.push(current)
      return noting(log)
    }).subscribe()
    store.send({ type: 'PROPOSALS_RECEIVED', count: 1 })
    store.update((draft) => {
      draft.context.proposals = 2
    })
    store.send('NO_PROPOSALS')
    expect({ log, given }).toEqual({ log: ['inner on'], given: ['IDLE'] })
  })

  test('starts at once where the machine is in one of the states', () => {
    const log: string[] = []
    whileIn(boot(), 'IDLE', () => noting(log)).subscribe()
    expect(log).toEqual(['inner on'])
  })

  test('starts nothing for no state at all', () => {
    const log: string[] = []
    const store = boot()
    whileIn(store, [], () => noting(log)).subscribe()
    store.send('SHUTDOWN')
    expect(log).toEqual([])
  })

  test('starts nothing for a state that a batch passes through', () => {
    const store = boot()
    const log: string[] = []
    whileIn(store, 'ACTIVE', () => noting(log)).subscribe()
    store.batch(() => {
      store.send({ type: 'PROPOSALS_RECEIVED', count: 1 })
      store.send('NO_PROPOSALS')
    })
    expect(log).toEqual([])
  })

  test('ends it with the store, and completes', () => {
    const store = boot()
    const log: string[] = []
    whileIn(store, 'IDLE', () => noting(log)).subscribe({ complete: () => void log.push('complete') })
    store.destroy()
    expect(log).toEqual(['inner on', 'inner off', 'complete'])
  })

  test('ends it with its subscriber, and leaves the store', () => {
    const store = boot()
    const log: string[] = []
    whileIn(store, 'IDLE', () => noting(log))
      .subscribe()
      .unsubscribe()
    expect(log).toEqual(['inner on', 'inner off'])
    expect(store.metrics().subscriberCount).toBe(0)
  })

  test('ends the inner stream of a state that it leads out of itself', () => {
    const store = boot()
    const log: string[] = []
    whileIn(store, 'IDLE', () => {
      store.send('SHUTDOWN')
      return noting(log)
    }).subscribe()
    expect(store.current).toBe('SHUTDOWN')
    expect(log).toEqual(['inner on', 'inner off'])
  })

  test('takes a promise, a list and whatever else RxJS takes', async () => {
    const seen: string[] = []
    whileIn(boot(), 'IDLE', () => ['a', 'b']).subscribe((value) => void seen.push(value))
    whileIn(boot(), 'IDLE', async () => 'c').subscribe((value) => void seen.push(value))
    await microtasks()
    expect(seen).toEqual(['a', 'b', 'c'])
  })

  test('ends with what project throws, and lets go of the store', () => {
    const store = boot()
    const error = new Error('project')
    const errors: unknown[] = []
    whileIn(store, 'IDLE', () => {
      throw error
    }).subscribe({ error: (one) => void errors.push(one) })
    expect(errors).toEqual([error])
    expect(store.metrics().subscriberCount).toBe(0)
  })

  test('goes on after the inner stream has ended by itself', () => {
    const store = boot()
    const seen: number[] = []
    let starts = 0
    whileIn(store, 'IDLE', () => of(++starts)).subscribe((value) => void seen.push(value))
    store.send({ type: 'PROPOSALS_RECEIVED', count: 1 })
    store.send('NO_PROPOSALS')
    expect(seen).toEqual([1, 2])
    whileIn(store, 'SHUTDOWN', () => NEVER)
      .subscribe()
      .unsubscribe()
  })
})
