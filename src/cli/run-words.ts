/**
 * Sorts the words after `headgate run`: options with their values, the module, subscribers.
 *
 * Subscribers may be written one an option (`--subscriber a=latest --subscriber b=direct`) or several after
 * one (`--subscriber a=latest b=direct`): a word of the form ID=… right behind a subscriber is another one.
 *
 * Imports next to nothing: the process that only supervises a run asks it too.
 */
import { parseArgs } from 'node:util'
import { ownValues } from './own-values.ts'

const OPTIONS = {
  events: { type: 'string' },
  speed: { type: 'string' },
  subscriber: { type: 'string', multiple: true },
  seed: { type: 'string' },
  time: { type: 'string' },
  journal: { type: 'string' },
  serve: { type: 'string' },
  inspect: { type: 'string' },
  json: { type: 'boolean', default: false },
  strict: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

const SUBSCRIBER_WORD = /^[\w.-]+=/

/** What was written, before anybody has looked whether it makes sense. */
export interface RunWords {
  readonly values: {
    readonly events?: string | undefined
    readonly speed?: string | undefined
    readonly seed?: string | undefined
    readonly time?: string | undefined
    readonly journal?: string | undefined
    readonly serve?: string | undefined
    /** A port; `0` where none was given. */
    readonly inspect?: string | undefined
    readonly json: boolean
    readonly strict: boolean
    readonly help: boolean
  }
  readonly modules: readonly string[]
  readonly subscribers: readonly string[]
}

/** A port may follow `--inspect`, and need not. */
const withPort = (words: readonly string[]): string[] =>
  words.flatMap((word, at) => {
    if (words[at - 1] === '--inspect' && /^\d+$/.test(word)) return []
    if (word !== '--inspect') return [word]
    const next = words[at + 1] ?? ''
    return [`--inspect=${/^\d+$/.test(next) ? next : 0}`]
  })

/** @throws Node's error for an unknown option, or one without its value. */
export function readRunWords(words: readonly string[]): RunWords {
  const { values, tokens } = parseArgs({
    args: ownValues(withPort(words)),
    options: OPTIONS,
    allowPositionals: true,
    tokens: true,
  })
  const modules: string[] = []
  const subscribers: string[] = []
  let afterSubscriber = false
  for (const token of tokens) {
    if (token.kind === 'option') {
      afterSubscriber = token.name === 'subscriber'
      if (token.name === 'subscriber') subscribers.push(token.value)
    } else if (token.kind === 'positional') {
      afterSubscriber &&= SUBSCRIBER_WORD.test(token.value)
      if (afterSubscriber) subscribers.push(token.value)
      else modules.push(token.value)
    }
  }
  return { values, modules, subscribers }
}
