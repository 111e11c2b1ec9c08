/**
 * Columns of text, aligned. Cells are painted by the caller, after they have been aligned; until then they are text
 * of anybody, and control characters in it are shown.
 */
import { printable } from './printable.ts'

/** What stands between two columns. */
export const GAP = '  '

export interface Column {
  readonly title: string
  readonly cells: readonly string[]
  readonly width: number
  readonly alignRight: boolean
}

/** Makes a column as wide as its widest text. */
export function column(title: string, texts: readonly string[], alignRight = false): Column {
  const cells = texts.map(printable)
  const width = cells.reduce((widest, text) => Math.max(widest, text.length), title.length)
  return { title, cells, width, alignRight }
}

/** Fills a text up to the width of its column. */
export function align(text: string, { width, alignRight }: Column): string {
  return alignRight ? text.padStart(width) : text.padEnd(width)
}

/** The width of columns with the gaps between them. */
export function tableWidth(columns: readonly Column[]): number {
  return columns.reduce((sum, { width }) => sum + width + GAP.length, -GAP.length)
}

/**
 * Sets columns as lines, titles first.
 *
 * @param paint - is given each aligned cell with its column and row; row -1 for a title.
 */
export function tableLines(
  columns: readonly Column[],
  paint: (aligned: string, column: Column, row: number) => string,
): string[] {
  const rows = columns[0]?.cells.length ?? 0
  const line = (row: number): string =>
    columns
      .map((one) => paint(align(row < 0 ? one.title : (one.cells[row] ?? ''), one), one, row))
      .join(GAP)
      .trimEnd()
  return Array.from({ length: rows + 1 }, (_, index) => line(index - 1))
}
