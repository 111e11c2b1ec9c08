import type { CommandIo } from './command-io.ts'
import { COLORS, NO_COLORS, type Palette } from './format.ts'

/** Whether standard output is a terminal that moves its cursor, and what may be painted there. */
export interface ScreenKind {
  readonly isScreen: boolean
  readonly palette: Palette
}

/** Looks at standard output, `TERM` and `NO_COLOR`. */
export function screenKind({ stdout, environment }: Pick<CommandIo, 'stdout' | 'environment'>): ScreenKind {
  const isScreen = stdout.isTTY === true && environment.TERM !== 'dumb'
  return { isScreen, palette: isScreen && !environment.NO_COLOR ? COLORS : NO_COLORS }
}
