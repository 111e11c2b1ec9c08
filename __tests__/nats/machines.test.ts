/** Machines that many have: one transition for all, and one member that runs what a machine does by itself. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createSystem } from '../../src/actors/index.ts'
import { defineMachine } from '../../src/index.ts'
import { type JoinedMachine, settle, World } from './support/world.ts'

const door = defineMachine({
  id: 'door',
  initial: 'SHUT',
  context: { opened: 0, wide: 0 },
  types: {} as { events: { type: 'OPEN'; wide: number } | { type: 'SHUT' } },
  states: {
    SHUT: {
      on: {
        OPEN: {
          target: 'OPEN',
          guard: (_, { wide }) => wide > 0,
          update: (draft, { wide }) => {
            draft.opened += 1
            draft.wide = wide
          },
        },
      },
    },
    OPEN: { on: { SHUT: 'SHUT' } },
  },
})

const light = defineMachine({
  id: 'light',
  initial: 'RED',
  context: { blinks: 0 },
  types: {} as { events: { type: 'GO' } | { type: 'BLINK' } },
  states: {
    RED: {
      after: { 1000: 'GREEN' },
      on: {
        GO: 'GREEN',
        BLINK: {
          update: (draft) => {
            draft.blinks += 1
          },
        },
      },
    },
    GREEN: { on: { GO: 'RED' } },
  },
})

interface Tools {
  send(event: object): unknown
  update(recipe: (draft: { list: string[] }) => void): unknown
  readonly signal: AbortSignal
}

interface Queue {
  jobs: string[]
  done: string[]
}

let world: World
beforeEach(() => {
  world = new World()
})
afterEach(() => world.close())

/** Members of one machine; the first of them leads. */
async function members(machine: unknown, count = 2): Promise<JoinedMachine[]> {
  const joined: JoinedMachine[] = []
  for (let n = 0; n < count; n += 1) {
    joined.push(world.joinMachine(machine as never, { lead: n < 2 }))
    await world.pass(0)
  }
  return joined
}

const statesOf = (joined: readonly JoinedMachine[]): unknown[] =>
  joined.map(({ store }) => [store.published.version, store.state])

const leadersOf = (joined: readonly JoinedMachine[]): boolean[] => joined.map(({ member }) => member.leading)

async function sent(promise: Promise<unknown>): Promise<unknown> {
  await world.pass(0)
  return promise
}

