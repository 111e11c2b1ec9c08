/** `headgate mirror`: a line for each state that it is told. */
import { toJsonText } from '../../json/index.ts'
import { type HeadgateError, isHeadgateError, onAbort } from '../../kit/index.ts'
import { findWs } from '../../process/index.ts'
import type { Snapshot, SubscriberFault } from '../../store/index.ts'
import { browserSocket, type Mirror, mirror, type SyncSocket, wsSocket } from '../../sync/index.ts'
import type { CommandIo, StopSignal } from '../command-io.ts'
import { Output } from '../output.ts'
import { isReaderGone, print, unwritten } from '../print.ts'
import { printable } from '../printable.ts'
import { STOPPED_STATUS } from '../stop-switch.ts'
import { messageOf, UsageError } from '../usage-error.ts'
import { type MirrorCall, parseMirrorArguments } from './parse-sync-arguments.ts'
import { MIRROR_HELP } from './sync-help.ts'

/** What a server says that will say it again. */
const FINAL: readonly string[] = ['REPLACED', 'STORE_UNKNOWN', 'UNAUTHORIZED', 'PROTOCOL_INVALID']

/** @returns the exit status. @throws {@link UsageError} */
export async function mirrorCommand(words: readonly string[], io: CommandIo): Promise<number> {
  const call = parseMirrorArguments(words, io.environment)
  if (call === undefined) return print(MIRROR_HELP, io)
  return await new Mirroring(call, io).run(await opener(call.url))
}

type Open = (failed: (why: string) => void) => SyncSocket

async function opener(url: string): Promise<Open> {
  const ws = await findWs()
  if (ws !== undefined) {
    return (failed) => {
      const socket = new ws.WebSocket(url, { perMessageDeflate: false })
      socket.on('error', (error) => failed(messageOf(error)))
      return wsSocket(socket)
    }
  }
  if (globalThis.WebSocket === undefined) {
    throw new UsageError(`This Node (${process.version}) has no WebSocket: npm install ws, or use Node 22.`)
  }
  return (failed) => {
    const socket = new WebSocket(url)
    socket.addEventListener('error', () => failed('the connection failed'))
    return browserSocket(socket)
  }
}

class Mirroring {
  readonly #call: MirrorCall
  readonly #io: CommandIo
  readonly #output: Output
  readonly #errors: Output
  #told = 0
  #problem: string | undefined
  #failure: Error | undefined
  #end = (): void => {}

  constructor(call: MirrorCall, io: CommandIo) {
    this.#call = call
    this.#io = io
    this.#errors = new Output(io.stderr)
    this.#output = new Output(io.stdout, (error) => {
      this.#failure = error
      this.#end()
    })
  }

  async run(open: Open): Promise<number> {
    const over = new Promise<void>((resolve) => {
      this.#end = resolve
    })
    const { store, token } = this.#call
    const made: Mirror<unknown> = mirror(() => open((why) => this.#unreachable(made, why)), {
      store,
      ...(token !== undefined && { token: () => token }),
      onFault: (fault) => this.#faulty(fault),
    })
    made.store.subscribe({
      next: (snapshot, { missed }) => this.#tell(snapshot, missed),
      complete: () => this.#end(),
    })
    const stopListening = onAbort(this.#io.signal, this.#end)
    await over
    stopListening()
    made.close()
    return await this.#finish()
  }

  async #finish(): Promise<number> {
    await this.#output.flush()
    const isUnwritten = this.#failure !== undefined && !isReaderGone(this.#failure)
    if (isUnwritten) this.#errors.line(unwritten(this.#failure as Error))
    else if (this.#problem !== undefined) this.#errors.line(`headgate mirror: ${this.#problem}`)
    await this.#errors.flush()
    if (this.#io.signal.aborted) return STOPPED_STATUS[this.#io.signal.reason as StopSignal]
    return isUnwritten || this.#problem !== undefined ? 1 : 0
  }

  /** A server that never answered is a mistake in the call; one that is away comes back. */
  #unreachable(made: Mirror<unknown>, why: string): void {
    if (made.store.published.version >= 0) return
    this.#stop(`No server answers at ${printable(this.#call.url)}: ${why}`)
  }

  #faulty({ error }: SubscriberFault): void {
    if (!isHeadgateError(error, 'CONNECTION_ENDED')) this.#errors.line(`headgate mirror: ${messageOf(error)}`)
    else if (FINAL.includes(error.details.code)) this.#stop(ended(error))
    else this.#errors.line(`headgate mirror: ${ended(error)} It tries again.`)
  }

  #stop(problem: string): void {
    this.#problem ??= problem
    this.#end()
  }

  /** Waits where the reader of the output does: what comes meanwhile is missed, and counted. */
  #tell(snapshot: Snapshot<unknown>, missed: number): Promise<void> | undefined {
    const { count, until, json } = this.#call
    if (this.#told >= count || this.#problem !== undefined) return undefined
    this.#told += 1
    this.#output.line(json ? jsonLine(snapshot, missed) : textLine(snapshot, missed))
    if (this.#told >= count || snapshot.version >= until) {
      this.#told = count
      this.#end()
    }
    return this.#output.room()
  }
}

const ended = ({ details: { code, message } }: HeadgateError<'CONNECTION_ENDED'>): string =>
  `The server ended the connection (${printable(code)}): ${printable(message)}.`

function textLine({ version, reason, state }: Snapshot<unknown>, missed: number): string {
  const missing = missed === 0 ? '' : `  (${missed} missed)`
  return `${version}  ${printable(reason)}  ${printable(toJsonText(state, 'state').text)}${missing}`
}

function jsonLine(
  { version, reason, source, tsWall, metadata, state }: Snapshot<unknown>,
  missed: number,
): string {
  const head = JSON.stringify({ version, missed, reason, source, tsWall, metadata })
  return printable(`${head.slice(0, -1)},"state":${toJsonText(state, 'state').text}}`)
}
