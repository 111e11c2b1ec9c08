import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
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
