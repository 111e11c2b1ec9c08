import { describe, expect, jest, test } from '@jest/globals'
import { Subject } from 'rxjs'
import {
  buffer,
  createStore,
  type Store,
  type StoreOptions,
  type SubscriberFault,
} from '../../../src/index.ts'
import { microtasks, refusal, reportedByRxjs } from '../support.ts'

const fail = (message: string) => (): never => {
  throw new Error(message)
}

/** Takes the place of `console.error`; jest puts the real one back after each test. */
const silenceConsole = () => jest.spyOn(console, 'error').mockImplementation(() => {})

describe('a fault', () => {
  test('tells who failed, with what, where and at which version', () => {
    const faults: SubscriberFault[] = []
    const store = createStore(0, { onFault: (fault) => faults.push(fault) })
    const phases = { next: fail('next'), complete: fail('complete') }
    store.subscribe(phases, { id: 'log', replay: false })
    store.subscribe(() => new Promise(() => {}), {
      id: 'slow',
      policy: buffer({ capacity: 1 }),
      onDrop: fail('drop'),
    })
    store.set(1)
    store.set(2)
    store.destroy()
    expect(
      faults.map(({ subscriberId, phase, version, error }) => [subscriberId, phase, version, String(error)]),
    ).toEqual([
      ['log', 'next', 1, 'Error: next'],
      ['log', 'next', 2, 'Error: next'],
      ['slow', 'drop', 1, 'Error: drop'],
      ['log', 'complete', -1, 'Error: complete'],
      ['slow', 'drop', 2, 'Error: drop'],
    ])
  })

  test('is the loss of a subscription that nobody else is told of', () => {
    const faults: SubscriberFault[] = []
    const store = createStore(0, { onFault: (fault) => faults.push(fault) })
    const handlers = [new Subject<void>(), new Subject<void>()]
    store.subscribe(({ version }) => handlers[version], {
      policy: buffer({ capacity: 1, overflow: 'error' }),
      id: 'archive',
    })
    store.set(1)
    store.set(2)
    handlers[0]?.complete()
    expect(faults).toEqual([])
    handlers[1]?.complete()
    expect(faults).toEqual([
      {
        subscriberId: 'archive',
        phase: 'error',
        version: -1,
        error: refusal('BUFFER_OVERFLOW'),
        failures: 1,
      },
    ])
  })
})

describe('where a fault goes', () => {
  test('to the console where nobody listens', () => {
    const print = silenceConsole()
    const store = createStore(0, { name: 'arm' })
    const error = new Error('next')
    store.subscribe(
      () => {
        throw error
      },
      { id: 'log' },
    )
    expect(print.mock.calls).toEqual([
      ['[headgate] store "arm": subscriber "log" failed in "next" at version 0:', error],
    ])
  })

  test('to faults$, and then not to the console', () => {
    const print = silenceConsole()
    const store = createStore(0)
    const faults: SubscriberFault[] = []
    const subscription = store.faults$.subscribe((fault) => faults.push(fault))
    store.subscribe(fail('next'))
    expect(faults).toHaveLength(1)
    expect(print).not.toHaveBeenCalled()
    subscription.unsubscribe()
    store.set(1)
    expect(faults).toHaveLength(1)
    expect(print).toHaveBeenCalledTimes(1)
  })

  test('to faults$ and to onFault, where there are both', () => {
    const print = silenceConsole()
    const told: string[] = []
    const store = createStore(0, { onFault: () => told.push('onFault') })
    store.faults$.subscribe(() => told.push('faults$'))
    store.subscribe(fail('next'))
    expect(told).toEqual(['faults$', 'onFault'])
    expect(print).not.toHaveBeenCalled()
  })

  test('to onFault; what that throws goes to the console with the fault, and disturbs nobody', () => {
    const print = silenceConsole()
    const onFaultError = new Error('onFault')
    const store = createStore(0, {
      name: 'arm',
      onFault: () => {
        throw onFaultError
      },
    })
    const seen: number[] = []
    store.subscribe(fail('next'))
    store.subscribe(({ state }) => void seen.push(state))
    store.set(1)
    const told = [
      [`[headgate] store "arm": onFault itself failed on subscriber "subscriber-1" in "next":`, onFaultError],
      ['[headgate] store "arm": the fault that it was told:', expect.any(Error)],
    ]
    expect(print.mock.calls).toEqual([...told, ...told])
    expect(seen).toEqual([0, 1])
  })

  test('to an async onFault; what that rejects with goes to the console with the fault', async () => {
    const print = silenceConsole()
    const onFaultError = new Error('onFault')
    const store = createStore(0, { name: 'arm', onFault: async () => Promise.reject(onFaultError) })
    store.subscribe(fail('next'))
    expect(print).not.toHaveBeenCalled()
    await microtasks()
    expect(print.mock.calls).toEqual([
      [`[headgate] store "arm": onFault itself failed on subscriber "subscriber-1" in "next":`, onFaultError],
      ['[headgate] store "arm": the fault that it was told:', expect.any(Error)],
    ])
  })

  test('to no observer of faults$ that came after it', () => {
    const store = createStore(0, { onFault: () => {} })
    store.subscribe(fail('next'))
    const faults: SubscriberFault[] = []
    store.faults$.subscribe((fault) => faults.push(fault))
    expect(faults).toEqual([])
  })

  test.each([
    [
      'throws',
      (): never => {
        throw new Error('observer')
      },
    ],
    [
      'is async and rejects',
      async (): Promise<never> => {
        throw new Error('observer')
      },
    ],
  ])('past an observer of faults$ that %s, which the console is told', async (_what, observe) => {
    const printed = jest.spyOn(console, 'error').mockImplementation(() => {})
    const store = createStore(0, { name: 'arm' })
    let faults = 0
    store.faults$.subscribe(observe)
    store.faults$.subscribe(() => {
      faults += 1
    })
    expect(reportedByRxjs(() => store.subscribe(fail('next')))).toEqual([])
    await microtasks()
    expect(faults).toBe(1)
    expect(printed.mock.calls).toEqual([
      ['[headgate] store "arm": a subscriber of faults$ failed itself:', new Error('observer')],
    ])
  })
})

