/** Small pieces of text that the plain output and the live view share. */

/** Paints text for a terminal, or leaves it as it is. */
export interface Palette {
  bold(text: string): string
  dim(text: string): string
  yellow(text: string): string
  green(text: string): string
  red(text: string): string
  cyan(text: string): string
}

const ESCAPE = '\u001b['
const paint =
  (on: number, off: number) =>
  (text: string): string =>
    `${ESCAPE}${on}m${text}${ESCAPE}${off}m`
const leave = (text: string): string => text

/** Paints nothing. */
export const NO_COLORS: Palette = {
  bold: leave,
  dim: leave,
  yellow: leave,
  green: leave,
  red: leave,
  cyan: leave,
}

/** Paints with the terminal's own sixteen colours. */
export const COLORS: Palette = {
  bold: paint(1, 22),
  dim: paint(2, 22),
  yellow: paint(33, 39),
  green: paint(32, 39),
  red: paint(31, 39),
  cyan: paint(36, 39),
}

/** Groups digits by three: `9 707`. */
export function groupDigits(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ' ')
}

/** Says how many of a thing there are: `1 record`, `9 707 records`. */
export function counted(count: number, thing: string): string {
  return `${groupDigits(count)} ${thing}${count === 1 ? '' : 's'}`
}

/** Writes milliseconds as seconds: `10.884 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(3)} s`
}

const SEQUENCE_OR_CHARACTER = new RegExp(`${ESCAPE.replace('[', '\\[')}[0-9;]*m|.`, 'gu')

/** Cuts text to a width; colour sequences take no room, and all of them stay, so no colour runs on. */
export function clip(text: string, width: number): string {
  let room = width
  return text.replace(SEQUENCE_OR_CHARACTER, (part) => {
    if (part.length > 1 && part.startsWith(ESCAPE)) return part
    room -= 1
    return room >= 0 ? part : ''
  })
}
