import { open, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { findChartScript, renderHtmlReport, type StressReport } from '../../stress/index.ts'
import { messageOf, UsageError } from '../usage-error.ts'
import type { StressOptions } from './parse-stress-arguments.ts'

/**
 * Looks, before an hour is spent, whether the files of a run can be written.
 *
 * @throws {@link UsageError}
 */
export async function checkReportFiles(options: StressOptions, workingDirectory: string): Promise<void> {
  const { report, json } = options
  if (
    report !== undefined &&
    json !== undefined &&
    resolve(workingDirectory, report) === resolve(workingDirectory, json)
  ) {
    throw new UsageError(`--report and --json name the same file, ${report}.`)
  }
  for (const [name, path] of [
    ['report', options.report],
    ['json', options.json],
  ] as const) {
    if (path === undefined) continue
    const file = resolve(workingDirectory, path)
    const folder = await stat(dirname(file)).catch(() => undefined)
    if (!folder?.isDirectory()) throw new UsageError(`The folder of --${name} ${path} does not exist.`)
    const there = await stat(file).catch(() => undefined)
    if (there?.isDirectory()) throw new UsageError(`The file of --${name} ${path} is a folder.`)
    if (there === undefined || there.isFile())
      await tryToWrite(file).catch((error: unknown) => {
        throw new UsageError(`The file of --${name} ${path} cannot be written: ${messageOf(error)}`, {
          cause: error,
        })
      })
  }
}

const temporaryOf = (file: string): string => `${file}.${process.pid}.part`

/** Not by asking for permission: a file system may be read-only for everybody. */
async function tryToWrite(file: string): Promise<void> {
  await (await open(temporaryOf(file), 'w')).close()
  await rm(temporaryOf(file))
}

/**
 * Writes a file whole or not at all: what was there stays until all of the new text is on the disk. A device or a pipe
 * is written to.
 */
async function writeWhole(file: string, text: string): Promise<void> {
  const there = await stat(file).catch(() => undefined)
  if (there !== undefined && !there.isFile()) return writeFile(file, text)
  const temporary = temporaryOf(file)
  try {
    await writeFile(temporary, text, { flush: true })
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw error
  }
}

/** What became of the files. */
export interface WrittenFiles {
  /** Sentences for the user, one a file that was written. */
  readonly told: readonly string[]
  /** Sentences about files that could not be written. */
  readonly problems: readonly string[]
  /** Whether a page was written without charts. */
  readonly chartless: boolean
}

/** Writes the files that were asked for; does not throw. */
export async function writeReportFiles(
  report: StressReport,
  baseline: StressReport | undefined,
  options: StressOptions,
  workingDirectory: string,
): Promise<WrittenFiles> {
  const told: string[] = []
  const problems: string[] = []
  const write = async (path: string | undefined, text: () => string): Promise<void> => {
    if (path === undefined) return
    try {
      await writeWhole(resolve(workingDirectory, path), text())
      told.push(`Wrote ${path}.`)
    } catch (error) {
      problems.push(`${path} could not be written: ${messageOf(error)}`)
    }
  }
  const chartScript = options.report === undefined ? undefined : (findChartScript() ?? null)
  await write(options.json, () => `${JSON.stringify(report)}\n`)
  await write(options.report, () => renderHtmlReport(report, { baseline, chartScript }))
  return { told, problems, chartless: chartScript === null }
}
