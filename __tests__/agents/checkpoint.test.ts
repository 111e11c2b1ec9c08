import { afterEach, describe, expect, test } from '@jest/globals'
import { VirtualTimeScheduler } from 'rxjs'
import { checkpoint, checkpointer, fork, interruptsOf, resume } from '../../src/agents/index.ts'
import { createMachineStore, createStore, defineMachine } from '../../src/index.ts'
import { memoryEngine } from '../../src/journal/index.ts'
import { faultyEngine } from '../../src/testing/index.ts'
import { createRefund, refundAgent, tokensOf } from './support.ts'

const endings: (() => unknown)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

/** A store whose time a test sets by hand. */
function timed(at = 0) {
  const scheduler = new VirtualTimeScheduler()
  scheduler.frame = at
  const clock = { wall: () => scheduler.frame, mono: () => scheduler.frame }
  const until = (frame: number): void => {
    scheduler.maxFrames = frame
    scheduler.flush()
    scheduler.frame = frame
  }
  return { options: { scheduler, clock } as never, until }
}

function refund(options: Parameters<typeof createRefund>[0] = {}) {
  const store = createRefund(options)
  endings.push(() => store.destroy())
  return store
}

const through = <T>(value: T): T => JSON.parse(JSON.stringify(value))

describe('interruptsOf', () => {
  test('names the states that wait, with the stay in them', () => {
    const store = refund()
    expect(interruptsOf(store)).toEqual([])
    store.send('THOUGHT')
    const [interrupt] = interruptsOf(store)
    expect(interrupt).toMatchObject({ id: 'AWAITING#1', state: 'AWAITING' })
    expect((interrupt?.expiresAt ?? 0) - (interrupt?.since ?? 0)).toBe(60_000)
    store.send({ type: 'ANSWER', approved: true })
    expect(interruptsOf(store)).toEqual([])
  })

  test('names those of all regions, and remembers since when where the history has forgotten it', () => {
    const machine = defineMachine({
      id: 'pair',
      type: 'parallel',
      historyLimit: 1,
      context: {},
      types: {} as { events: { type: 'GO' } | { type: 'OTHER' } },
      states: {
        a: { initial: 'W', states: { W: { waiting: { expiresMs: 100 } } } },
        b: {
          initial: 'X',
          states: {
            X: { on: { GO: 'Y' } },
            Y: { waiting: {}, on: { OTHER: { target: 'Y', reenter: true } } },
          },
        },
      },
    })
    const { options, until } = timed(5_000)
    const store = createMachineStore(machine, options)
    endings.push(() => store.destroy())
    until(6_000)
    store.send('GO')
    store.send('OTHER')
    expect(interruptsOf(store)).toMatchObject([
      { id: 'a.W#0', since: 5_000, expiresAt: 5_100 },
      { id: 'b.Y#2', since: 6_000 },
    ])
  })

  test('refuses a store without a machine', () => {
    expect(() => interruptsOf(createStore({ speed: 0 }))).toThrow('Expected "store" to be a machine store')
  })
})

