import { describe, expect, test } from '@jest/globals'
import { type NatsConnection, TimeoutError } from '@nats-io/nats-core'
import { JetStreamLog } from '../../src/nats/jetstream-log.ts'
import { settingsOf } from '../../src/nats/nats-options.ts'

/** Servers of which the first so many questions get no answer. */
function servers(unanswered: number): { connection: NatsConnection; asked: string[] } {
  const asked: string[] = []
  const connection = {
    options: {},
    info: { version: '2.10.0' },
    request: async (subject: string) => {
      asked.push(subject)
      if (asked.length <= unanswered) throw new TimeoutError()
      const subjects = subject.endsWith('_STATES') ? ['hg.fleet.snap', 'hg.fleet.part.>'] : ['hg.fleet.log']
      const config = { subjects, num_replicas: 3, max_bytes: -1 }
      return { data: new TextEncoder().encode(JSON.stringify({ config, state: {} })) }
    },
    publish: () => {
      throw new Error('CLOSED_CONNECTION')
    },
    closed: () => new Promise(() => {}),
    status: () => ({ stop: () => {}, [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) }),
  }
  return { connection: connection as unknown as NatsConnection, asked }
}

const open = (connection: NatsConnection, writeTimeoutMs = 15_000): Promise<JetStreamLog> =>
  JetStreamLog.open(connection, settingsOf({ stream: 'FLEET', writeTimeoutMs }, 'fleet'), 'fleet')

describe('the streams', () => {
  test('are asked for again where nobody answers, as while a leader is elected', async () => {
    const { connection, asked } = servers(3)
    const { server } = await open(connection)
    expect(server.replicas).toBe(3)
    expect(asked.length).toBe(5)
  })

  test('are asked for as long as a write may take', async () => {
    await expect(open(servers(Number.POSITIVE_INFINITY).connection, 1)).rejects.toThrow(TimeoutError)
  })
})

test('a record that the connection throws at is one that is lost: whoever wrote it publishes it again', async () => {
  const log = await open(servers(0).connection)
  expect(() => log.publish('{}', 'one-1', 3)).not.toThrow()
})
