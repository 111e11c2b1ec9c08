/** Where boxes and arrows go. Laid out once a drawing, and kept. */
import { graphlib, layout } from '@dagrejs/dagre'
import { labelHeight, labelWidth, placeLabels, rectOf } from './labels.ts'

export interface Box {
  readonly id: string
  readonly label: string
  /** The box around it; `''` for none. */
  readonly parent: string
  /** Room for more than its label. */
  readonly widthMin?: number
}

export interface Arrow {
  readonly from: string
  readonly to: string
  readonly label: string
}

export interface Placed extends Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly isGroup: boolean
  readonly depth: number
}

export interface Drawn extends Arrow {
  readonly path: string
  readonly labelX: number
  readonly labelY: number
}

export interface Layout {
  readonly width: number
  readonly height: number
  readonly boxes: readonly Placed[]
  readonly arrows: readonly Drawn[]
}

/** Characters of a label; a box is as wide as what is in it. */
export const LABEL_MAX = 48
const LOOP = 26
/** Between the outermost label and the border. */
const MARGIN = 8

/** @param direction - of the ranks: from top to bottom, or from left to right. */
export function layOut(given: readonly Box[], arrows: readonly Arrow[], direction: 'TB' | 'LR'): Layout {
  const boxes = given.map((box) => ({ ...box, label: brief(box.label) }))
  const graph = new graphlib.Graph({ compound: true, multigraph: true })
  graph.setGraph({
    rankdir: direction,
    nodesep: 26,
    ranksep: direction === 'TB' ? 44 : 56,
    edgesep: 12,
    marginx: 14,
    marginy: 18,
  })
  graph.setDefaultEdgeLabel(() => ({}))
  const groups = new Set(boxes.map(({ parent }) => parent))
  const byId = new Map(boxes.map((box) => [box.id, box]))
  for (const { id, label, widthMin = 54 } of boxes)
    graph.setNode(id, { width: Math.max(widthMin, label.length * 7.4 + 26), height: 30 })
  for (const { id, parent } of boxes) if (byId.has(parent)) graph.setParent(id, parent)
  // dagre draws no arrow to a box with others inside: it goes to the first of these, and is cut off at the border.
  const innermost = (id: string): string => {
    const inside = groups.has(id) ? boxes.find(({ parent }) => parent === id) : undefined
    return inside === undefined ? id : innermost(inside.id)
  }
  const joined = join(arrows)
  const between = joined.filter(
    ({ from, to }) => from !== to && !isAround(from, to, byId) && !isAround(to, from, byId),
  )
  for (const [index, { from, to, label }] of between.entries()) {
    if (!byId.has(from) || !byId.has(to)) continue
    graph.setEdge(
      innermost(from),
      innermost(to),
      { width: labelWidth(label), height: labelHeight(label), labelpos: 'c' },
      String(index),
    )
  }
  layout(graph)
  const placed = boxes.map((box): Placed => {
    const { x, y, width, height } = graph.node(box.id) as Placed
    return {
      ...box,
      x: x - width / 2,
      y: y - height / 2,
      width,
      height,
      isGroup: groups.has(box.id),
      depth: depthOf(box, byId),
    }
  })
  const places = new Map(placed.map((box) => [box.id, box]))
  const drawn = between.flatMap((arrow, index): Drawn[] => {
    const edge = graph.edge(innermost(arrow.from), innermost(arrow.to), String(index)) as
      | { readonly points: readonly Point[]; readonly x: number; readonly y: number }
      | undefined
    if (edge === undefined) return []
    const points = outside(edge.points, places.get(arrow.from), places.get(arrow.to))
    const middle = points.length < edge.points.length ? middleOf(points) : edge
    return [{ ...arrow, path: curve(points), labelX: middle?.x ?? edge.x, labelY: middle?.y ?? edge.y }]
  })
  const loops = joined
    .filter((arrow) => !between.includes(arrow))
    .flatMap((arrow) => loopOf(arrow, places.get(arrow.from)))
  const { width = 0, height = 0 } = graph.graph()
  const labelled = placeLabels([...drawn, ...loops], placed)
  const rects = labelled.filter(({ label }) => label !== '').map(rectOf)
  return {
    width: Math.max(width, ...rects.map((rect) => rect.x + rect.width + MARGIN)),
    height: Math.max(height, ...rects.map((rect) => rect.y + rect.height + MARGIN)),
    boxes: placed.sort((a, b) => a.depth - b.depth),
    arrows: labelled,
  }
}

interface Point {
  readonly x: number
  readonly y: number
}

