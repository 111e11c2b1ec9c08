/**
 * One process of nats-server. A keeper stands between it and the test: a small process that reads from a pipe, and ends
 * the server when the pipe is closed, which the system does however the test ends, by SIGKILL too.
 *
 *   test ══ pipe ══> keeper ──> nats-server
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'

/** The keeper, as text: it tells the id of the server, and removes the folder when nobody needs it any more. */
const KEEPER = `
const { spawn } = require('node:child_process')
const { rmSync } = require('node:fs')
const [program, config, folder] = process.argv.slice(1)
const server = spawn(program, ['-c', config], { stdio: ['ignore', 'ignore', 'inherit'] })
const say = (text) => process.stdout.write(text + '\\n')
if (server.pid !== undefined) say(String(server.pid))
server.on('error', (error) => { process.stderr.write(error.message); process.exit(1) })
let isOrphan = false
server.on('exit', () => {
  if (isOrphan) rmSync(folder, { recursive: true, force: true })
  process.exit(0)
})
process.stdout.on('error', () => {})
process.stdin.on('close', () => { isOrphan = true; server.kill('SIGKILL') }).resume()
`

const STDERR_MAX = 2_000
const ATTEMPT_MS = 25
const STARTS_WITHIN_MS = 60_000

/** One node of a {@link NatsServer}. */
export interface NatsNode {
  readonly name: string
  readonly host: string
  readonly port: number
  /** Of its process; undefined while it does not run. */
  readonly pid: number | undefined
  /** Ends it as `kill -9` does; resolves when it is gone. What it has written stays, for {@link NatsNode.start}. */
  kill(): Promise<void>
  /** Starts it again; resolves when it takes connections. */
  start(): Promise<void>
  /** Holds it where it is, as a machine that does not answer, until {@link NatsNode.resume}. */
  pause(): void
  resume(): void
}

export interface NatsNodeOptions {
  readonly program: string
  readonly name: string
  readonly port: number
  readonly config: string
  /** Removed with the last use of it. */
  readonly folder: string
}

export class NatsProcess implements NatsNode {
  readonly name: string
  readonly host = '127.0.0.1'
  readonly port: number
  pid: number | undefined
  readonly #options: NatsNodeOptions
  #keeper: ChildProcess | undefined
  #ended: Promise<unknown> = Promise.resolve()
  #stderr = ''

  constructor(options: NatsNodeOptions) {
    this.name = options.name
    this.port = options.port
    this.#options = options
  }

  async start(): Promise<void> {
    if (this.#keeper !== undefined) return
    const { program, config, folder } = this.#options
    this.#stderr = ''
    const keeper = spawn(process.execPath, ['-e', KEEPER, program, config, folder], {
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.#keeper = keeper
    keeper.stdin.on('error', () => {}) // it has ended
    keeper.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_MAX)
    })
    this.#ended = once(keeper, 'close').then(() => {
      this.#keeper = undefined
      this.pid = undefined
    })
    const said = once(keeper.stdout.setEncoding('utf8'), 'data').then(([text]) => Number(text))
    this.pid = await Promise.race([said, this.#ended.then(() => undefined)])
    await this.#answers()
  }

  async kill(): Promise<void> {
    if (this.pid !== undefined) process.kill(this.pid, 'SIGKILL')
    await this.#ended
  }

  pause(): void {
    if (this.pid !== undefined) process.kill(this.pid, 'SIGSTOP')
  }

  resume(): void {
    if (this.pid !== undefined) process.kill(this.pid, 'SIGCONT')
  }

  /** Waits until it takes connections. */
  async #answers(): Promise<void> {
    const deadline = performance.now() + STARTS_WITHIN_MS
    while (!(await isOpen(this.port, this.host))) {
      if (this.#keeper === undefined) {
        throw new Error(`${this.#options.program} has ended: ${this.#stderr.trim()}`)
      }
      if (performance.now() > deadline) {
        await this.kill()
        throw new Error(`${this.#options.program} takes no connections.`)
      }
      await new Promise((resolve) => setTimeout(resolve, ATTEMPT_MS))
    }
  }
}

function isOpen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host)
    const end = (answers: boolean): void => {
      socket.destroy()
      resolve(answers)
    }
    socket.once('data', () => end(true))
    socket.once('error', () => end(false))
    socket.once('close', () => resolve(false))
  })
}
