import { describe, expect, jest, test } from '@jest/globals'
import { expectTypeOf } from 'expect-type'
import { buffer, createMachineStore, createStore, defineMachine, derive, transact } from '../../src/index.ts'
import { kernelOf } from '../../src/store/index.ts'

function twoStores() {
  const giro = createStore(100, { name: 'giro' })
  const savings = createStore(0, { name: 'savings' })
  const move = (amount: number): void => {
    giro.set(giro.state - amount, 'OUT')
    savings.set(savings.state + amount, 'IN')
  }
  const told: string[] = []
  giro.subscribe(({ version }) => void told.push(`giro ${version}: ${giro.state}, ${savings.state}`))
  savings.subscribe(({ version }) => void told.push(`savings ${version}: ${giro.state}, ${savings.state}`))
  told.length = 0
  const states = (): string =>
    `${giro.snapshot.version}: ${giro.state}, ${savings.snapshot.version}: ${savings.state}`
  return { giro, savings, move, told, states }
}

const BEFORE = '0: 100, 0: 0'

const isOpen = (store: object): boolean => kernelOf(store as never).inBatch

const refusal = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}

describe('transact', () => {
  test('publishes the writes to each store as one version, and returns what the work returned', () => {
    const { giro, savings, move, told } = twoStores()
    const result = transact([giro, savings], () => {
      move(10)
      move(20)
      return 'moved'
    })
    expectTypeOf(result).toEqualTypeOf<string>()
    expect(result).toBe('moved')
    expect(told).toEqual(['giro 1: 70, 30', 'savings 1: 70, 30'])
    expect(giro.snapshot.reason).toBe('OUT')
  })

  test('the stores tell in the order in which they are given', () => {
    const { giro, savings, move, told } = twoStores()
    transact([savings, giro, savings], () => move(10))
    expect(told).toEqual(['savings 1: 90, 10', 'giro 1: 90, 10'])
  })

  test('followers of what stands on both are told once, of both', () => {
    const { giro, savings, move } = twoStores()
    const project = jest.fn((one: number, other: number) => `${one}+${other}`)
    const told: string[] = []
    derive([giro, savings], project).subscribe(({ state }) => void told.push(state))
    transact([giro, savings], () => move(30))
    expect(told).toEqual(['100+0', '70+30'])
    expect(project).toHaveBeenCalledTimes(2)
  })

  test('readers inside see the writes; what is published is as before', () => {
    const { giro, savings, move, told } = twoStores()
    const total = derive([giro, savings], (one, other) => `${one}+${other}`)
    transact([giro, savings], () => {
      move(30)
      expect(giro.state).toBe(70)
      expect(total.state).toBe('70+30')
      expect(giro.published.state).toBe(100)
      expect(total.published.state).toBe('100+0')
      expect(told).toEqual([])
    })
  })

  test('labels the version of each store', () => {
    const { giro, savings, move } = twoStores()
    transact([giro, savings], () => move(1), { reason: 'MOVE', source: 'bank', metadata: { id: '7' } })
    const label = { version: 1, reason: 'MOVE', source: 'bank', metadata: { id: '7' } }
    expect(giro.snapshot).toMatchObject(label)
    expect(savings.snapshot).toMatchObject(label)
  })

  test('a store that was not written, or ends as it began, has no new version', () => {
    const { giro, savings, told } = twoStores()
    transact([giro, savings], () => {
      giro.set(1)
      giro.set(100)
    })
    expect(told).toEqual([])
    expect(giro.snapshot.version).toBe(0)
  })

  test('runs machines: events inside are told, and acted upon, at the end', () => {
    const door = createMachineStore(
      defineMachine({
        id: 'door',
        initial: 'SHUT',
        context: {},
        states: { SHUT: { on: { OPEN: 'WIDE' } }, WIDE: {} },
      }),
    )
    const { giro } = twoStores()
    const transitions: string[] = []
    door.transitions$.subscribe(({ to }) => transitions.push(to))
    transact([door, giro], () => {
      door.send('OPEN')
      expect(door.current).toBe('WIDE')
      expect(transitions).toEqual([])
    })
    expect(transitions).toEqual(['WIDE'])
  })

  test('what a subscriber writes meanwhile is told behind it, everywhere', () => {
    const { giro, savings, move, told } = twoStores()
    giro.subscribe(({ version }) => {
      if (version === 1) savings.set(1_000)
    })
    transact([giro, savings], () => move(10))
    expect(told).toEqual(['giro 1: 90, 10', 'savings 1: 90, 1000', 'savings 2: 90, 1000'])
  })

  test('a subscriber may transact over the same stores', () => {
    const { giro, savings, move, states } = twoStores()
    giro.subscribe(({ version }) => {
      if (version === 1) transact([savings, giro], () => move(5))
    })
    transact([giro, savings], () => move(10))
    expect(states()).toBe('2: 85, 2: 15')
  })
})

