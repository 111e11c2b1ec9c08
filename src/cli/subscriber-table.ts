import type { SubscriberStats } from '../backpressure/index.ts'
import { groupDigits, type Palette } from './format.ts'
import { type Column, column, tableLines, tableWidth } from './table.ts'

const COUNTS = ['published', 'delivered', 'dropped', 'conflated', 'pending', 'missed'] as const
/** Counts that tell of a loss; they stand out where they are not 0. */
const LOSSES: ReadonlySet<string> = new Set(['dropped', 'conflated', 'missed'])
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
  const shown = tableWidth(all) <= width ? all : [ids, ...counts]
  return tableLines(shown, (aligned, one, row) => paint(aligned, one, row, palette))
}

function paint(aligned: string, { title, cells }: Column, row: number, palette: Palette): string {
  if (row < 0) return palette.dim(aligned)
  return LOSSES.has(title) && cells[row] !== '0' ? palette.yellow(aligned) : aligned
}
