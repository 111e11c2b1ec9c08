import { describe, expect, test } from '@jest/globals'
import { buffer } from '../../src/index.ts'
import { caught } from '../store/support.ts'
import { parentMachine, partMachine, systemOf } from './support.ts'

describe('ActorSystem.send', () => {
  test('says what becomes of a message: queued, dropped, or nobody is there', async () => {
    const { system, say, send, want, logOf } = systemOf(parentMachine({ mailbox: buffer({ capacity: 2 }) }))
    want('a')
    expect(say('a', '1')).toBe('queued')
    expect(say('b', '1')).toBe('unknown')
    for (const address of ['', 'a', 'root/', 'root/part', 'root/other:a', 'root/part:a/part:b']) {
      expect(send(address, 'SAY')).toBe('unknown')
    }
    await system.idle()
    expect(logOf('a')).toEqual(['1'])
    expect(system.metrics()).toEqual({ actors: 2, waiting: 0, deadLetters: 7 })
  })

  test('a message that does not fit is dropped, and counted at its receiver', async () => {
    for (const mailbox of [undefined, buffer({ capacity: 64, overflow: 'drop-incoming' })]) {
      const { system, say, want, logOf } = systemOf(parentMachine(mailbox && { mailbox }))
      want('a')
      const sent = Array.from({ length: 70 }, (_, n) => say('a', String(n)))
      expect(sent.filter((result) => result === 'dropped')).toHaveLength(6)
      expect(system.stats('root/part:a')).toEqual({
        status: 'running',
        waiting: 64,
        dropped: 6,
        restarts: 0,
      })
      await system.idle()
      expect(logOf('a')).toHaveLength(64)
      expect(say('a', 'later')).toBe('queued')
    }
  })

  test('drops the oldest where the mailbox says so', async () => {
    const mailbox = buffer({ capacity: 2, overflow: 'drop-oldest' })
    const { system, say, want, logOf } = systemOf(parentMachine({ mailbox }))
    want('a')
    for (const text of ['1', '2', '3', '4']) expect(say('a', text)).toBe('queued')
    await system.idle()
    expect(logOf('a')).toEqual(['3', '4'])
    expect(system.stats('root/part:a')?.dropped).toBe(2)
  })

  test('the root has a mailbox of its own', async () => {
    const mailbox = buffer({ capacity: 1, overflow: 'error' })
    const { system, send } = systemOf(partMachine(), { system: { mailbox } })
    expect([send('root', 'END'), send('root', 'END')]).toEqual(['queued', 'dropped'])
    await system.idle()
    expect(system.get('root')?.current).toBe('OVER')
  })

  test('messages between two arrive in the order in which they were sent, each once', async () => {
    const { system, say, want, logOf } = systemOf(parentMachine())
    want('a', 'b')
    for (let n = 0; n < 30; n += 1) say(n % 2 === 0 ? 'a' : 'b', String(n))
    await system.idle()
    expect(logOf('a')).toEqual(Array.from({ length: 15 }, (_, n) => String(2 * n)))
    expect(logOf('b')).toEqual(Array.from({ length: 15 }, (_, n) => String(2 * n + 1)))
  })

  test('a message is handled after the commit that sent it has been published, also in a batch', async () => {
    const { system, store, say, want, logOf } = systemOf(parentMachine())
    want('a')
    const seen: unknown[] = []
    store.subscribe(({ version }) => {
      say('a', `v${version}`)
      seen.push(logOf('a'))
    })
    store.batch(() => {
      say('a', 'batch')
      store.send({ type: 'OFF' })
      seen.push(logOf('a'))
    })
    expect(seen).toEqual([[], [], []])
    await system.idle()
    expect(logOf('a')).toEqual(['v1', 'batch', 'v2'])
  })

  test('a message that a recipe sends is handled when the recipe has ended', async () => {
    const out: { say?: () => void } = {}
    const machine = parentMachine(
      {},
      {
        on: {
          WANT: { update: (draft: { keys: string[] }) => void draft.keys.push('a') },
          TALK: { update: () => out.say?.() },
        },
      },
    )
    const { system, store, want, say, logOf } = systemOf(machine)
    want()
    out.say = () => say('a', 'inside')
    store.send({ type: 'TALK' })
    await system.idle()
    expect(logOf('a')).toEqual(['inside'])
  })

  test('no stack grows with a chain of 100 000 messages, and timers have their turn', async () => {
    const { system, send, want } = systemOf(parentMachine({ machine: counting() }))
    want('a', 'b')
    const [a, b] = ['a', 'b'].map((key) => system.get(`root/part:${key}`))
    let left = 100_000
    let turns = 0
    for (const [store, other] of [
      [a, 'b'],
      [b, 'a'],
    ] as const) {
      store?.subscribe(
        () => {
          left -= 1
          if (left > 0) send(`root/part:${other}`, 'NEXT')
        },
        { replay: false },
      )
    }
    const ticking = setInterval(() => {
      turns += 1
    }, 0)
    send('root/part:a', 'NEXT')
    await system.idle()
    clearInterval(ticking)
    expect(left).toBe(0)
    expect(turns).toBeGreaterThan(0)
  })

  test('what is no event is refused, and nothing is sent', () => {
    const { send, want } = systemOf(parentMachine())
    want('a')
    for (const event of [undefined, 3, {}, { type: 3 }]) {
      expect(caught(() => send('root/part:a', event))).toMatchObject({ code: 'EVENT_INVALID' })
    }
  })

  test('an event that is not handled is counted where it arrived', async () => {
    const { system, send, want } = systemOf(parentMachine())
    want('a')
    send('root/part:a', 'NOTHING')
    await system.idle()
    expect(system.get('root/part:a')?.metrics().unhandledEvents).toBe(1)
  })

  test('an actor whose follower suspends its writers takes the message when there is room', async () => {
    const { system, say, want, logOf, faults } = systemOf(parentMachine())
    want('a')
    const gates: (() => void)[] = []
    const policy = buffer({ capacity: 1, overflow: 'suspend' })
    system
      .get('root/part:a' as never)
      ?.subscribe(() => new Promise<void>((resolve) => gates.push(resolve)), { policy })
    for (const text of ['1', '2', '3']) say('a', text)
    await system.idle()
    expect(logOf('a')).toEqual(['1'])
    expect(system.stats('root/part:a')).toMatchObject({ waiting: 2, status: 'running' })
    expect(system.snapshot().root.children?.[0]?.inbox).toHaveLength(2)
    for (let round = 0; round < 10; round += 1) {
      gates.shift()?.()
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(logOf('a')).toEqual(['1', '2', '3'])
    expect(faults).toEqual([])
  })

  test('what waits for an actor that is ended is a dead letter', async () => {
    const { system, say, want } = systemOf(parentMachine())
    want('a', 'b')
    say('a', '1')
    say('a', '2')
    say('b', '1')
    want('b')
    await system.idle()
    expect(system.metrics().deadLetters).toBe(2)
    expect(say('a', '3')).toBe('unknown')
    system.destroy()
    expect(say('b', '3')).toBe('unknown')
    await system.idle()
  })
})

/** Counts. */
const counting = () =>
  partMachine({
    on: {
      NEXT: {
        update: (draft: { input: number }) => void Object.assign(draft, { input: (draft.input ?? 0) + 1 }),
      },
    },
  })

describe('ActorSystem.messages$', () => {
  test('tells each message and notice as its actor is given it, with who sent it', async () => {
    const { clock, system, say, want, store, send } = systemOf(parentMachine())
    want('a', 'b')
    const messages: unknown[] = []
    system.messages$.subscribe(({ from, to, event, at }) =>
      messages.push([from, to, event.type, at - clock.wall()]),
    )
    store.subscribe(({ reason }) => {
      if (reason === 'OFF') say('a', 'from the root')
    })
    system.send('root/part:b', 'END', { from: 'me' })
    send('root', 'OFF')
    await system.idle()
    expect(messages).toEqual([
      ['me', 'root/part:b', 'END', 0],
      [undefined, 'root', 'OFF', 0],
      ['root', 'root/part:a', 'SAY', 0],
      ['root/part:b', 'root', 'done.child', 0],
    ])
  })

  test('contains who follows, and completes with the system', async () => {
    const { system, say, want, logOf, faults } = systemOf(parentMachine())
    want('a')
    let isComplete = false
    system.messages$.subscribe({
      next: () => {
        throw new Error('mine')
      },
      complete: () => {
        isComplete = true
      },
    })
    say('a', '1')
    await system.idle()
    expect(logOf('a')).toEqual(['1'])
    expect(faults).toEqual(['messages$ next mine (1)'])
    system.destroy()
    expect(isComplete).toBe(true)
  })
})
