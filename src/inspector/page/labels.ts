/**
 * Where the labels of arrows stand. Whoever would lie on another one goes down, and so does one that would lie on a
 * box, the name of a group or its lower border, where there is room not far below.
 */
import type { Drawn, Placed } from './layout.ts'

/** A character at its widest: what happened last is bold. */
const CHAR = 7.2
/** The height of a line of a label. */
const LINE = 13
/** Of the strip in which the name of a group stands. */
const NAME_HEIGHT = 20
/** A label that would go further from its arrow for a box stays on the box. */
const DOWN_MAX = 48
/** A sum of coordinates may fall short of what it should be; without it, a label would be moved by nothing for ever. */
const ROUNDING = 0.01

interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export const labelWidth = (label: string): number =>
  Math.max(...label.split('\n').map(({ length }) => length)) * CHAR

export const labelHeight = (label: string): number => label.split('\n').length * LINE

/** @returns the arrows, those that stand higher first. */
export function placeLabels(arrows: readonly Drawn[], boxes: readonly Placed[]): Drawn[] {
  const solid = boxes.flatMap(solidOf)
  const taken: Rect[] = []
  return [...arrows]
    .sort((a, b) => a.labelY - b.labelY)
    .map((arrow) => {
      if (arrow.label === '') return arrow
      const rect = clear(rectOf(arrow), taken, solid)
      taken.push(rect)
      return { ...arrow, labelY: rect.y + rect.height / 2 }
    })
}

/** Each turn it goes below something that it lies on, and never up: so it ends. */
function clear(wanted: Rect, taken: readonly Rect[], solid: readonly Rect[]): Rect {
  const below = ({ y, height }: Rect, rect: Rect): Rect => ({ ...rect, y: y + height })
  let rect = wanted
  for (;;) {
    const label = taken.find((other) => areOver(other, rect))
    const box = label ?? solid.find((other) => areOver(other, rect))
    if (box === undefined) return rect
    const next = below(box, rect)
    if (label === undefined && next.y - wanted.y > DOWN_MAX) return rect
    rect = next
  }
}

export const rectOf = ({ label, labelX, labelY }: Drawn): Rect => {
  const [width, height] = [labelWidth(label), labelHeight(label)]
  return { x: labelX - width / 2, y: labelY - height / 2, width, height }
}

/** What of a box nothing should lie on. */
function solidOf({ x, y, width, height, isGroup }: Placed): Rect[] {
  if (!isGroup) return [{ x, y, width, height }]
  return [
    { x, y: y - 1, width, height: NAME_HEIGHT },
    { x, y: y + height - 1, width, height: 2 },
  ]
}

const areOver = (one: Rect, other: Rect): boolean =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height - ROUNDING &&
  other.y < one.y + one.height - ROUNDING
