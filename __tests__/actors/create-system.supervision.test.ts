import { describe, expect, test } from '@jest/globals'
import { parentMachine, partMachine, systemOf } from './support.ts'

const FAULT = 'root/part:a message failed'

describe('supervision', () => {
  test('a fault leaves the child in its last committed state', async () => {
    const { system, say, send, want } = systemOf(
      parentMachine({ supervise: { strategy: 'restart', backoffMs: 50 } }),
    )
    want('a')
    say('a', 'kept')
    send('root/part:a', 'FAIL')
    await system.idle()
    expect(system.get('root/part:a')?.context).toEqual({ log: ['kept'], input: undefined })
    expect(system.stats('root/part:a')?.status).toBe('failed')
  })

  test('stop, which is the default, ends the child and tells the parent', async () => {
    for (const supervise of [undefined, { strategy: 'stop' }]) {
      const { system, store, send, want, faults } = systemOf(parentMachine(supervise && { supervise }))
      want('a', 'b')
      const a = system.get('root/part:a')
      send('root/part:a', 'FAIL')
      await system.idle()
      expect(store.context.told).toEqual(['error.child a: failed after 0'])
      expect(faults).toEqual([])
      expect(a?.closed).toBe(true)
      expect([system.get('root/part:a'), send('root/part:a', 'SAY')]).toEqual([undefined, 'unknown'])
      expect(system.stats('root/part:a')?.status).toBe('ended')
      expect(system.metrics().actors).toBe(2)
    }
  })

  test('a child that has ended is started anew when its key was given up and is wanted again', async () => {
    const { system, send, want, logOf } = systemOf(parentMachine())
    want('a')
    send('root/part:a', 'FAIL')
    await system.idle()
    want('a', 'b')
    expect(logOf('a')).toBeUndefined()
    want('b')
    want('b', 'a')
    expect(logOf('a')).toEqual([])
  })

  test('a failure that nobody takes up is a fault', async () => {
    for (const onFault of [undefined, { guard: () => false }]) {
      const { system, send, want, faults } = systemOf(parentMachine({ onFault }))
      want('a')
      send('root/part:a', 'FAIL')
      await system.idle()
      expect(faults).toEqual([`${FAULT} (1)`])
      expect(system.metrics().actors).toBe(1)
    }
  })

  test('restart starts again from the initial state with the same input; what waits is handled then', async () => {
    const inputs: string[] = []
    const input = (_context: unknown, key: string) => {
      inputs.push(key)
      return { key }
    }
    const child = { input, supervise: { strategy: 'restart' } }
    const { system, store, say, send, want, contextOf, faults } = systemOf(parentMachine(child))
    want('a')
    const a = system.get('root/part:a')
    const reasons: string[] = []
    a?.subscribe(({ reason }) => void reasons.push(reason))
    say('a', 'lost')
    send('root/part:a', 'FAIL')
    say('a', 'kept')
    await system.idle()
    expect(contextOf('root/part:a')).toEqual({ log: ['kept'], input: { key: 'a' } })
    expect(inputs).toEqual(['a'])
    expect(reasons).toEqual(['INIT', 'SAY', 'RESTART', 'SAY'])
    expect(system.get('root/part:a')).toBe(a)
    expect(faults).toEqual([`${FAULT} (1)`])
    expect(store.context.told).toEqual([])
  })

  test('restarts at most maxRestarts times within withinMs, then tells the parent', async () => {
    const supervise = { strategy: 'restart', maxRestarts: 2, withinMs: 1_000 }
    const { clock, system, store, send, want, faults } = systemOf(parentMachine({ supervise }))
    want('a')
    const fail = async () => {
      send('root/part:a', 'FAIL')
      await system.idle()
    }
    await fail()
    await fail()
    clock.advance(1_000)
    await fail()
    await fail()
    expect(system.stats('root/part:a')?.restarts).toBe(2)
    expect(store.context.told).toEqual([])
    await fail()
    expect(store.context.told).toEqual(['error.child a: failed after 2'])
    expect(system.get('root/part:a')).toBeUndefined()
    expect(faults).toEqual([1, 2, 1, 2].map((failures) => `${FAULT} (${failures})`))
  })

  test('waits before each restart, twice as long as before the last', async () => {
    const supervise = { strategy: 'restart', backoffMs: 10, withinMs: 10_000 }
    const { clock, system, say, send, want, logOf } = systemOf(parentMachine({ supervise }))
    want('a')
    for (const ms of [10, 20, 40]) {
      send('root/part:a', 'FAIL')
      say('a', 'waits')
      await clock.advanceAsync(ms - 1)
      expect(logOf('a')).toEqual(ms === 10 ? [] : ['waits'])
      expect(system.stats('root/part:a')).toMatchObject({ status: 'failed', waiting: 1 })
      await clock.advanceAsync(1)
      await system.idle()
      expect(system.stats('root/part:a')).toMatchObject({ status: 'running', waiting: 0 })
      expect(logOf('a')).toEqual(['waits'])
    }
    send('root/part:a', 'FAIL')
    await system.idle()
    expect(system.get('root/part:a')).toBeUndefined()
    system.destroy()
    expect(clock.pendingTimers).toBe(0)
  })

  test('a child that waits for its restart has the children of its state, and is not restarted once it is final', async () => {
    const leaf = { machine: partMachine(), keys: () => ['x'], in: ['READY'] }
    const supervise = { strategy: 'restart', backoffMs: 10 }
    const machine = parentMachine({ machine: partMachine({ children: { leaf } }), supervise })
    const { clock, system, send, store, want } = systemOf(machine)
    want('a')
    send('root/part:a', 'FAIL')
    await system.idle()
    expect(system.get('root/part:a/leaf:x')).toBeDefined()
    system.get('root/part:a')?.send({ type: 'END' })
    expect(system.get('root/part:a/leaf:x')).toBeUndefined()
    await system.idle()
    expect(store.context.told).toEqual([])
    await clock.advanceAsync(10)
    expect(system.stats('root/part:a')?.status).toBe('running')
    expect(system.get('root/part:a')?.current).toBe('OVER')
    expect(store.context.told).toEqual(['done.child a: '])
  })

  test('a child that is final when its restart is due handles what waits', async () => {
    const supervise = { strategy: 'restart', backoffMs: 10 }
    const { clock, system, say, send, want } = systemOf(parentMachine({ supervise }))
    want('a')
    send('root/part:a', 'FAIL')
    await system.idle()
    say('a', 'waits')
    system.get('root/part:a')?.send({ type: 'END' })
    await clock.advanceAsync(10)
    await system.idle()
    expect(system.stats('root/part:a')).toMatchObject({ status: 'running', waiting: 0 })
  })

  test('a child that waits for its restart is ended with its timer', async () => {
    const supervise = { strategy: 'restart', backoffMs: 10 }
    const { clock, system, send, want } = systemOf(parentMachine({ supervise }))
    want('a')
    send('root/part:a', 'FAIL')
    await system.idle()
    expect(clock.pendingTimers).toBe(1)
    want()
    expect(clock.pendingTimers).toBe(0)
  })

  test('timers and work of a child that failed are gone, and begin anew with its restart', async () => {
    const { clock, system, send, want } = systemOf(
      parentMachine({ supervise: { strategy: 'restart', backoffMs: 7 } }),
    )
    want('a')
    send('root/part:a', 'WAIT')
    send('root/part:a', 'FAIL')
    await system.idle()
    expect(clock.timers().map(({ delayMs }) => delayMs)).toEqual([7])
    await clock.advanceAsync(200)
    expect(system.get('root/part:a')?.current).toBe('READY')
    const same = systemOf(parentMachine({ supervise: { strategy: 'restart' }, machine: waiting() }))
    same.want('a')
    await same.clock.advanceAsync(60)
    same.send('root/part:a', 'FAIL')
    await same.system.idle()
    expect(same.clock.timers().map(({ delayMs }) => delayMs)).toEqual([100])
  })

  test('restarts those below a child too', async () => {
    const inner = parentMachine({}, { context: { keys: ['x'], told: [] }, on: FAILS })
    const { system, send, want, contextOf } = systemOf(
      parentMachine({ machine: inner, supervise: { strategy: 'restart' } }),
    )
    want('a')
    send('root/part:a/part:x', { type: 'SAY', text: 'before' })
    await system.idle()
    send('root/part:a', 'FAIL')
    await system.idle()
    expect(contextOf('root/part:a/part:x')?.log).toEqual([])
    expect(system.metrics().actors).toBe(3)
  })

  test('escalate is a failure of the parent, which is dealt with by its own parent', async () => {
    const inner = parentMachine(
      { supervise: { strategy: 'escalate' } },
      { context: { keys: ['x', 'y'], told: [] } },
    )
    const { system, store, send, want, contextOf } = systemOf(
      parentMachine({ machine: inner, supervise: { strategy: 'restart', maxRestarts: 1 } }),
    )
    want('a', 'b')
    send('root/part:a/part:y', { type: 'SAY', text: 'before' })
    send('root/part:a/part:x', 'FAIL')
    await system.idle()
    expect(contextOf('root/part:a/part:y')?.log).toEqual([])
    expect(system.metrics().actors).toBe(7)
    send('root/part:a/part:x', 'FAIL')
    await system.idle()
    expect(store.context.told).toEqual(['error.child a: failed after 1'])
    expect(system.metrics().actors).toBe(4)
  })

  test('escalated to the root it is a fault, and the root goes on', async () => {
    const { system, store, send, want, faults } = systemOf(
      parentMachine({ supervise: { strategy: 'escalate' } }),
    )
    want('a', 'b')
    send('root/part:a', 'FAIL')
    await system.idle()
    expect(faults).toEqual(['root message failed (1)'])
    expect(system.metrics().actors).toBe(2)
    expect(store.closed).toBe(false)
  })

  test('work without onError, timers, keys and guards that throw are faults of a child', async () => {
    const fails = () => {
      throw new Error('failed')
    }
    const states: Record<string, object> = {
      invoke: { invoke: { src: () => Promise.reject(new Error('failed')) } },
      after: { after: { 5: { guard: fails } } },
    }
    for (const [phase, READY] of Object.entries(states)) {
      const machine = partMachine({ states: { READY } })
      const { clock, store, want, system } = systemOf(parentMachine({ machine }))
      want('a')
      await clock.advanceAsync(5)
      await system.idle()
      expect([phase, store.context.told]).toEqual([phase, ['error.child a: failed after 0']])
    }
    const guarded = partMachine({ on: { GO: { guard: fails } } })
    const parents = parentMachine({ keys: fails })
    for (const machine of [guarded, parents]) {
      const { system, store, want, send } = systemOf(parentMachine({ machine }))
      want('a')
      send('root/part:a', 'GO')
      await system.idle()
      expect(store.context.told).toEqual(['error.child a: failed after 0'])
    }
  })

  test('an input or a first entry that throws is a failure of the child', async () => {
    let left = 2
    const input = () => {
      left -= 1
      if (left >= 0) throw new Error('failed')
      return 'made'
    }
    const restarted = systemOf(parentMachine({ input, supervise: { strategy: 'restart' } }))
    restarted.want('a')
    expect(restarted.contextOf('root/part:a')).toBeUndefined()
    expect(restarted.say('a', 'waits')).toBe('queued')
    await restarted.system.idle()
    expect(restarted.contextOf('root/part:a')).toEqual({ log: ['waits'], input: 'made' })

    const entry = () => {
      throw new Error('failed')
    }
    const stopped = systemOf(parentMachine({ machine: partMachine({ states: { READY: { entry } } }) }))
    stopped.want('a')
    await stopped.system.idle()
    expect(stopped.store.context.told).toEqual(['error.child a: failed after 0'])

    const endless = systemOf(
      parentMachine({
        machine: partMachine({ states: { READY: { entry } } }),
        supervise: { strategy: 'restart' },
      }),
    )
    endless.want('a')
    await endless.system.idle()
    expect(endless.store.context.told).toEqual(['error.child a: failed after 3'])
  })

  test('a machine that is final is not restarted', async () => {
    const keys = (context: { told: string[] }) => {
      if (context.told.length > 0) throw new Error('late')
      return []
    }
    const inner = parentMachine(
      { keys },
      { states: { ON: { type: 'final' } }, context: { keys: [], told: [] } },
    )
    const child = { machine: inner, supervise: { strategy: 'restart' } }
    const { system, want, faults } = systemOf(parentMachine(child))
    want('a')
    await system.idle()
    system
      .get('root/part:a' as never)
      ?.updateContext((draft) => void (draft as { told: string[] }).told.push('x'))
    await system.idle()
    expect(faults).toEqual(['root/part:a children late (1)'])
    expect(system.get('root/part:a')?.current).toBe('ON')
  })

  test('what is thrown at a caller of the store is no fault', () => {
    const { system, want, faults } = systemOf(parentMachine())
    want('a')
    const a = system.get('root/part:a')
    expect(() => a?.send({ type: 'FAIL' } as never)).toThrow('failed')
    expect([faults, system.stats('root/part:a')?.status]).toEqual([[], 'running'])
  })

  test('a child whose store somebody destroyed has ended', async () => {
    const { system, want, send } = systemOf(parentMachine())
    want('a', 'b')
    system.get('root/part:a')?.destroy()
    expect(system.get('root/part:a')).toBeUndefined()
    expect(send('root/part:a', 'SAY')).toBe('unknown')
    expect(system.metrics().actors).toBe(2)
  })

  test('onDone is told once, with the output; a guard may refuse it', async () => {
    const { system, store, say, send, want } = systemOf(parentMachine())
    want('a', 'b')
    say('a', 'hello')
    send('root/part:a', 'END')
    await system.idle()
    expect(store.context.told).toEqual(['done.child a: hello'])
    expect(system.get('root/part:a')?.current).toBe('OVER')
    system.get('root/part:a')?.updateContext(() => {})
    want('a')
    await system.idle()
    expect(store.context.told).toHaveLength(1)
    const refusing = systemOf(parentMachine({ onDone: { guard: () => false, target: 'OFF' } }))
    refusing.want('a')
    refusing.send('root/part:a', 'END')
    await refusing.system.idle()
    expect([refusing.store.current, refusing.faults]).toEqual(['ON', []])
  })

  test('transitions of children lead to states, as those of the machine itself', async () => {
    const composed = parentMachine(
      { onDone: 'OUTER', onFault: 'OFF' },
      {
        initial: 'OUTER',
        states: {
          OUTER: { initial: 'INNER', states: { INNER: { on: { DEEPER: 'DEEP' } }, DEEP: {} } },
          OFF: {},
        },
      },
    )
    const { system, store, send, want } = systemOf(composed)
    want('a', 'b')
    store.send({ type: 'DEEPER' })
    send('root/part:a', 'END')
    await system.idle()
    expect(store.current).toBe('OUTER.INNER')
    send('root/part:b', 'FAIL')
    await system.idle()
    expect(store.current).toBe('OFF')
  })

  test('onDone and onFault that throw are failures of the parent', async () => {
    const update = () => {
      throw new Error('mine')
    }
    const { system, send, want, faults } = systemOf(
      parentMachine({ onDone: { update }, onFault: { update } }),
    )
    want('a', 'b')
    send('root/part:a', 'END')
    send('root/part:b', 'FAIL')
    await system.idle()
    expect(faults).toEqual(['root message mine (1)', 'root message mine (1)'])
    expect(system.get('root/part:b')).toBeUndefined()
  })
})

const FAILS = {
  FAIL: {
    update: () => {
      throw new Error('failed')
    },
  },
}

/** Begins where a timer runs. */
const waiting = () =>
  partMachine({ initial: 'READY', states: { READY: { after: { 100: 'LATE' } }, LATE: {} } })
