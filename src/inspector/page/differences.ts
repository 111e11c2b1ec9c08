/** Where two states differ, as lines for people. */
import { isBranch, isSame, leafText } from './values.ts'

export interface Difference {
  readonly path: string
  readonly before: string | undefined
  readonly after: string | undefined
}

export const DIFFERENCES_MAX = 200

export function differences(before: unknown, after: unknown): Difference[] {
  const found: Difference[] = []
  walk('', before, after, found)
  return found
}

function walk(path: string, before: unknown, after: unknown, found: Difference[]): void {
  if (found.length >= DIFFERENCES_MAX || isSame(before, after)) return
  if (isBranch(before) && isBranch(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      walk(path === '' ? key : `${path}.${key}`, before[key], after[key], found)
    }
  } else found.push({ path, before: textOf(before), after: textOf(after) })
}

const textOf = (value: unknown): string | undefined =>
  value === undefined
    ? undefined
    : isBranch(value)
      ? JSON.stringify(value).slice(0, 300)
      : leafText(value).slice(0, 300)
