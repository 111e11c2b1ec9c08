/** `headgate inspect`: serves the page over a recording, or over stores elsewhere, until it is stopped. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { serveInspector, serveRecording } from '../../inspector/index.ts'
import { linkTo, type Mirror, type SyncSocket, sseSocket, wsSocket } from '../../sync/index.ts'
import type { CommandIo, StopSignal } from '../command-io.ts'
import { readPort } from '../port.ts'
import { print } from '../print.ts'
import { STOPPED_STATUS } from '../stop-switch.ts'
import { messageOf, UsageError } from '../usage-error.ts'
import { INSPECT_HELP } from './inspect-help.ts'

interface Call {
  readonly target: string
  readonly stores: readonly string[]
  readonly port: number
}

interface Served {
  readonly url: string
  close(): Promise<void>
}

/** @returns the exit status. @throws {@link UsageError} */
export async function inspect(words: readonly string[], io: CommandIo): Promise<number> {
  const call = readCall(words)
  if (call === undefined) return print(INSPECT_HELP, io)
  const served = /^(?:ws|http)s?:\/\//.test(call.target)
    ? await inspectServer(call)
    : await inspectRecording(call, io)
  await print(`${served.url}\n`, io)
  await stopped(io.signal)
  await served.close()
  return STOPPED_STATUS[io.signal.reason as StopSignal]
}

function readCall(words: readonly string[]): Call | undefined {
  const options = { port: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } } as const
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true })
    if (values.help) return undefined
    const [target, ...stores] = positionals
    if (target === undefined) throw new UsageError('Expected a recording or an address.')
    return { target, stores, port: readPort('--port', values.port) ?? 0 }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${messageOf(error).split(/\.(?:\s|$)/)[0]}.`, { cause: error })
  }
}

async function inspectRecording({ target, port }: Call, io: CommandIo): Promise<Served> {
  const text = await readFile(resolve(io.workingDirectory, target), 'utf8').catch((error: unknown) => {
    throw new UsageError(`The recording cannot be read: ${messageOf(error)}`, { cause: error })
  })
  if (!text.startsWith('{"headgate":"recording"')) {
    throw new UsageError(`${target} is no recording of the inspector: its first line says nothing of one.`)
  }
  const { url, close } = await listening(() => serveRecording(text, { port }))
  return { url: url.href, close }
}

async function inspectServer({ target, stores, port }: Call): Promise<Served> {
  const connect = await connector(target)
  const link = linkTo(connect)
  const names = stores.length === 0 ? [''] : [...new Set(stores)]
  const mirrors: Mirror<unknown>[] = names.map((name) => link.mirror<unknown>(name, { onFault: () => {} }))
  const close = (): void => {
    for (const mirror of mirrors) mirror.close()
  }
  try {
    const inspector = await listening(() =>
      serveInspector(
        mirrors.map(({ store }) => store),
        { port, program: target },
      ),
    )
    return {
      url: inspector.url,
      close: async () => {
        close()
        await inspector.close()
      },
    }
  } catch (error) {
    close()
    throw error
  }
}

async function connector(url: string): Promise<() => SyncSocket> {
  if (url.startsWith('http')) return () => sseSocket(url)
  const { WebSocket } = await import('ws').catch((error: unknown) => {
    throw new UsageError('Addresses of WebSockets need the package ws: npm install ws', { cause: error })
  })
  return () => wsSocket(new WebSocket(url, { perMessageDeflate: false }))
}

async function listening<T>(serve: () => Promise<T>): Promise<T> {
  try {
    return await serve()
  } catch (error) {
    throw new UsageError(`The page cannot be served: ${messageOf(error)}`, { cause: error })
  }
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
