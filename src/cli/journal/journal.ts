/**
 * `headgate journal`: opens the folder, does one thing, closes it.
 *
 * What is wrong with the call, the folder or the journal's name is thrown before anything is written. What is found
 * wrong in the records is told as the answer, with exit status 1.
 */
import { createInterface } from 'node:readline'
import {
  importJournal,
  type JournalArchive,
  type JournalEngine,
  journalNames,
  openArchive,
} from '../../journal/index.ts'
import { isHeadgateError, onAbort } from '../../kit/index.ts'
import type { CommandIo, StopSignal } from '../command-io.ts'
import { counted, groupDigits } from '../format.ts'
import { Output } from '../output.ts'
import { isReaderGone, print, unwritten } from '../print.ts'
import { printable } from '../printable.ts'
import { STOPPED_STATUS } from '../stop-switch.ts'
import { UsageError } from '../usage-error.ts'
import { folderEngine, folderProblem } from './folder-engine.ts'
import { JOURNAL_HELP } from './journal-help.ts'
import {
  commitLine,
  figuresOf,
  figuresTable,
  findingsLines,
  findingsOf,
  snapshotJson,
  stateText,
} from './journal-lines.ts'
import { type JournalAction, type JournalCall, parseJournalArguments } from './parse-journal-arguments.ts'

/** The exit status where records do not hold. */
const DAMAGED_STATUS = 1

/** @returns the exit status. @throws {@link UsageError} */
export async function journal(words: readonly string[], io: CommandIo): Promise<number> {
  const call = parseJournalArguments(words)
  if (call === undefined) return print(JOURNAL_HELP, io)
  const engine = await folderEngine(call.folder, io, call.action === 'import')
  return new JournalCommand(call, engine, io).run()
}

type Archive = JournalArchive<unknown>

class JournalCommand {
  readonly #call: JournalCall
  readonly #engine: JournalEngine
  readonly #io: CommandIo
  readonly #output: Output
  #failure: Error | undefined

  constructor(call: JournalCall, engine: JournalEngine, io: CommandIo) {
    this.#call = call
    this.#engine = engine
    this.#io = io
    this.#output = new Output(io.stdout, (error) => {
      this.#failure = error
    })
  }

  async run(): Promise<number> {
    const status = await this.#answer()
    await this.#output.flush()
    if (this.#io.signal.aborted) return STOPPED_STATUS[this.#io.signal.reason as StopSignal]
    if (this.#failure === undefined || isReaderGone(this.#failure)) return status
    return this.#complain(unwritten(this.#failure))
  }

  async #answer(): Promise<number> {
    const { action, folder, name } = this.#call
    let archive: Archive | undefined
    try {
      if (action === 'ls') return await this.#list()
      if (action === 'import') return await this.#import()
      archive = await openArchive(this.#engine, { name })
      return await this.#actions[action](archive)
    } catch (error) {
      if (error instanceof UsageError) throw error
      if (isHeadgateError(error, 'JOURNAL_DAMAGED')) return this.#complain(folderProblem(folder, error))
      throw new UsageError(folderProblem(folder, error), { cause: error })
    } finally {
      await this.#engine.close().catch(() => {}) // what was asked for has been done, or told to have failed
    }
  }

  readonly #actions: Record<Exclude<JournalAction, 'ls' | 'import'>, (archive: Archive) => Promise<number>> =
    {
      cat: async (archive) => {
        const { from = 0, to = Number.MAX_SAFE_INTEGER, newestFirst, json } = this.#call
        for await (const snapshot of archive.commits({ from, to, newestFirst })) {
          if (!(await this.#line(json ? snapshotJson(snapshot) : commitLine(snapshot)))) break
        }
        return 0
      },
      at: async (archive) => {
        const snapshot = await archive.at(this.#call.version)
        await this.#line(this.#call.json ? snapshotJson(snapshot) : stateText(snapshot.state))
        return 0
      },
      verify: async (archive) => {
        const findings = await findingsOf(archive)
        await this.#lines(this.#call.json ? [printable(JSON.stringify(findings))] : findingsLines(findings))
        return findings.holds ? 0 : DAMAGED_STATUS
      },
      repair: async (archive) => {
        const { lastGood, truncatedAt } = await archive.repair()
        await this.#line(
          truncatedAt === null
            ? `Nothing was cut off: ${printable(archive.name)} holds up to version ${groupDigits(lastGood)}.`
            : `Cut off from version ${groupDigits(truncatedAt)} on, with a copy in the folder: ${printable(archive.name)} ends at version ${groupDigits(lastGood)}.`,
        )
        return 0
      },
      compact: async (archive) => {
        const { clearedCommits, clearedSnapshots } = await archive.compact(this.#call.keep)
        await this.#line(
          `Cleared ${counted(clearedCommits, 'commit')} and ${counted(clearedSnapshots, 'whole state')}.`,
        )
        return 0
      },
      export: async (archive) => {
        for await (const line of archive.export()) if (!(await this.#line(line))) break
        return 0
      },
    }

  async #list(): Promise<number> {
    await this.#engine.open()
    const all = []
    for (const name of await journalNames(this.#engine)) {
      const archive = await openArchive(this.#engine, { name })
      all.push(await figuresOf(archive))
    }
    await this.#lines(this.#call.json ? all.map((one) => printable(JSON.stringify(one))) : figuresTable(all))
    return 0
  }

  async #import(): Promise<number> {
    const { stdin, signal } = this.#io
    const forget = onAbort(signal, () => stdin.destroy())
    stdin.on('error', () => {}) // one that is destroyed before its end errors
    try {
      await this.#engine.open()
      const lines = createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY })
      const { name, records } = await importJournal(this.#engine, lines, { name: this.#call.name })
      await this.#line(`Imported ${counted(records, 'record')} as ${printable(name)}.`)
      return 0
    } finally {
      forget()
    }
  }

  async #lines(lines: readonly string[]): Promise<void> {
    for (const line of lines) await this.#line(line)
  }

  /** Writes a line; false where nobody reads on, or the command is to end. */
  async #line(text: string): Promise<boolean> {
    this.#output.line(text)
    await this.#output.room()
    return this.#output.open && !this.#io.signal.aborted
  }

  async #complain(sentence: string): Promise<number> {
    const errors = new Output(this.#io.stderr)
    errors.line(`headgate journal: ${sentence}`)
    await errors.flush()
    return 1
  }
}
