/** What `headgate journal` prints of commits, states and findings. */
import type { JournalArchive, Verification } from '../../journal/index.ts'
import { toJsonForm } from '../../json/index.ts'
import type { Snapshot } from '../../store/index.ts'
import { counted, groupDigits } from '../format.ts'
import { printable } from '../printable.ts'
import { column, tableLines } from '../table.ts'

/** A snapshot as JSON, its state and metadata in the form that the codec gives them. */
export function snapshotJson({ state, metadata, ...labels }: Snapshot<unknown>): string {
  const form = { ...labels, metadata, state: toJsonForm(state, 'state').form }
  return printable(JSON.stringify(form))
}

/** A state as JSON for people. */
export const stateText = (state: unknown): string =>
  JSON.stringify(toJsonForm(state, 'state').form, null, 2).split('\n').map(printable).join('\n')

const VERSION_WIDTH = 9

/** A commit as a line. */
export function commitLine({ version, tsWall, reason, source }: Snapshot<unknown>): string {
  const time = new Date(tsWall).toISOString().replace('T', ' ')
  const number = groupDigits(version).padStart(VERSION_WIDTH)
  return `${number}  ${time}  ${printable(reason)}  by ${printable(source)}`
}

/** One journal of a folder, in figures. */
export interface JournalFigures {
  readonly name: string
  readonly oldest: number
  readonly newest: number
  readonly commits: number
  readonly snapshots: number
  readonly schema: number
}

export async function figuresOf(archive: JournalArchive<unknown>): Promise<JournalFigures> {
  const { name, schema } = archive
  const { commits, snapshots } = await archive.verify()
  return { name, ...(await archive.range()), commits, snapshots, schema }
}

export function figuresTable(all: readonly JournalFigures[]): string[] {
  if (all.length === 0) return ['No journals.']
  const number = (title: string, key: Exclude<keyof JournalFigures, 'name'>) =>
    column(
      title,
      all.map((one) => groupDigits(one[key])),
      true,
    )
  const columns = [
    column(
      'journal',
      all.map(({ name }) => name),
    ),
    number('oldest', 'oldest'),
    number('newest', 'newest'),
    number('commits', 'commits'),
    number('states', 'snapshots'),
    number('schema', 'schema'),
  ]
  return tableLines(columns, (aligned) => aligned)
}

/** What was found in a journal. */
export interface Findings extends Verification {
  readonly journal: string
  readonly oldest: number
  readonly newest: number
  /** Gaps behind which no whole state follows: what was there is lost. */
  readonly lost: Verification['gaps']
  readonly holds: boolean
}

export async function findingsOf(archive: JournalArchive<unknown>): Promise<Findings> {
  const verification = await archive.verify()
  const range = await archive.range()
  const lost: Verification['gaps'][number][] = []
  for (const gap of verification.gaps) if (!(await isBridged(archive, gap))) lost.push(gap)
  const holds = verification.damaged.length === 0 && lost.length === 0
  return { journal: archive.name, ...range, ...verification, lost, holds }
}

/** Versions that were skipped have a whole state behind them, so that what follows can be read. */
async function isBridged(archive: JournalArchive<unknown>, [, found]: readonly [number, number]) {
  return archive.at(found).then(
    () => true,
    () => false,
  )
}

const LISTED_MAX = 10

export function findingsLines(findings: Findings): string[] {
  const { journal, oldest, newest, commits, snapshots, damaged, gaps, lost, holds } = findings
  const skipped = gaps.length - lost.length
  const lines = [
    `${printable(journal)}: ${counted(commits, 'commit')} and ${counted(snapshots, 'whole state')}; ` +
      `versions ${groupDigits(oldest)} to ${groupDigits(newest)} can be read.`,
  ]
  if (damaged.length > 0) lines.push(`Damaged: version ${listed(damaged.map(groupDigits))}.`)
  if (lost.length > 0) lines.push(`Missing: ${listed(lost.map(between))}.`)
  if (skipped > 0) {
    lines.push(
      `Skipped while the disk was behind: ${listed(gaps.filter((gap) => !lost.includes(gap)).map(between))}.`,
    )
  }
  lines.push(holds ? 'All of it holds.' : 'Not all of it holds.')
  return lines
}

const between = ([after, found]: readonly [number, number]): string =>
  `from version ${groupDigits(after)} to ${groupDigits(found)}`

const listed = (texts: readonly string[]): string =>
  texts.length <= LISTED_MAX
    ? texts.join(', ')
    : `${texts.slice(0, LISTED_MAX).join(', ')} and ${groupDigits(texts.length - LISTED_MAX)} more`
