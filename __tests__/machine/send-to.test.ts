import { describe, expect, test } from '@jest/globals'
import { of, Subject } from 'rxjs'
import { createMachineStore, type QCoreEvent, qCoreMachine, sendTo } from '../../src/index.ts'
import { refusal } from '../store/support.ts'

describe('sendTo', () => {
  test('gives the results of send themselves', () => {
    const store = createMachineStore(qCoreMachine)
    const results: unknown[] = []
    of('BOOT_COMPLETE' as const, { type: 'PROPOSALS_RECEIVED', count: 0 } as const)
      .pipe(sendTo(store))
      .subscribe((result) => void results.push(result))
    expect(results).toEqual([
      { handled: true, snapshot: store.snapshot, transition: store.state.history[0] },
      { handled: false, reason: 'guard', snapshot: store.snapshot },
    ])
    expect(results[0]).toHaveProperty('snapshot.reason', 'BOOT_COMPLETE')
  })

  test('sends each event once for each of its subscribers', () => {
    const store = createMachineStore(qCoreMachine)
    const sent$ = of('BOOT_COMPLETE' as const).pipe(sendTo(store))
    const handled: boolean[] = []
    sent$.subscribe(({ handled: one }) => void handled.push(one))
    sent$.subscribe(({ handled: one }) => void handled.push(one))
    expect(handled).toEqual([true, false])
  })

  test('ends with the refusal of a strict store, and the store works on', () => {
    const store = createMachineStore(qCoreMachine, { strict: true })
    const events$ = new Subject<QCoreEvent>()
    const errors: unknown[] = []
    events$.pipe(sendTo(store)).subscribe({ error: (error) => void errors.push(error) })
    events$.next({ type: 'NO_PROPOSALS' })
    expect(errors).toEqual([refusal('EVENT_UNHANDLED')])
    expect(events$.observed).toBeFalse()
    expect(store.send('BOOT_COMPLETE').handled).toBeTrue()
  })

  test('ends with the refusal of a destroyed store', () => {
    const store = createMachineStore(qCoreMachine)
    store.destroy()
    const errors: unknown[] = []
    of('BOOT_COMPLETE' as const)
      .pipe(sendTo(store))
      .subscribe({ error: (error) => void errors.push(error) })
    expect(errors).toEqual([refusal('STORE_DESTROYED')])
  })
})
