import type { Profile, Scenario } from '../../stress/index.ts'
import type { Palette } from '../format.ts'
import { type Column, column, tableLines } from '../table.ts'

/** The scenarios and the profiles as lines, for `--list`. */
export function scenarioList(
  scenarios: readonly Scenario[],
  profiles: readonly Profile[],
  palette: Palette,
): string[] {
  const text = <T>(title: string, all: readonly T[], cell: (one: T) => string): Column =>
    column(title, all.map(cell))
  const scenarioColumns = [
    text('scenario', scenarios, ({ name }) => name),
    text('group', scenarios, ({ group }) => group),
    text('goal', scenarios, ({ goal }) => goal),
  ]
  const profileColumns = [
    text('profile', profiles, ({ name }) => name),
    text('about', profiles, ({ about }) => about),
  ]
  const lines = (columns: readonly Column[]): string[] =>
    tableLines(columns, (aligned, _, row) => (row < 0 ? palette.dim(aligned) : aligned))
  return [...lines(scenarioColumns), '', ...lines(profileColumns)]
}