describe('transact, all or nothing', () => {
  test('a throw reaches the caller as it is', () => {
    const { giro, savings, move, told, states } = twoStores()
    const error = new Error('no')
    const run = (): void =>
      transact([giro, savings], () => {
        move(10)
        throw error
      })
    expect(refusal(run)).toBe(error)
    expect(states()).toBe(BEFORE)
    expect(told).toEqual([])
    expect(giro.metrics().failedWrites).toBe(1)
    giro.set(1)
    expect(told).toEqual(['giro 1: 1, 0'])
  })

  test('work that returns a promise is refused', () => {
    const { giro, savings, move, told, states } = twoStores()
    const run = (): unknown => transact([giro, savings], (async () => move(10)) as never)
    expect(refusal(run)).toMatchObject({
      code: 'TRANSACTION_ASYNC',
      details: { stores: ['giro', 'savings'], returned: 'a promise' },
    })
    expect(states()).toBe(BEFORE)
    expect(told).toEqual([])
  })

  test('a guard that refuses, in any store', () => {
    const { giro, savings, move, states } = twoStores()
    kernelOf(savings).guard((_write, state) => {
      if (state > 5) throw new Error('too much')
    })
    expect(() => transact([giro, savings], () => move(10))).toThrow('too much')
    expect(states()).toBe(BEFORE)
  })

  test('a subscriber that suspends its writers and is full, in any store', async () => {
    const { giro, savings, move, states } = twoStores()
    savings.subscribe(() => new Promise(() => {}), {
      policy: buffer({ capacity: 1, overflow: 'suspend' }),
      replay: false,
    })
    savings.set(0)
    savings.set(0)
    const before = states()
    expect(refusal(() => transact([giro, savings], () => move(10)))).toMatchObject({
      code: 'SUBSCRIBER_FULL',
    })
    expect(states()).toBe(before)
    expect(isOpen(giro)).toBe(false)
  })

  test('a store that is destroyed before, or by the work', () => {
    for (const when of ['before', 'inside']) {
      const { giro, savings, move, told } = twoStores()
      if (when === 'before') savings.destroy()
      const run = (): void =>
        transact([giro, savings], () => {
          move(10)
          savings.destroy()
        })
      expect(refusal(run)).toMatchObject({ code: 'STORE_DESTROYED' })
      expect(giro.snapshot).toMatchObject({ version: 0, state: 100 })
      expect(savings.state).toBe(0)
      expect(told).toEqual([])
      giro.set(1)
      expect(told).toEqual(['giro 1: 1, 0'])
    }
  })

  test('inside a recipe, or a derived value, nothing begins', () => {
    const { giro, savings, states } = twoStores()
    const recipe = (): unknown => giro.update(() => transact([savings, giro], () => 1))
    expect(refusal(recipe)).toMatchObject({ code: 'WRITE_IN_RECIPE' })
    const inside = derive([giro], () => transact([savings], () => 1))
    expect(refusal(() => inside.state)).toMatchObject({ code: 'WRITE_IN_DERIVE' })
    expect(isOpen(savings)).toBe(false)
    expect(states()).toBe(BEFORE)
  })

  test('a store that is not given is written at once, and stays written', () => {
    const { giro, savings, told } = twoStores()
    const run = (): void =>
      transact([giro], () => {
        giro.set(1)
        savings.set(1)
        throw new Error('no')
      })
    expect(run).toThrow('no')
    expect(told).toEqual(['savings 1: 1, 1'])
    expect(giro.state).toBe(100)
  })

  test('what is no store is refused before anything is done', () => {
    const { giro } = twoStores()
    const work = jest.fn()
    expect(refusal(() => transact([giro, {} as never], work))).toMatchObject({ code: 'KERNEL_ABSENT' })
    expect(work).not.toHaveBeenCalled()
  })
})

describe('transact, nested', () => {
  test('joins: nobody is told before the outermost returned', () => {
    const { giro, savings, move, told } = twoStores()
    transact([giro, savings], () => {
      transact([savings, giro], () => move(10))
      expect(told).toEqual([])
      move(10)
    })
    expect(told).toEqual(['giro 1: 80, 20', 'savings 1: 80, 20'])
  })

  test('stores that join inside are part of it, also where the sets only overlap', () => {
    const { giro, savings, move, told } = twoStores()
    transact([savings], () => {
      transact([savings, giro], () => move(10), 'MOVE')
      expect(told).toEqual([])
      expect(giro.published.state).toBe(100)
    })
    expect(told).toEqual(['savings 1: 90, 10', 'giro 1: 90, 10'])
    expect(giro.snapshot.reason).toBe('MOVE')
  })

  test('an outer one that throws takes back what inner ones wrote, whichever stores they gave', () => {
    const { giro, savings, move, told, states } = twoStores()
    const run = (): void =>
      transact([savings], () => {
        transact([savings, giro], () => move(10))
        throw new Error('no')
      })
    expect(run).toThrow('no')
    expect(states()).toBe(BEFORE)
    expect(told).toEqual([])
    expect([giro, savings].some(isOpen)).toBe(false)
  })

  test('an inner one that throws takes back its own writes only', () => {
    const { giro, savings, move, told } = twoStores()
    transact([savings], () => {
      savings.set(7)
      const run = (): void =>
        transact([giro, savings], () => {
          move(10)
          throw new Error('inner')
        })
      expect(run).toThrow('inner')
      expect([giro.state, savings.state]).toEqual([100, 7])
    })
    expect(told).toEqual(['savings 1: 100, 7'])
  })

  test('a batch of one store inside is a part of it', () => {
    const { giro, savings, move, told } = twoStores()
    transact([giro, savings], () => giro.batch(() => move(10)))
    expect(told).toEqual(['giro 1: 90, 10', 'savings 1: 90, 10'])
  })

  test.each([
    ['a batch', (run: () => void, { giro }: ReturnType<typeof twoStores>) => giro.batch(run)],
    [
      'a batch inside a transaction',
      (run: () => void, { giro, savings }: ReturnType<typeof twoStores>) =>
        transact([giro, savings], () => giro.batch(run)),
    ],
  ])('inside %s, which could be taken back alone, it is refused', (_where, inside) => {
    const stores = twoStores()
    const { giro, savings, move, states } = stores
    const run = (): void => inside(() => transact([savings, giro], () => move(10)), stores)
    expect(refusal(run)).toMatchObject({ code: 'TRANSACTION_IN_BATCH', details: { store: 'giro' } })
    expect(states()).toBe(BEFORE)
    expect([giro, savings].some(isOpen)).toBe(false)
  })
})
