import { UsageError } from './usage-error.ts'

/** Reads an integer that an option is given. @throws {@link UsageError} */
export function readInteger(option: string, word: string | undefined, least: number): number | undefined {
  if (word === undefined) return undefined
  const value = Number(word)
  if (/^\d+$/.test(word) && Number.isSafeInteger(value) && value >= least) return value
  throw new UsageError(`Expected ${option} to be an integer from ${least}, got "${word}".`)
}

/** Reads a port. @throws {@link UsageError} */
export function readPort(option: string, word: string | undefined): number | undefined {
  const port = readInteger(option, word, 0)
  if (port === undefined || port <= 65_535) return port
  throw new UsageError(`Expected ${option} to be a port from 0 to 65535, got "${word}".`)
}