describe('resume', () => {
  test('goes on where a checkpoint was taken, and runs nothing again', () => {
    const store = refund()
    for (const token of tokensOf(5)) store.send({ type: 'TOKEN', token })
    store.send('THOUGHT')
    const later = resume(refundAgent, through(checkpoint(store)))
    endings.push(() => later.destroy())
    expect(later.state).toEqual(store.state)
    expect(later.snapshot.version).toBe(store.snapshot.version)
    later.send({ type: 'ANSWER', approved: true })
    expect(later.output).toEqual({ paid: 80 })
    expect(store.current).toBe('AWAITING')
  })

  test('has what is left of the time that it waits', () => {
    const before = timed(0)
    const store = refund(before.options)
    store.send('THOUGHT')
    before.until(40_000)
    const saved = through(checkpoint(store))
    const after = timed(50_000)
    const later = resume(refundAgent, saved, after.options)
    endings.push(() => later.destroy())
    expect(interruptsOf(later)[0]?.expiresAt).toBe(60_000)
    after.until(59_999)
    expect(later.current).toBe('AWAITING')
    after.until(60_000)
    expect(later.current).toBe('REFUSED')
  })

  test('takes at once what came due meanwhile', () => {
    const store = refund(timed(0).options)
    store.send('THOUGHT')
    const after = timed(90_000)
    const later = resume(refundAgent, through(checkpoint(store)), after.options)
    endings.push(() => later.destroy())
    after.until(90_000)
    expect(later.current).toBe('REFUSED')
  })

  test.each([null, { AWAITING: 'soon' }, { AWAITING: Number.NaN }])(
    'goes by the history where a checkpoint has no time of entry, but %j',
    (entered) => {
      const store = refund()
      store.send('THOUGHT')
      const [asked] = interruptsOf(store)
      const later = resume(refundAgent, { ...checkpoint(store), entered: entered as never })
      endings.push(() => later.destroy())
      expect(interruptsOf(later)).toEqual([asked])
    },
  )

  test('refuses what is no checkpoint, and a state that the machine does not have', () => {
    expect(() => resume(refundAgent, {} as never)).toThrow(
      'Expected "checkpoint" to be what checkpoint() made',
    )
    for (const none of [null, 1, 'text', [], { threadId: 'a', version: -0.5, snapshot: {} }]) {
      expect(() => resume(refundAgent, none as never)).toThrow('to be what checkpoint() made')
      expect(() => fork(refundAgent, none as never, { threadId: 'b' })).toThrow(
        'to be what checkpoint() made',
      )
    }
    const loop: { self?: unknown } = {}
    loop.self = loop
    expect(() => resume(refundAgent, loop as never)).toThrow('to be what checkpoint() made')
    const other = defineMachine({ id: 'other', initial: 'A', context: {}, states: { A: {} } })
    const store = createMachineStore(other)
    endings.push(() => store.destroy())
    expect(() => resume(refundAgent, checkpoint(store) as never)).toThrow('has no state')
  })
})

describe('checkpointer', () => {
  test.each(['never', null, {}, { ms: Number.NaN }, { ms: -1 }, { ms: 2 ** 31 }, { ms: '5' }])(
    'refuses every: %j',
    async (every) => {
      const store = refund({ held: true })
      await expect(checkpointer(store, memoryEngine(), { every: every as never })).rejects.toMatchObject({
        code: 'OPTION_INVALID',
        details: { option: 'every' },
      })
      await (await checkpointer(store, memoryEngine())).close()
    },
  )
})

describe('fork', () => {
  test('is a thread of its own that shares nothing that can be written, and says where it comes from', () => {
    const store = refund()
    store.send('THOUGHT')
    const { version } = store.snapshot
    const branch = fork(refundAgent, store, { threadId: 'what if' })
    endings.push(() => branch.destroy())
    expect(branch.snapshot.metadata).toEqual({ parentThread: 'refund', parentVersion: String(version) })
    expect(checkpoint(branch)).toMatchObject({ threadId: 'what if', parentId: `refund@${version}` })
    branch.send({ type: 'ANSWER', approved: false })
    expect(store.current).toBe('AWAITING')
    store.send({ type: 'ANSWER', approved: true })
    expect(branch.context.paid).toBe(0)
    expect(branch.context.messages).not.toBe(store.context.messages)
  })
})

