/** Reads the arguments of `headgate serve` and `headgate mirror`, and refuses what it does not know. */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { ownValues } from '../own-values.ts'
import { readInteger, readPort } from '../port.ts'
import { messageOf, UsageError } from '../usage-error.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What `headgate serve` was asked to do. */
export interface ServeCall {
  readonly module: string
  readonly port: number
  readonly host: string
  readonly token: string | undefined
  readonly write: boolean
  readonly origins: readonly string[]
  readonly json: boolean
}

/** What `headgate mirror` was asked to do. */
export interface MirrorCall {
  readonly url: string
  /** `''` for the one store that has no name. */
  readonly store: string
  readonly token: string | undefined
  readonly count: number
  readonly until: number
  readonly json: boolean
}

const PORT = 8_080
const LOOPBACK = /^(127(\.\d+){3}|::1|localhost)$/

const COMMON = {
  token: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

const SERVE_OPTIONS = {
  ...COMMON,
  port: { type: 'string' },
  host: { type: 'string', default: '127.0.0.1' },
  write: { type: 'boolean', default: false },
  origin: { type: 'string', multiple: true, default: [] as string[] },
} as const

const MIRROR_OPTIONS = { ...COMMON, count: { type: 'string' }, until: { type: 'string' } } as const

/** Undefined where help was asked for. @throws {@link UsageError} */
export function parseServeArguments(
  words: readonly string[],
  environment: Environment,
): ServeCall | undefined {
  const { values, positionals } = parseWords(words, SERVE_OPTIONS)
  if (values.help) return undefined
  const [module, ...rest] = positionals
  if (module === undefined || rest.length > 0) {
    throw new UsageError(`Expected one MODULE, got ${positionals.length}.`)
  }
  const { host, write, origin: origins, json } = values
  const token = values.token ?? environment.HEADGATE_TOKEN
  if (!LOOPBACK.test(host) && token === undefined) {
    throw new UsageError(`Expected a --token where --host is ${host}: others than this machine reach it.`)
  }
  return { module, port: readPort('--port', values.port) ?? PORT, host, token, write, origins, json }
}

/** Undefined where help was asked for. @throws {@link UsageError} */
export function parseMirrorArguments(
  words: readonly string[],
  environment: Environment,
): MirrorCall | undefined {
  const { values, positionals } = parseWords(words, MIRROR_OPTIONS)
  if (values.help) return undefined
  const [url, store = '', ...rest] = positionals
  if (url === undefined || rest.length > 0)
    throw new UsageError(`Expected URL and NAME, got ${positionals.length} words.`)
  if (!/^wss?:$/.test(protocolOf(url))) {
    throw new UsageError(`Expected URL to begin with ws:// or wss://, as ws://127.0.0.1:8080, got "${url}".`)
  }
  return {
    url,
    store,
    token: values.token ?? environment.HEADGATE_TOKEN,
    count: readInteger('--count', values.count, 1) ?? Number.POSITIVE_INFINITY,
    until: readInteger('--until', values.until, 0) ?? Number.POSITIVE_INFINITY,
    json: values.json,
  }
}

function protocolOf(url: string): string {
  try {
    return new URL(url).protocol
  } catch {
    return ''
  }
}

function parseWords<const Options extends NonNullable<ParseArgsConfig['options']>>(
  words: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: ownValues(words), options, allowPositionals: true })
  } catch (error) {
    throw new UsageError(`${messageOf(error).split(/\.(?:\s|$)/)[0]}.`, { cause: error })
  }
}
