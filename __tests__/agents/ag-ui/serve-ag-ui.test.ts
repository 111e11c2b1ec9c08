import { EventEmitter } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { verifyEvents } from '@ag-ui/client'
import { EventSchemas } from '@ag-ui/core/schemas'
import { afterEach, describe, expect, test } from '@jest/globals'
import { lastValueFrom, of, toArray } from 'rxjs'
import { serveAgUi } from '../../../src/agents/index.ts'
import type { SubscriberHandle } from '../../../src/index.ts'
import { createRefund, mapping, tokensOf } from '../support.ts'

const endings: (() => unknown)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

const INPUT = {
  threadId: 'refund',
  runId: 'r1',
  state: {},
  messages: [],
  tools: [],
  context: [],
  forwardedProps: {},
}

function refund() {
  const store = createRefund()
  endings.push(() => store.destroy())
  return store
}

async function listen(store: ReturnType<typeof createRefund>): Promise<string> {
  const server: Server = createServer((req, res) => {
    serveAgUi(req, res, store, mapping as never)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  endings.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const post = (url: string, body: unknown): Promise<Response> =>
  fetch(url, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) })

/** The events of a stream, which the protocol has accepted. */
async function eventsOf(text: string): Promise<{ type: string; [key: string]: unknown }[]> {
  const data = text.split('\n').filter((line) => line.startsWith('data: '))
  const events = data.map((line) => EventSchemas.parse(JSON.parse(line.slice(6))))
  await lastValueFrom(verifyEvents(false)(of(...events) as never).pipe(toArray() as never) as never)
  return events as never
}

/** A response that takes nothing until it is drained. */
class StuckResponse extends EventEmitter {
  readonly written: string[] = []
  isStuck = true
  isEnded = false
  writeHead() {
    return this
  }
  write(text: string): boolean {
    this.written.push(text)
    return !this.isStuck
  }
  end(text = '') {
    this.written.push(text)
    this.isEnded = true
    return this
  }
}

describe('serveAgUi', () => {
  test('streams a run to its end over HTTP', async () => {
    const store = refund()
    const url = await listen(store)
    const response = await post(url, INPUT)
    for (const token of tokensOf(20)) store.send({ type: 'TOKEN', token })
    store.send('THOUGHT')
    const events = await eventsOf(await response.text())
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(events[0]).toMatchObject({ type: 'RUN_STARTED', threadId: 'refund', runId: 'r1' })
    expect(events.at(-1)).toMatchObject({ type: 'RUN_FINISHED', outcome: { type: 'interrupt' } })
    const again = await post(url, {
      ...INPUT,
      runId: 'r2',
      resume: [{ interruptId: 'AWAITING#1', status: 'resolved', payload: { approved: true } }],
    })
    expect((await eventsOf(await again.text())).at(-1)).toMatchObject({ result: { paid: 80 } })
  })

  test('has the version as the id of what brings a state', async () => {
    const store = refund()
    store.send('THOUGHT')
    const text = await (await post(await listen(store), { ...INPUT, resume: [] })).text()
    expect(text).toContain('RUN_ERROR')
    const other = refund()
    const open = await post(await listen(other), INPUT)
    other.send('THOUGHT')
    expect(await open.text()).toContain('id: 1\ndata: {"type":"STATE_SNAPSHOT"')
  })

  test('refuses on the wire, with RUN_ERROR, once and last', async () => {
    const store = refund()
    store.send('THOUGHT')
    const url = await listen(store)
    const bad = [{ interruptId: 'x', status: 'resolved' }]
    for (const [more, code] of [
      [{}, 'missing'],
      [{ resume: bad }, 'unknown'],
      [{ threadId: 'y' }, 'thread'],
    ] as const) {
      const events = await eventsOf(await (await post(url, { ...INPUT, ...more })).text())
      expect(events.map(({ type }) => type)).toEqual(['RUN_STARTED', 'RUN_ERROR'])
      expect(events[1]).toMatchObject({ code })
    }
    expect(store.current).toBe('AWAITING')
  })

  test('refuses a body that is no input with 400', async () => {
    const url = await listen(refund())
    for (const body of ['{', '{}', { ...INPUT, resume: [{}] }, 'x'.repeat(1_100_000)]) {
      expect((await post(url, body)).status).toBe(400)
    }
  })

  test('has a response that is not drained hold one version, and wait for nobody', async () => {
    const store = refund()
    const res = new StuckResponse()
    const handle = (await serveAgUi({} as never, res as never, store, mapping as never, {
      input: INPUT,
    })) as SubscriberHandle
    for (const token of tokensOf(1_000)) store.send({ type: 'TOKEN', token })
    expect(handle.stats().pending).toBe(1)
    expect(res.written).toHaveLength(1)
    expect(res.listenerCount('drain')).toBe(1)
    res.isStuck = false
    res.emit('drain')
    await new Promise((resolve) => setImmediate(resolve))
    expect(res.written).toHaveLength(2)
    store.send('THOUGHT')
    await new Promise((resolve) => setImmediate(resolve))
    expect(res.isEnded).toBe(true)
    const events = await eventsOf(res.written.join(''))
    const text = events.map(({ type, delta }) => (type === 'TEXT_MESSAGE_CONTENT' ? delta : '')).join('')
    expect(text).toBe(tokensOf(1_000).join(''))
    expect(handle.closed).toBe(true)
  })

  test('leaves the store when its client goes, also one that is stuck', async () => {
    const store = refund()
    const res = new StuckResponse()
    const handle = (await serveAgUi({} as never, res as never, store, mapping as never, {
      input: INPUT,
    })) as SubscriberHandle
    res.emit('close')
    expect(handle.closed).toBe(true)
    expect(res.listenerCount('drain')).toBe(0)
    expect(store.metrics().subscribers).toEqual([])
  })

  test('ends a run with RUN_ERROR, and lets go of it, where a state is no JSON', async () => {
    for (const good of [0, 1]) {
      const store = refund()
      const response = new StuckResponse()
      response.isStuck = false
      let told = 0
      const view = () => {
        told += 1
        return told > good ? { amount: 80n } : { amount: 80 }
      }
      await serveAgUi(null as never, response, store, { view } as never, { input: INPUT })
      store.send({ type: 'TOKEN', token: 'a' })
      const events = await eventsOf(response.written.join(''))
      expect(events[0]?.type).toBe('RUN_STARTED')
      expect(events.map(({ type }) => type).filter((type) => type === 'STATE_SNAPSHOT')).toHaveLength(good)
      expect(events.at(-1)).toMatchObject({ type: 'RUN_ERROR', code: 'EVENT_NOT_SENT' })
      expect([response.isEnded, store.metrics().subscriberCount]).toEqual([true, 0])
    }
  })

  test('leaves nothing at the store where a client has gone before its run begins', async () => {
    const store = refund()
    const gone = Object.assign(new StuckResponse(), { destroyed: true })
    await serveAgUi(null as never, gone, store, mapping as never, { input: INPUT })
    expect(store.metrics().subscriberCount).toBe(0)
  })
})