describe('onFault', () => {
  test('may write: that is delivered after the version being delivered', () => {
    const seen: number[] = []
    const store = createStore(0, {
      onFault: ({ version }) => {
        if (version === 1) store.set(99)
      },
    })
    store.subscribe(fail('next'))
    store.subscribe(({ state }) => void seen.push(state))
    store.set(1)
    expect(seen).toEqual([0, 1, 99])
  })

  test('may unsubscribe the one that failed', async () => {
    const faults: number[] = []
    const store = createStore(0, {
      onFault: ({ version }) => {
        faults.push(version)
        handle.unsubscribe()
      },
    })
    const handle = store.subscribe(() => Promise.reject(new Error('next')))
    store.set(1)
    await microtasks()
    store.set(2)
    expect(faults).toEqual([0])
    expect(handle.stats()).toMatchObject({ published: 2, delivered: 1, dropped: 1, errors: 1, inFlight: 0 })
  })

  test('may destroy the store', () => {
    const store = createStore(0, { onFault: () => store.destroy() })
    const seen: number[] = []
    store.subscribe(({ version }) => {
      if (version === 1) throw new Error('next')
    })
    store.subscribe(({ version }) => void seen.push(version))
    store.set(1)
    expect(seen).toEqual([0])
    expect(store.metrics().subscriberCount).toBe(0)
  })
})

describe('a log of failures', () => {
  const silenceWarnings = () => jest.spyOn(console, 'warn').mockImplementation(() => {})

  /** A store whose consumer does as a plan says, from version 1 on: `x` fails, all else is handled. */
  function follow(plan: string, options: StoreOptions = {}): Store<number> {
    const store = createStore(0, { name: 'arm', ...options })
    store.subscribe(
      ({ state }) => {
        if (plan[state - 1] === 'x') throw new Error(`version ${state}`)
      },
      { id: 'log', replay: false },
    )
    for (let n = 1; n <= plan.length; n += 1) store.set(n)
    return store
  }

  test('tells the first failure of an episode, then those at powers of two, then "recovered"', () => {
    const [errors, warnings] = [silenceConsole(), silenceWarnings()]
    follow(`${'x'.repeat(9)}.`)
    expect(errors.mock.calls.map(([line]) => line)).toEqual([
      '[headgate] store "arm": subscriber "log" failed in "next" at version 1:',
      '[headgate] store "arm": subscriber "log" failed in "next" at version 2 (2 failures in this episode):',
      '[headgate] store "arm": subscriber "log" failed in "next" at version 4 (4 failures in this episode):',
      '[headgate] store "arm": subscriber "log" failed in "next" at version 8 (8 failures in this episode):',
    ])
    expect(errors.mock.calls[3]?.[1]).toEqual(new Error('version 8'))
    expect(warnings.mock.calls).toEqual([
      ['[headgate] store "arm": subscriber "log" recovered after 9 failures'],
    ])
  })

  test('tells of a single failure in the singular, and begins anew with the next episode', () => {
    const [errors, warnings] = [silenceConsole(), silenceWarnings()]
    follow('x.xx..')
    expect(errors).toHaveBeenCalledTimes(3)
    expect(warnings.mock.calls.flat()).toEqual([
      '[headgate] store "arm": subscriber "log" recovered after 1 failure',
      '[headgate] store "arm": subscriber "log" recovered after 2 failures',
    ])
  })

  test('of a consumer that fails every other time grows with the logarithm', () => {
    const [errors, warnings] = [silenceConsole(), silenceWarnings()]
    const lines = (failures: number): number => {
      errors.mockClear()
      warnings.mockClear()
      follow('x.'.repeat(failures))
      return errors.mock.calls.length + warnings.mock.calls.length
    }
    expect([lines(16), lines(256), lines(4_096)]).toEqual([6, 10, 14])
  })

  test("is each subscriber's own", () => {
    const errors = silenceConsole()
    const store = createStore(0)
    for (const id of ['one', 'two']) store.subscribe(fail(id), { id, replay: false })
    for (let n = 1; n <= 3; n += 1) store.set(n)
    const told = errors.mock.calls.map(([line]) => /"(one|two)".*version (\d)/.exec(String(line))?.slice(1))
    expect(told).toEqual([
      ['one', '1'],
      ['two', '1'],
      ['one', '2'],
      ['two', '2'],
    ])
  })

  test('is not kept where somebody listens: each is told, with the failures of its episode', () => {
    const [errors, warnings] = [silenceConsole(), silenceWarnings()]
    const told: number[] = []
    follow('xxx.x', { onFault: ({ failures }) => told.push(failures) })
    expect(told).toEqual([1, 2, 3, 1])
    expect([...errors.mock.calls, ...warnings.mock.calls]).toEqual([])
  })

  test('counts a failing onDrop in the same episode', () => {
    const told: [phase: string, failures: number][] = []
    const store = createStore(0, { onFault: ({ phase, failures }) => told.push([phase, failures]) })
    store.subscribe(() => new Promise(() => {}), {
      policy: buffer({ capacity: 1 }),
      onDrop: fail('drop'),
    })
    for (let n = 1; n <= 3; n += 1) store.set(n)
    expect(told).toEqual([
      ['drop', 1],
      ['drop', 2],
    ])
  })
})