describe('checkpointer', () => {
  test('keeps each change of state, and has a new store go on from the newest', async () => {
    const engine = memoryEngine()
    const store = refund()
    const thread = await checkpointer(store, engine, { threadId: 't1' })
    expect(thread.resumedFrom).toBe(-1)
    for (const token of tokensOf(5)) store.send({ type: 'TOKEN', token })
    store.send('THOUGHT')
    expect(await thread.durable()).toBe(6)
    const kept: number[] = []
    for await (const { version } of thread.list()) kept.push(version)
    expect(kept).toEqual([0, 6])
    await thread.close()

    const restarted = refund({ held: true })
    const again = await checkpointer(restarted, engine, { threadId: 't1' })
    expect(again.resumedFrom).toBe(6)
    expect(restarted.state).toEqual(store.state)
    restarted.send({ type: 'ANSWER', approved: true })
    expect(await again.durable()).toBe(7)
    await again.close()
  })

  test('loses at most what came after the last one, and never has half a version', async () => {
    const engine = memoryEngine()
    const store = refund()
    const thread = await checkpointer(store, engine, { threadId: 't1' })
    store.send({ type: 'TOKEN', token: 'to ' })
    store.send('THOUGHT')
    await thread.durable()
    const waiting = store.state
    store.send({ type: 'ANSWER', approved: true })
    // The process is killed here: nobody closes anything, and the last write is not awaited.
    const entries: { key: string; text: string }[] = []
    for await (const entry of engine.read({ from: '', to: '~' })) entries.push(entry)
    const crashed = memoryEngine()
    await crashed.write(entries)
    const restarted = refund({ held: true })
    const again = await checkpointer(restarted, crashed, { threadId: 't1' })
    expect(restarted.state).toEqual(waiting)
    await again.close()
    await thread.close()
  })

  test('keeps all versions with every: commit, and the newest after so much time with { ms }', async () => {
    const engine = memoryEngine()
    const store = refund()
    const all = await checkpointer(store, engine, { threadId: 'all', every: 'commit' })
    const some = await checkpointer(store, engine, { threadId: 'some', every: { ms: 100_000 } })
    for (const token of tokensOf(5)) store.send({ type: 'TOKEN', token })
    await all.durable()
    await all.close()
    expect(all.stats().durable).toBe(6)
    await some.close()
    const again = refund({ held: true })
    const thread = await checkpointer(again, engine, { threadId: 'some' })
    expect(thread.resumedFrom).toBe(5)
    await thread.close()
  })

  test('forks from any version', async () => {
    const store = refund()
    const thread = await checkpointer(store, memoryEngine(), { threadId: 't1' })
    store.send('THOUGHT')
    store.send({ type: 'ANSWER', approved: true })
    await thread.durable()
    const branch = fork(refundAgent, await thread.at(1), { threadId: 't2' })
    endings.push(() => branch.destroy())
    branch.send({ type: 'ANSWER', approved: false })
    expect([store.current, branch.current]).toEqual(['PAID', 'REFUSED'])
    await thread.close()
  })

  test('goes on while the disk fails, and has everything once it does not', async () => {
    const engine = faultyEngine(memoryEngine())
    const store = refund()
    const thread = await checkpointer(store, engine, { threadId: 't1' })
    engine.failWrites('lost')
    store.send('THOUGHT')
    expect(store.current).toBe('AWAITING')
    expect(await thread.durable()).toBe(1)
    await thread.close()
  })

  test('grows with the texts: 500 turns take at most 1.2 times of them', async () => {
    const engine = memoryEngine()
    const chat = defineMachine({
      id: 'chat',
      initial: 'ON',
      historyLimit: 0,
      context: { messages: [] as { role: string; text: string }[] },
      types: {} as { events: { type: 'TURN'; question: string; answer: string } },
      states: {
        ON: {
          on: {
            TURN: {
              target: 'ON',
              reenter: true,
              update: (draft, { question, answer }) => {
                draft.messages.push({ role: 'user', text: question }, { role: 'assistant', text: answer })
              },
            },
          },
        },
      },
    })
    const store = createMachineStore(chat)
    endings.push(() => store.destroy())
    const thread = await checkpointer(store, engine)
    for (let turn = 0; turn < 500; turn += 1) {
      const question = tokensOf(40, turn + 1).join('')
      const answer = tokensOf(340, turn + 1_000).join('')
      store.send({ type: 'TURN', question, answer })
      if (turn % 50 === 0) await thread.durable()
    }
    await thread.durable()
    const texts = store.context.messages.reduce((length, { text }) => length + text.length, 0)
    expect(texts).toBeGreaterThan(900_000)
    expect(thread.stats().bytes / texts).toBeLessThan(1.2)
    await thread.close()
    const again = createMachineStore(chat, { held: true })
    const resumed = await checkpointer(again, engine)
    expect(again.state).toEqual(store.state)
    await resumed.close()
    again.destroy()
  })
})
