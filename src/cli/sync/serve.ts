/** `headgate serve`: says where, and who comes and goes, until it is told to end. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { onAbort } from '../../kit/index.ts'
import type { ClientStats, ServeOptions } from '../../sync/index.ts'
import type { CommandIo, StopSignal } from '../command-io.ts'
import { counted } from '../format.ts'
import { Output } from '../output.ts'
import { isReaderGone, print, unwritten } from '../print.ts'
import { printable } from '../printable.ts'
import { STOPPED_STATUS } from '../stop-switch.ts'
import { ListenError, type Listening, listen } from './listen.ts'
import { parseServeArguments, type ServeCall } from './parse-sync-arguments.ts'
import { isStore, loadStores, type ServedStores } from './served-stores.ts'
import { SERVE_HELP } from './sync-help.ts'

/** How often it looks who is there. */
const LOOK_MS = 250

/** @returns the exit status. @throws {@link UsageError} */
export async function serveCommand(words: readonly string[], io: CommandIo): Promise<number> {
  const call = parseServeArguments(words, io.environment)
  if (call === undefined) return print(SERVE_HELP, io)
  const stores = await loadStores(call.module, io)
  const errors = new Output(io.stderr)
  try {
    const listening = await listen(stores, call, optionsOf(call))
    return await new Serving(call, stores, listening, io, errors).run()
  } catch (error) {
    if (!(error instanceof ListenError)) throw error
    errors.line(`headgate serve: ${error.message}`)
    await errors.flush()
    return 1
  }
}

function optionsOf({ token, write, origins }: ServeCall): ServeOptions {
  const grant = { read: true, write }
  return {
    authorize: (hello) => (token === undefined || isSame(hello.token, token) ? grant : undefined),
    origins: [...origins],
  }
}

/** Takes as long for any token: what it takes tells nobody how much of his guess is right. */
function isSame(given: string | undefined, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given ?? ''), digest(token))
}

class Serving {
  readonly #call: ServeCall
  readonly #listening: Listening
  readonly #stores: ServedStores
  readonly #io: CommandIo
  readonly #output: Output
  readonly #errors: Output
  readonly #known = new Map<string, ClientStats>()
  #failure: Error | undefined
  #end = (): void => {}

  constructor(call: ServeCall, stores: ServedStores, listening: Listening, io: CommandIo, errors: Output) {
    this.#call = call
    this.#stores = stores
    this.#listening = listening
    this.#io = io
    this.#errors = errors
    this.#output = new Output(io.stdout, (error) => {
      this.#failure = error
      this.#end()
    })
  }

  async run(): Promise<number> {
    const stopLooking = this.#io.time.every(LOOK_MS, () => this.#look())
    const over = new Promise<void>((resolve) => {
      this.#end = resolve
    })
    const stopListening = onAbort(this.#io.signal, this.#end)
    const names = this.#names
    this.#tell({ type: 'listening', url: this.#listening.url, stores: names }, this.#welcome(names))
    await over
    stopLooking()
    stopListening()
    this.#look()
    await this.#listening.close()
    await this.#output.flush()
    await this.#errors.flush()
    if (this.#io.signal.aborted) return STOPPED_STATUS[this.#io.signal.reason as StopSignal]
    if (this.#failure === undefined || isReaderGone(this.#failure)) return 0
    this.#errors.line(unwritten(this.#failure))
    await this.#errors.flush()
    return 1
  }

  get #names(): string[] {
    return isStore(this.#stores) ? [''] : Object.keys(this.#stores)
  }

  #welcome(names: readonly string[]): string {
    const what = isStore(this.#stores)
      ? `Serving ${printable(this.#stores.name)}`
      : `Serving ${counted(names.length, 'store')} (${names.map(printable).join(', ')})`
    return `${what} at ${this.#listening.url}`
  }

  #look(): void {
    const clients = new Map(
      this.#listening.server.clients.map((one) => [`${one.store}\n${one.clientId}`, one]),
    )
    for (const [key, client] of clients) if (!this.#known.has(key)) this.#tellOf('joined', client)
    for (const [key, client] of this.#known) if (!clients.has(key)) this.#tellOf('left', client)
    this.#known.clear()
    for (const [key, client] of clients) this.#known.set(key, client)
    if (this.#all.every((store) => store.closed)) this.#end()
  }

  get #all(): readonly { readonly closed: boolean }[] {
    return isStore(this.#stores) ? [this.#stores] : Object.values(this.#stores)
  }

  #tellOf(event: 'joined' | 'left', client: ClientStats): void {
    const { clientId, store, acknowledgedVersion, delivered, conflated, dropped, writes, bytesSent } = client
    const figures = { acknowledgedVersion, delivered, conflated, dropped, writes, bytesSent }
    const of = store === '' ? '' : ` of ${printable(store)}`
    const told =
      event === 'joined'
        ? ''
        : `: ${counted(delivered, 'state')}, ${conflated + dropped} missed, ${counted(writes, 'write')}`
    this.#tell({ type: event, clientId, store, ...figures }, `${printable(clientId)}${of} ${event}${told}`)
  }

  #tell(object: object, line: string): void {
    this.#output.line(this.#call.json ? printable(JSON.stringify(object)) : line)
  }
}
