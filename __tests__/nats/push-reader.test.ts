import { describe, expect, test } from '@jest/globals'
import { headers, type NatsConnection } from '@nats-io/nats-core'
import { VirtualTimeScheduler } from 'rxjs'
import type { ConnectionWatch } from '../../src/nats/connection-watch.ts'
import { PushReader } from '../../src/nats/push-reader.ts'

type Callback = (error: null, message: object) => void

interface Consumer {
  readonly pending: number
  remove(): void
}

/** Which of the consumers that were asked for are heard, what was told, and a time that the test moves. */
function reading(create: (inbox: string) => Promise<Consumer>) {
  const callbacks = new Map<string, Callback>()
  const connection = {
    subscribe: (inbox: string, { callback }: { callback: Callback }) => {
      callbacks.set(inbox, callback)
      return { unsubscribe: () => callbacks.delete(inbox) }
    },
    isClosed: () => false,
  } as unknown as NatsConnection
  const scheduler = new VirtualTimeScheduler()
  const watch = { isConnected: true, listen: () => () => {} } as unknown as ConnectionWatch
  const told: unknown[] = []
  const follower = {
    entry: ({ sequence }: { sequence: number }) => told.push(sequence),
    upToDate: () => told.push('up to date'),
    lost: (error: unknown) => told.push(String(error)),
  }
  const end = new PushReader(connection, watch, follower, scheduler, create).start()
  const pass = async (ms: number): Promise<void> => {
    scheduler.maxFrames = scheduler.frame + ms
    scheduler.flush()
    scheduler.frame = scheduler.maxFrames
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { told, callbacks, end, pass, scheduler }
}

/** A consumer of which the test says what it sends. */
async function reader(pending: number): Promise<{ told: unknown[]; send(message: object): void }> {
  const { told, callbacks, pass } = reading(async () => ({ pending, remove: () => {} }))
  await pass(0)
  return { told, send: (message) => [...callbacks.values()][0]?.(null, message) }
}

const record = (sequence: number, number: number, pending: number): object => ({
  headers: undefined,
  reply: `$JS.ACK.S.C.1.${sequence}.${number}.0.${pending}`,
  data: new Uint8Array(1),
  string: () => '{}',
})

function beat(newest: number): object {
  const head = headers(100, 'Idle Heartbeat')
  head.set('Nats-Last-Consumer', String(newest))
  return { headers: head, reply: '', data: new Uint8Array() }
}

test('a server that has nothing to send says so by its beat, whatever it has said of how much is behind', async () => {
  const { told, send } = await reader(2)
  send(record(7, 1, 1))
  expect(told).toEqual([7])
  send(beat(1))
  expect(told).toEqual([7, 'up to date'])
})

test('all is read that was there when it was asked, whatever each message says of how much is behind', async () => {
  const { told, send } = await reader(2)
  for (const number of [1, 2, 3]) send(record(6 + number, number, 1))
  expect(told).toEqual([7, 8, 'up to date', 9])
})

test('a beat behind a message that did not come ends the reading', async () => {
  const { told, send } = await reader(2)
  send(record(7, 1, 1))
  send(beat(2))
  expect(told).toEqual([7, 'Error: Message 2 of the consumer did not come.'])
})

test.each([-1, 1])('a clock that jumps by %p hours neither hides a silence nor makes one', async (hours) => {
  const { told, callbacks, pass, scheduler } = reading(async () => ({ pending: 1, remove: () => {} }))
  await pass(0)
  const send = [...callbacks.values()][0]
  send?.(null, record(7, 1, 0))
  const now = scheduler.now.bind(scheduler)
  scheduler.now = () => now() + hours * 3_600_000
  await pass(3_000)
  send?.(null, beat(1))
  await pass(3_000)
  expect(told.at(-1)).toBe('up to date')
  await pass(3_000)
  expect(told.at(-1)).toBe('Error: The server is silent.')
})

describe('a server that does not answer', () => {
  const inboxes: string[] = []
  const answers: ((consumer: Consumer) => void)[] = []
  const removed: number[] = []
  const refusals: ((error: unknown) => void)[] = []
  const answer = (at: number, pending: number): void =>
    answers[at]?.({ pending, remove: () => void removed.push(at) })
  const start = () => {
    for (const list of [inboxes, answers, removed, refusals]) list.length = 0
    return reading((inbox) => {
      inboxes.push(inbox)
      return new Promise((resolve, reject) => {
        answers.push(resolve)
        refusals.push(reject)
      })
    })
  }

  test('is asked for another consumer, and the first that is there is read, from its beginning', async () => {
    const { told, callbacks, pass } = start()
    await pass(1_200)
    expect(inboxes.length).toBe(3)
    // What comes before the answer is of that one.
    callbacks.get(inboxes[1] as string)?.(null, record(7, 1, 0))
    callbacks.get(inboxes[2] as string)?.(null, record(7, 1, 0))
    expect(told).toEqual([])
    answer(1, 1)
    await pass(0)
    expect(told.filter((each) => each !== 'up to date')).toEqual([7])
    expect(told).toContain('up to date')
    expect([...callbacks.keys()]).toEqual([inboxes[1]])
    callbacks.get(inboxes[1] as string)?.(null, record(8, 2, 0))
    expect(told.at(-1)).toBe(8)
    // What is there later goes, and what fails later is no matter.
    answer(2, 1)
    refusals[0]?.(new Error('timeout'))
    await pass(1_000)
    expect(removed).toEqual([2])
    expect(told.at(-1)).toBe(8)
    expect(inboxes.length).toBe(3)
  })

  test('is asked no more once that is over', async () => {
    const { told, callbacks, pass, end } = start()
    await pass(600)
    end()
    await pass(5_000)
    answer(0, 0)
    await pass(0)
    expect(inboxes.length).toBe(2)
    expect(removed).toEqual([0])
    expect(callbacks.size).toBe(0)
    expect(told).toEqual([])
  })
})
