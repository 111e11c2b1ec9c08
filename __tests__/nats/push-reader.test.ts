import { expect, test } from '@jest/globals'
import { headers, type NatsConnection } from '@nats-io/nats-core'
import { VirtualTimeScheduler } from 'rxjs'
import type { ConnectionWatch } from '../../src/nats/connection-watch.ts'
import { PushReader } from '../../src/nats/push-reader.ts'

/** A consumer of which the test says what it sends. */
async function reader(pending: number): Promise<{ told: unknown[]; send(message: object): void }> {
  let callback!: (error: null, message: object) => void
  const connection = {
    subscribe: (_: string, options: { callback: typeof callback }) => {
      callback = options.callback
      return { unsubscribe: () => {} }
    },
    isClosed: () => false,
  } as unknown as NatsConnection
  const watch = { isConnected: true, listen: () => () => {} } as unknown as ConnectionWatch
  const told: unknown[] = []
  const follower = {
    entry: ({ sequence }: { sequence: number }) => told.push(sequence),
    upToDate: () => told.push('up to date'),
    lost: (error: unknown) => told.push(String(error)),
  }
  const create = async (): Promise<{ pending: number; remove(): void }> => ({ pending, remove: () => {} })
  new PushReader(connection, watch, follower, new VirtualTimeScheduler(), create).start('inbox')
  await new Promise((resolve) => setImmediate(resolve))
  return { told, send: (message) => callback(null, message) }
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
