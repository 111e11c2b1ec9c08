/** What bounds a server, each by its name. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { WebSocket, WebSocketServer } from 'ws'
import { createStore } from '../../src/index.ts'
import { type ServeOptions, serve, wsSocket } from '../../src/sync/index.ts'
import { endAfterEach } from './support/ends.ts'

const ends = endAfterEach()

describe('origins', () => {
  async function listening(
    options?: ServeOptions,
  ): Promise<{ port: number; codeFrom(origin?: string): Promise<unknown> }> {
    const store = createStore({ x: 0 })
    const server = serve(store, { ...options })
    const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    sockets.on('connection', (socket, request) => server.accept(wsSocket(socket), request))
    await once(sockets, 'listening')
    ends(
      () => store.destroy(),
      () => new Promise((resolve) => sockets.close(resolve)),
      () => {
        for (const socket of sockets.clients) socket.terminate()
      },
      () => server[Symbol.dispose](),
    )
    const { port } = sockets.address() as AddressInfo
    const codeFrom = async (origin?: string): Promise<unknown> => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}`, origin === undefined ? {} : { origin })
      ends(() => socket.terminate())
      socket.on('open', () => socket.send('{"t":"hello","protocol":1,"clientId":"page"}'))
      const [data] = await once(socket, 'message')
      const { t, code } = JSON.parse(String(data))
      return code ?? t
    }
    return { port, codeFrom }
  }

  test('are those of loopback by default', async () => {
    const { codeFrom } = await listening()
    for (const origin of [
      undefined, // no browser
      'http://localhost:5173',
      'https://app.localhost',
      'http://127.0.0.1',
      'http://127.1.2.3:80',
      'http://[::1]:8080',
    ]) {
      expect([origin, await codeFrom(origin)]).toEqual([origin, 'welcome'])
    }
    for (const origin of [
      'https://evil.example',
      'http://localhost.evil.example',
      'http://evil.example/http://localhost',
      'http://127.0.0.1@evil.example',
      'null',
      'file://',
    ]) {
      expect([origin, await codeFrom(origin)]).toEqual([origin, 'ORIGIN_FORBIDDEN'])
    }
  })

  test('are what `origins` says, and none where it throws', async () => {
    const given = await listening({ origins: ['https://app.example'] })
    expect(await given.codeFrom('https://app.example')).toBe('welcome')
    expect(await given.codeFrom('http://localhost')).toBe('ORIGIN_FORBIDDEN')
    const asked = await listening({ origins: (origin) => origin.endsWith('.example') })
    expect(await asked.codeFrom('https://any.example')).toBe('welcome')
    const error = new Error('no')
    const faults: unknown[] = []
    const store = createStore({ x: 0 }, { onFault: (fault) => void faults.push(fault.error) })
    const throwing = serve(store, {
      origins: () => {
        throw error
      },
    })
    expect([throwing.allowsOrigin('https://app.example'), throwing.allowsOrigin(undefined)]).toEqual([
      false,
      true,
    ])
    expect(faults).toEqual([error])
    throwing[Symbol.dispose]()
    expect(() => serve(store, { origins: 'https://app.example' as never })).toThrow(
      'Expected "origins" to be an array of origins such as "https://app.example", or a function',
    )
  })
})
