import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { describeValue } from '../../kit/index.ts'
import type { StressReport } from '../../stress/index.ts'
import { messageOf, UsageError } from '../usage-error.ts'

/**
 * Reads an earlier report.
 *
 * @throws {@link UsageError} for a file that cannot be read, is no JSON, or no report of this version.
 */
export async function readBaseline(path: string, workingDirectory: string): Promise<StressReport> {
  const text = await readFile(resolve(workingDirectory, path), 'utf8').catch((error: unknown) => {
    throw new UsageError(`The baseline ${path} could not be read: ${messageOf(error)}`, { cause: error })
  })
  const value = parseJson(text, path)
  const unknown = unknownOutcome(value)
  if (unknown !== undefined) {
    const { name, outcome } = unknown
    throw new UsageError(
      `The baseline ${path}, line ${lineOf(text, outcome)}: the outcome of ${describeValue(name)} is ${describeValue(outcome)}; expected one of ${OUTCOMES.join(', ')}.`,
    )
  }
  if (!isReport(value)) {
    throw new UsageError(
      `The baseline ${path} is no stress report of version 1, as "headgate stress --json" writes it.`,
    )
  }
  return value
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UsageError(`The baseline ${path} is no JSON: ${messageOf(error)}`, { cause: error })
  }
}

const OUTCOMES = ['passed', 'failed', 'skipped', 'timeout', 'error']

/** The first result with an outcome that this version does not know. */
function unknownOutcome(value: unknown): Fields | undefined {
  const results = isObject(value) && Array.isArray(value.results) ? value.results : []
  return results.find(
    (one: unknown): one is Fields =>
      isObject(one) && typeof one.outcome === 'string' && !OUTCOMES.includes(one.outcome),
  )
}

/** The line of the file that has a value; the first where it is written another way. */
function lineOf(text: string, value: unknown): number {
  const index = text.search(new RegExp(`"outcome"\\s*:\\s*${quoted(value)}`))
  return text.slice(0, Math.max(0, index)).split('\n').length
}

/** A value as JSON has it, as a pattern. */
const quoted = (value: unknown): string =>
  (JSON.stringify(value) ?? '').replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

type Fields = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null

/** Looks at all that a comparison reads. */
function isReport(value: unknown): value is StressReport {
  if (!isObject(value) || value.format !== 'headgate.stress' || value.formatVersion !== 1) return false
  const { environment, results, startedAt } = value
  return (
    typeof startedAt === 'string' &&
    isObject(environment) &&
    Array.isArray(results) &&
    results.every(isResult)
  )
}

function isResult(value: unknown): boolean {
  if (!isObject(value)) return false
  const { name, outcome, counts, latencies, heap, durationMs } = value
  return (
    typeof name === 'string' &&
    typeof outcome === 'string' &&
    typeof durationMs === 'number' &&
    isObject(counts) &&
    Array.isArray(latencies) &&
    latencies.every((one) => isObject(one) && typeof one.p50 === 'number' && typeof one.p99 === 'number') &&
    Array.isArray(heap) &&
    heap.every((point) => Array.isArray(point) && typeof point[1] === 'number')
  )
}
