/** nats-server on loopback, for tests: one node or a cluster of three, each with JetStream in a folder of its own. */
/// <reference lib="esnext.disposable" preserve="true" />
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeValue, HeadgateError } from '../kit/index.ts'
import { type NatsNode, NatsProcess } from './nats-node.ts'

/** A nats-server that runs for a test. */
export interface NatsServer extends AsyncDisposable {
  /** `127.0.0.1:PORT` of each node, as `connect({ servers })` takes them. */
  readonly servers: string[]
  readonly nodes: readonly NatsNode[]
  /** Ends every node, and removes what they have written. */
  close(): Promise<void>
}

/** How many nodes a test needs, and where the program is. */
export interface NatsServerOptions {
  /** 1, or a cluster of 3; default 1. */
  nodes?: 1 | 3 | undefined
  /** Default `nats-server`, as it is found in the `PATH`. */
  program?: string | undefined
  /** Bytes of a message; default the server's, 1 048 576. */
  payloadBytesMax?: number | undefined
}

const PROGRAM = 'nats-server'
const HOST = '127.0.0.1'
const READY_WITHIN_MS = 60_000
const ATTEMPT_MS = 100
const ANSWER_MS = 2_000

/**
 * The version of the program, such as `2.9.10`; undefined where it is not installed.
 *
 * @example
 * ```js
 * const absent = natsVersion() === undefined
 * test.skipIf(absent)('goes on after a crash', …)
 * ```
 */
export function natsVersion(program: string = PROGRAM): string | undefined {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' })
  return /v?(\d+\.\d+\.\d+)/.exec(stdout ?? '')?.[1]
}

/**
 * Starts nats-server with JetStream, on free ports of loopback. It ends with the test, however that ends.
 *
 * @example
 * ```js
 * const server = await natsServer({ nodes: 3 })
 * const connection = await connect({ servers: server.servers })
 * await server.nodes[0].kill()
 * await server.nodes[0].start()
 * await connection.close()
 * await server.close()
 * ```
 *
 * @throws `OPTION_INVALID`; an Error with what the program says where it does not start.
 */
export async function natsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const { nodes: count = 1, program = PROGRAM, payloadBytesMax } = options
  if (count !== 1 && count !== 3) {
    const received = describeValue(count)
    throw new HeadgateError('OPTION_INVALID', { option: 'nodes', expected: '1 or 3', received })
  }
  const folder = mkdtempSync(join(tmpdir(), 'headgate-nats-'))
  const ports = await freePorts(count * 2)
  const routes = ports.slice(count)
  const nodes = ports.slice(0, count).map((port, index) => {
    const name = `n${index + 1}`
    const own = join(folder, name)
    mkdirSync(own)
    const config = join(own, 'server.conf')
    writeFileSync(config, configOf({ name, port, own, payloadBytesMax, routes, index }))
    return new NatsProcess({ program, name, port, config, folder })
  })
  const server = new LocalServer(nodes, folder)
  try {
    await Promise.all(nodes.map((node) => node.start()))
    await isReady(nodes)
    return server
  } catch (error) {
    await server.close()
    throw error
  }
}

// biome-ignore lint/correctness/noUnusedVariables: the member of AsyncDisposable is defined in the static block
interface LocalServer extends AsyncDisposable {}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: as above
class LocalServer implements NatsServer {
  static {
    const key = (Symbol as { asyncDispose?: symbol }).asyncDispose ?? Symbol.for('Symbol.asyncDispose')
    const value = function (this: LocalServer): Promise<void> {
      return this.close()
    }
    Object.defineProperty(LocalServer.prototype, key, { value })
  }

  readonly nodes: readonly NatsNode[]
  readonly #folder: string

  constructor(nodes: readonly NatsNode[], folder: string) {
    this.nodes = nodes
    this.#folder = folder
  }

  get servers(): string[] {
    return this.nodes.map(({ host, port }) => `${host}:${port}`)
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()))
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

interface NodeFacts {
  readonly name: string
  readonly port: number
  readonly own: string
  readonly payloadBytesMax: number | undefined
  readonly routes: readonly number[]
  readonly index: number
}

function configOf({ name, port, own, payloadBytesMax, routes, index }: NodeFacts): string {
  const lines = [
    `server_name: ${name}`,
    `listen: "${HOST}:${port}"`,
    `jetstream { store_dir: ${JSON.stringify(own)} }`,
  ]
  if (payloadBytesMax !== undefined) lines.push(`max_payload: ${payloadBytesMax}`)
  if (routes.length > 1) {
    const urls = routes.map((route) => `"nats://${HOST}:${route}"`).join(', ')
    lines.push(`cluster { name: headgate, listen: "${HOST}:${routes[index]}", routes: [${urls}] }`)
  }
  return `${lines.join('\n')}\n`
}

/** Ports that nobody has at this instant. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, HOST))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}

/** Waits until JetStream answers on every node, and a cluster has room for what is on all of them. */
async function isReady(nodes: readonly NatsNode[]): Promise<void> {
  for (const node of nodes) await until(node, '$JS.API.INFO', '')
  const [first] = nodes
  if (first === undefined || nodes.length === 1) return
  const stream = { name: 'HEADGATE_READY', subjects: ['headgate.ready'], num_replicas: nodes.length }
  await until(first, `$JS.API.STREAM.CREATE.${stream.name}`, JSON.stringify(stream))
  await until(first, `$JS.API.STREAM.DELETE.${stream.name}`, '')
}

/** Asks until it is answered, and not by an error. */
async function until(node: NatsNode, subject: string, payload: string): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS
  while (!(await isDone(node, subject, payload))) {
    if (performance.now() > deadline) throw new Error(`JetStream of ${node.name} does not answer ${subject}.`)
    await new Promise((resolve) => setTimeout(resolve, ATTEMPT_MS))
  }
}

/** Asks once, in the protocol of NATS. */
function isDone({ port, host }: NatsNode, subject: string, payload: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host)
    let said = ''
    const end = (done: boolean): void => {
      clearTimeout(late)
      socket.destroy()
      resolve(done)
    }
    const late = setTimeout(() => end(false), ANSWER_MS)
    socket.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (/^MSG [\s\S]*\}\r\n/m.test(said)) end(!said.includes('"error"'))
    })
    socket.on('error', () => end(false))
    socket.write(
      `CONNECT {"verbose":false}\r\nSUB reply 1\r\nPUB ${subject} reply ${payload.length}\r\n${payload}\r\n`,
    )
  })
}
