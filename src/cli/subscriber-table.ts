import type { SubscriberStats } from '../backpressure/index.ts'
import { groupDigits, type Palette } from './format.ts'

const COUNTS = ['published', 'delivered', 'dropped', 'conflated', 'pending', 'missed'] as const
/** Counts that tell of a loss; they stand out where they are not 0. */
const LOSSES: ReadonlySet<string> = new Set(['dropped', 'conflated', 'missed'])
const GAP = '  '

interface Column {
  readonly title: string
  readonly cells: readonly string[]
  readonly width: number
  readonly alignRight: boolean
}

/**
 * Draws the table of who was given what.
 *
 * @param width - the columns of the terminal; where the table is wider, the policies are left out.
 * @returns its lines; one sentence where there are no subscribers.
 */
export function subscriberTable(
  subscribers: readonly SubscriberStats[],
  palette: Palette,
  width: number = Number.POSITIVE_INFINITY,
): string[] {
  if (subscribers.length === 0)
    return [palette.dim('No subscribers. Attach some with --subscriber ID=POLICY.')]
  const ids = column(
    'subscriber',
    subscribers.map(({ id }) => id),
  )
  const policies = column(
    'policy',
    subscribers.map(({ policy }) => policy),
  )
  const counts = COUNTS.map((name) =>
    column(
      name,
      subscribers.map((stats) => groupDigits(stats[name])),
      true,
    ),
  )
  const all = [ids, policies, ...counts]
  const fits = all.reduce((sum, one) => sum + one.width + GAP.length, -GAP.length) <= width
  const shown = fits ? all : [ids, ...counts]
  return [
    palette.dim(shown.map((one) => align(one.title, one)).join(GAP)),
    ...subscribers.map((_, row) => shown.map((one) => cell(one, row, palette)).join(GAP)),
  ]
}

function column(title: string, cells: readonly string[], alignRight = false): Column {
  return { title, cells, width: Math.max(title.length, ...cells.map((text) => text.length)), alignRight }
}

function align(text: string, { width, alignRight }: Column): string {
  return alignRight ? text.padStart(width) : text.padEnd(width)
}

function cell(one: Column, row: number, palette: Palette): string {
  const text = one.cells[row] ?? ''
  const aligned = align(text, one)
  return LOSSES.has(one.title) && text !== '0' ? palette.yellow(aligned) : aligned
}