const brief = (label: string): string =>
  label.length > LABEL_MAX ? `${label.slice(0, LABEL_MAX - 1)}…` : label

/** Arrows between the same two become one, with several labels. A label without a character has no place. */
function join(arrows: readonly Arrow[]): Arrow[] {
  const joined = new Map<string, Arrow>()
  for (const arrow of arrows) {
    const key = JSON.stringify([arrow.from, arrow.to])
    const known = joined.get(key)
    const labels = new Set([...(known?.label.split('\n') ?? []), brief(arrow.label)])
    const label = [...labels].filter(Boolean).join('\n')
    joined.set(key, { ...arrow, label })
  }
  return [...joined.values()]
}

const isAround = (outer: string, inner: string, byId: ReadonlyMap<string, Box>): boolean => {
  const parent = byId.get(inner)?.parent
  return parent !== undefined && parent !== '' && (parent === outer || isAround(outer, parent, byId))
}

const depthOf = ({ parent }: Box, byId: ReadonlyMap<string, Box>): number => {
  const outer = byId.get(parent)
  return outer === undefined ? 0 : depthOf(outer, byId) + 1
}

const isInside = ({ x, y }: Point, box: Placed): boolean =>
  x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height

/** The part of a line that is outside of both boxes. */
function outside(
  points: readonly Point[],
  from: Placed | undefined,
  to: Placed | undefined,
): readonly Point[] {
  const last = points.length - 1
  const start = from?.isGroup === true ? points.findIndex((point) => !isInside(point, from)) : 0
  const end =
    to?.isGroup === true ? last - [...points].reverse().findIndex((point) => !isInside(point, to)) : last
  if (start < 0 || end > last || start > end) return points
  const begin =
    start > 0 && from !== undefined ? [border(points[start] as Point, points[start - 1] as Point, from)] : []
  const finish =
    end < last && to !== undefined ? [border(points[end] as Point, points[end + 1] as Point, to)] : []
  return [...begin, ...points.slice(start, end + 1), ...finish]
}

/** Where a line into a box crosses its border. */
function border(out: Point, into: Point, box: Placed): Point {
  let [a, b] = [out, into]
  for (let i = 0; i < 12; i += 1) {
    const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
    if (isInside(middle, box)) b = middle
    else a = middle
  }
  return a
}

/** Half way along a line. */
function middleOf(points: readonly Point[]): Point | undefined {
  const steps = points.slice(1).map((to, i) => ({ from: points[i] as Point, to }))
  const lengthOf = ({ from, to }: { from: Point; to: Point }): number =>
    Math.hypot(to.x - from.x, to.y - from.y)
  let left = steps.reduce((sum, step) => sum + lengthOf(step), 0) / 2
  for (const step of steps) {
    const length = lengthOf(step)
    if (left <= length && length > 0) {
      const share = left / length
      return {
        x: step.from.x + (step.to.x - step.from.x) * share,
        y: step.from.y + (step.to.y - step.from.y) * share,
      }
    }
    left -= length
  }
  return points[0]
}

/** A step that is shorter would turn the tip of an arrow aside. */
const STEP_MIN = 6

/** A line through points, rounded where it turns. */
function curve(points: readonly Point[]): string {
  const ends = [points[0], points.at(-1)]
  const isNear = (point: Point, end: Point | undefined): boolean =>
    end !== undefined && Math.hypot(point.x - end.x, point.y - end.y) < STEP_MIN
  const apart = points.filter(
    (point, i) => i === 0 || i === points.length - 1 || !ends.some((end) => isNear(point, end)),
  )
  const [first, ...rest] = apart.map(({ x, y }) => ({ x: Math.round(x), y: Math.round(y) }))
  if (first === undefined) return ''
  const parts = rest.map(({ x, y }, i) => {
    const next = rest[i + 1]
    return next === undefined ? `L${x},${y}` : `Q${x},${y} ${(x + next.x) / 2},${(y + next.y) / 2}`
  })
  return `M${first.x},${first.y} ${parts.join(' ')}`
}

/** To itself, or to a box around or inside of it: beside the box. */
function loopOf(arrow: Arrow, box: Placed | undefined): Drawn[] {
  if (box === undefined) return []
  const x = box.x + box.width
  const y = box.y + (box.isGroup ? 16 : box.height / 2)
  const path = `M${x},${y - 6} C${x + LOOP},${y - 16} ${x + LOOP},${y + 16} ${x + 1},${y + 6}`
  return [{ ...arrow, path, labelX: x + LOOP + labelWidth(arrow.label) / 2, labelY: y }]
}