describe('MachineMember', () => {
  test('sends an event from any member: one transition, the same for all', async () => {
    const [one, two] = (await members(door)) as [JoinedMachine, JoinedMachine]
    expect(await sent(two.member.send({ type: 'OPEN', wide: 3 }))).toEqual({ committed: true, version: 2 })
    const [first, second] = statesOf([one, two])
    expect(first).toEqual(second)
    expect(one.store.state).toMatchObject({ current: 'OPEN', context: { opened: 1, wide: 3 } })
    expect(one.store.snapshot).toMatchObject({ reason: 'OPEN', source: two.member.id })
    expect(await sent(one.member.send('SHUT', { reason: 'NIGHT' }))).toMatchObject({ committed: true })
    expect(two.store.snapshot.reason).toBe('NIGHT')
    expect(two.store.state.history).toHaveLength(2)
  })

  test('an event that the state refuses is a value, and nothing is written', async () => {
    const [one] = (await members(door)) as [JoinedMachine]
    const { sequence } = world.servers
    expect(await sent(one.member.send('SHUT'))).toEqual({
      committed: false,
      reason: 'refused',
      version: 1,
      message: 'the event was not handled: unhandled',
    })
    expect(await sent(one.member.send({ type: 'OPEN', wide: 0 }))).toMatchObject({
      message: 'the event was not handled: guard',
    })
    expect(world.servers.sequence).toBe(sequence)
  })

  test('what came too late is decided again, on what came', async () => {
    const [one, two, three] = (await members(door, 3)) as [JoinedMachine, JoinedMachine, JoinedMachine]
    const results = Promise.all([one, two, three].map(({ member }) => member.send({ type: 'OPEN', wide: 1 })))
    await world.pass(1_000)
    const committed = (await results).filter((result) => result.committed)
    expect(committed).toHaveLength(1)
    expect((await results).filter((result) => !result.committed && result.reason === 'refused')).toHaveLength(
      2,
    )
    expect(one.store.context.opened).toBe(1)
    expect(statesOf([one, two, three])).toEqual(Array(3).fill(statesOf([one])[0]))
  })

  test('refuses direct writes, states that the machine has not, and events that are none', async () => {
    const [one] = (await members(door)) as [JoinedMachine]
    expect(() => one.store.send({ type: 'OPEN', wide: 1 })).toThrow(
      expect.objectContaining({ code: 'WRITE_ELSEWHERE' }),
    )
    const update = one.member.update((draft: { current: unknown }) => {
      draft.current = 'AJAR'
    })
    update.catch(() => {})
    await expect(sent(update)).rejects.toMatchObject({ code: 'STATE_UNKNOWN' })
    await expect(one.member.send(7 as never)).rejects.toMatchObject({ code: 'EVENT_INVALID' })
    const circular = { type: 'OPEN', self: {} }
    circular.self = circular
    await expect(one.member.send(circular as never)).rejects.toMatchObject({ code: 'CODEC_INVALID' })
    expect(one.member.status).toBe('live')
  })

  test('one member leads, and its timers are the only ones that run', async () => {
    const joined = await members(light, 3)
    expect(leadersOf(joined)).toEqual([true, false, false])
    const [one] = joined as [JoinedMachine]
    expect(joined.map(({ member }) => member.stats().leader)).toEqual(Array(3).fill(one.member.id))
    await world.pass(999)
    expect(one.store.current).toBe('RED')
    await world.pass(1)
    expect(joined.map(({ store }) => store.current)).toEqual(['GREEN', 'GREEN', 'GREEN'])
    expect(statesOf(joined)).toEqual(Array(3).fill([2, one.store.state]))
    await world.pass(20_000)
    expect(one.store.published.version).toBe(2)
  })

  test('a timer whose state was left before its turn in the log does nothing', async () => {
    const [one, two] = (await members(light)) as [JoinedMachine, JoinedMachine]
    await world.pass(999)
    const going = two.member.send('GO')
    await world.tick()
    expect(await sent(going)).toMatchObject({ committed: true })
    await world.pass(100)
    expect(one.store.state).toMatchObject({ current: 'GREEN', attempts: 1 })
  })

  test('hands over at close(): another one goes on with what is left of the timers', async () => {
    const joined = await members(light)
    const [one, two] = joined as [JoinedMachine, JoinedMachine]
    const leaders: (string | null)[] = []
    two.member.leader$.subscribe((leader) => leaders.push(leader))
    await world.pass(600)
    const closing = one.member.close()
    await world.pass(0)
    await closing
    expect(leadersOf(joined)).toEqual([false, true])
    expect(leaders).toEqual([one.member.id, null, two.member.id])
    await world.pass(399)
    expect(two.store.current).toBe('RED')
    await world.pass(1)
    expect(two.store.current).toBe('GREEN')
  })

  test('takes over when the lease of a leader that is gone has run out', async () => {
    const joined = await members(light, 3)
    const [one, two, three] = joined as [JoinedMachine, JoinedMachine, JoinedMachine]
    await sent(two.member.send('GO'))
    await sent(two.member.send('GO'))
    one.log.unplug()
    await world.pass(2_900)
    expect(leadersOf(joined).slice(1)).toEqual([false, false])
    expect(two.store.current).toBe('RED')
    await world.pass(200)
    expect(leadersOf(joined)).toEqual([false, true, false])
    expect([two, three].map(({ store }) => store.current)).toEqual(['GREEN', 'GREEN'])
  })

  test('a leader that was away goes on where nobody has taken over, and runs nothing twice', async () => {
    const blinking = defineMachine({
      id: 'blinking',
      initial: 'ON',
      context: { blinks: 0 },
      states: {
        ON: {
          after: {
            5000: {
              update: (draft: { blinks: number }) => {
                draft.blinks += 1
              },
            },
          },
        },
      },
    })
    const one = world.joinMachine(blinking as never)
    await world.pass(4_000)
    expect(one.member.leading).toBe(true)
    one.log.unplug()
    await world.pass(4_000)
    expect(one.member.leading).toBe(false)
    one.log.isUnplugged = false
    await world.pass(6_000)
    expect(one.member.leading).toBe(true)
    expect(one.store.context.blinks).toBe(1)
    await world.pass(20_000)
    expect(one.store.context.blinks).toBe(1)
  })

  test('what a leader commits that comes back late is refused by the fence, and told', async () => {
    const joined = await members(light)
    const [one, two] = joined as [JoinedMachine, JoinedMachine]
    // It takes itself for the leader for longer than the others do.
    one.log.unplug()
    await world.pass(800)
    const { underway } = world.servers
    await world.pass(150)
    expect(one.member.leading).toBe(true)
    await world.pass(100) // its timer has fired, and waits
    expect(underway).toEqual([])
    await world.pass(4_000)
    expect(leadersOf(joined)).toEqual([false, true])
    one.log.isUnplugged = false
    await world.pass(4_000)
    expect(one.store.state).toEqual(two.store.state)
    expect(two.store.state).toMatchObject({ current: 'GREEN', attempts: 1 })
    expect(one.faults.filter(({ phase }) => phase === 'effects')).toMatchObject([
      { error: { code: 'LEADERSHIP_LOST', details: { operation: 'after.1000' } } },
    ])
    expect(one.member.stats().fenced).toBe(1)
  })

  test('work writes in its turn, and is begun again by the next leader', async () => {
    let runs = 0
    const foreseen: unknown[] = []
    const worker = defineMachine({
      id: 'worker',
      initial: 'ON',
      context: { list: [] as string[] },
      states: {
        ON: {
          on: {
            ADD: {
              update: (draft: { list: string[] }, { text }: { text: string }) => {
                draft.list.push(text)
              },
            },
          },
          invoke: {
            src: (_context: unknown, _event: unknown, { send, update, signal }: Tools) => {
              runs += 1
              const run = runs
              foreseen.push(send({ type: 'ADD', text: `sent by ${run}` }))
              update((draft) => {
                draft.list.push(`written by ${run}`)
              })
              return new Promise<void>((resolve) => {
                signal.addEventListener('abort', () => resolve())
              })
            },
          },
        },
      },
    } as never)
    const [one, two] = (await members(worker)) as [JoinedMachine, JoinedMachine]
    await world.pass(0)
    expect(two.store.context.list).toEqual(['sent by 1', 'written by 1'])
    expect(foreseen).toMatchObject([{ handled: true, snapshot: { version: 1 } }])
    const closing = one.member.close()
    await world.pass(0)
    await closing
    expect(two.store.context.list).toEqual(['sent by 1', 'written by 1', 'sent by 2', 'written by 2'])
    expect(two.store.state.history).toEqual([])
  })

  test.each(['the leader', 'another member'])(
    'what work writes whose state %s has left meanwhile is late, and does not count',
    async (who) => {
      let tools!: Tools
      const worker = defineMachine({
        id: 'worker',
        initial: 'ON',
        context: { list: [] as string[] },
        on: {
          ADD: {
            update: (draft: { list: string[] }, { text }: { text: string }) => {
              draft.list.push(text)
            },
          },
        },
        states: {
          ON: {
            on: { NEXT: 'OFF' },
            invoke: {
              src: (_context: unknown, _event: unknown, given: Tools) => {
                tools = given
                return new Promise<void>((resolve) => {
                  given.signal.addEventListener('abort', () => resolve())
                })
              },
            },
          },
          OFF: {},
        },
      } as never)
      const [one, two] = (await members(worker)) as [JoinedMachine, JoinedMachine]
      const first = who === 'the leader' ? one : two
      const leaving = first.member.send('NEXT')
      // That of another member is on its way; that of the leader waits together with what follows.
      if (first === two) await settle()
      tools.update((draft) => void draft.list.push('written'))
      tools.send({ type: 'ADD', text: 'sent' })
      expect(await sent(leaving)).toMatchObject({ committed: true })
      await world.pass(100)
      expect(two.store.state).toMatchObject({ current: 'OFF', context: { list: [] } })
      expect(one.store.metrics().lateWrites).toBe(2)
    },
  )

  test('what is to be done outside of the context is done by the leader, whoever sent the event', async () => {
    const done: string[] = []
    const bell = defineMachine({
      id: 'bell',
      initial: 'ON',
      context: { rung: 0 },
      types: {} as { events: { type: 'RING'; by: string } | { type: 'COUNT' }; emitted: { type: 'RANG' } },
      states: {
        ON: {
          on: {
            RING: {
              emit: { type: 'RANG' },
              run: (_context, { by }, { send }) => {
                done.push(by)
                send('COUNT')
              },
            },
            COUNT: {
              update: (draft) => {
                draft.rung += 1
              },
            },
          },
        },
      },
    })
    const joined = await members(bell)
    const emitted = joined.map(({ store }) => {
      const events: unknown[] = []
      store.events$.subscribe((event: unknown) => events.push(event))
      return events
    })
    for (const [n, { member }] of joined.entries()) {
      await sent(member.send({ type: 'RING', by: `member ${n}` }))
    }
    expect(done).toEqual(['member 0', 'member 1'])
    expect(emitted).toEqual([[{ type: 'RANG' }, { type: 'RANG' }], []])
    expect(joined.map(({ store }) => store.context.rung)).toEqual([2, 2])
  })

  test('children live on the leader, begin anew on the next one, and what they lead to is the same for all', async () => {
    const job = defineMachine({
      id: 'job',
      initial: 'RUNNING',
      context: {},
      states: { RUNNING: { after: { 1000: 'DONE' } }, DONE: { type: 'final' } },
    })
    const queue = defineMachine({
      id: 'queue',
      initial: 'ON',
      context: { jobs: ['a'], done: [] as string[] },
      states: {
        ON: {
          on: {
            ADD: {
              update: (draft: Queue, { job: added }: { job: string }) => {
                draft.jobs.push(added)
              },
            },
          },
        },
      },
      children: {
        job: {
          machine: job,
          keys: ({ jobs }: Queue) => jobs,
          onDone: {
            update: (draft: Queue, { key }: { key: string }) => {
              draft.jobs = draft.jobs.filter((one) => one !== key)
              draft.done.push(key)
            },
          },
        },
      },
    } as never)
    const systems: { metrics(): { actors: number } }[] = []
    const joined: JoinedMachine[] = []
    for (let n = 0; n < 2; n += 1) {
      const prepare = (store: JoinedMachine['store']): void => void systems.push(createSystem(store))
      joined.push(world.joinMachine(queue as never, {}, prepare))
      await world.pass(0)
    }
    const actors = (): number[] => systems.map((system) => system.metrics().actors)
    const [one, two] = joined as [JoinedMachine, JoinedMachine]
    expect(actors()).toEqual([2, 1])
    await world.pass(1_000)
    expect(two.store.context).toEqual({ jobs: [], done: ['a'] })
    expect(actors()).toEqual([1, 1])
    await sent(two.member.send({ type: 'ADD', job: 'b' }))
    expect(actors()).toEqual([2, 1])
    await world.pass(600)
    const closing = one.member.close()
    await world.pass(0)
    await closing
    expect(actors()).toEqual([1, 2])
    await world.pass(999)
    expect(two.store.context.done).toEqual(['a'])
    await world.pass(1)
    expect(two.store.context).toEqual({ jobs: [], done: ['a', 'b'] })
    expect(actors()).toEqual([1, 1])
  })
})
