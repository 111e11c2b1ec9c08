/** The engine of a folder: LevelDB, through classic-level, which is loaded when a journal is asked for. */
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type JournalEngine, type LevelLike, levelEngine } from '../../journal/index.ts'
import { isHeadgateError } from '../../kit/index.ts'
import type { CommandIo } from '../command-io.ts'
import { messageOf, UsageError } from '../usage-error.ts'

/** What every folder of LevelDB has. */
const MARK = 'CURRENT'

type ClassicLevel = new (path: string, options: { createIfMissing: boolean }) => LevelLike

/**
 * Makes the engine of a folder; it is opened by whoever uses it.
 *
 * @param folder - counts from the working directory.
 * @throws {@link UsageError} where there is none and `create` is false, or classic-level is not installed.
 */
export async function folderEngine(folder: string, io: CommandIo, create: boolean): Promise<JournalEngine> {
  const path = resolve(io.workingDirectory, folder)
  if (!create && (await stat(join(path, MARK)).catch(() => undefined)) === undefined) {
    throw new UsageError(`The folder ${folder} holds no journal.`)
  }
  const Level = await classicLevel(io)
  return levelEngine(new Level(path, { createIfMissing: create }))
}

async function classicLevel(io: CommandIo): Promise<ClassicLevel> {
  try {
    const module = (await io.importModule('classic-level')) as { ClassicLevel: ClassicLevel }
    return module.ClassicLevel
  } catch (error) {
    throw new UsageError(
      `Journals are kept by classic-level, which could not be loaded: ${messageOf(error)}. Install it: npm install classic-level`,
      { cause: error },
    )
  }
}

/** What is said of a folder that cannot be opened, or does not hold. */
export function folderProblem(folder: string, error: unknown): string {
  const { cause } = Object(error) as { cause?: unknown }
  const isLocked = (Object(cause) as { code?: unknown }).code === 'LEVEL_LOCKED'
  if (isLocked || isHeadgateError(error, 'JOURNAL_LOCKED')) {
    return `The journal in ${folder} is open in another process: end that one first.`
  }
  if (isHeadgateError(error, 'JOURNAL_DAMAGED')) {
    const { journal, lastGood, firstAfter } = error.details
    return (
      `Journal "${journal}" in ${folder} is damaged: it holds up to version ${lastGood}, and again from version ${firstAfter}. ` +
      `Keep a copy of the folder; then "headgate journal repair ${folder} --name ${journal}" cuts off what is behind version ${lastGood}.`
    )
  }
  if (isHeadgateError(error)) return messageOf(error)
  const engineSays = cause === undefined ? '' : ` ${messageOf(cause)}`
  return `The journal in ${folder} cannot be used: ${messageOf(error)}${engineSays}`
}
