import { describe, expect, test } from '@jest/globals'
import { buffer, direct, latest } from '../../src/backpressure/index.ts'
import { StopSwitch } from '../../src/cli/stop-switch.ts'
import { attachSubscribers, chooseSubscribers, SETTLE_MS_MAX, settle } from '../../src/cli/subscribers.ts'
import { type Cell, createMachineStore, type MachineStore } from '../../src/machine/index.ts'
import { fakeIo, ManualTime } from './support/fake-io.ts'
import { lamp } from './support/machines.ts'

const openStore = (): MachineStore<unknown, Cell> => createMachineStore<unknown, Cell>(lamp)

describe('chooseSubscribers', () => {
  const consumer = { next: () => {} }
  const own = [
    { id: 'log', policy: direct(), consumer },
    { id: 'ui', policy: latest(), consumer },
  ]

  test('gives the subscribers of the module, then those that were asked for', () => {
    const chosen = chooseSubscribers(own, [{ id: 'rpc', policy: buffer() }])
    expect(chosen.map(({ id, policy }) => [id, policy.kind])).toEqual([
      ['log', 'direct'],
      ['ui', 'latest'],
      ['rpc', 'buffer'],
    ])
  })

  test('gives a subscriber of the module the policy that is asked for under its id', () => {
    const chosen = chooseSubscribers(own, [{ id: 'ui', policy: buffer() }])
    expect(chosen.map(({ id, policy }) => [id, policy.kind])).toEqual([
      ['log', 'direct'],
      ['ui', 'buffer'],
    ])
    expect(chosen[1]?.consumer).toBe(consumer)
  })
})

describe('settle', () => {
  const idle = (): StopSwitch => new StopSwitch(new AbortController().signal)

  test('does not wait for subscribers that have finished', async () => {
    const time = new ManualTime()
    const handles = attachSubscribers(openStore(), chooseSubscribers([], [{ id: 'a', policy: latest() }]))
    await settle(handles, time, idle())
    expect(time.slept).toEqual([])
  })

  test('waits until a busy subscriber has finished what it holds', async () => {
    const time = new ManualTime()
    const store = openStore()
    const ends: (() => void)[] = []
    const consumer = { next: () => new Promise<void>((end) => void ends.push(end)) }
    const handles = attachSubscribers(store, [{ id: 'slow', policy: latest(), consumer }])
    store.send('PRESS')
    time.every(50, () => ends.shift()?.())
    await settle(handles, time, idle())
    expect(time.now()).toBe(100)
    expect(handles[0]?.stats()).toMatchObject({ delivered: 2, pending: 0, inFlight: 0 })
  })

  test('gives up after a bounded time', async () => {
    const time = new ManualTime()
    const consumer = { next: () => new Promise<void>(() => {}) }
    const handles = attachSubscribers(openStore(), [{ id: 'stuck', policy: latest(), consumer }])
    await settle(handles, time, idle())
    expect(time.now()).toBe(SETTLE_MS_MAX)
  })

  test('does not wait once the run is stopped', async () => {
    const { abort, time } = fakeIo()
    const consumer = { next: () => new Promise<void>(() => {}) }
    const handles = attachSubscribers(openStore(), [{ id: 'stuck', policy: latest(), consumer }])
    abort.abort('SIGINT')
    await settle(handles, time, new StopSwitch(abort.signal))
    expect(time.slept).toEqual([])
  })
})
