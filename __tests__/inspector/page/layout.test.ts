import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Drawn, layOut } from '../../../src/inspector/page/layout.ts'
import { runs } from '../../support/runs.ts'

const rowsOf = ({ label }: Drawn): string[] => label.split('\n')

/** Whether the texts of two arrows lie on one another; a character is at least 5 wide, a line 12 high. */
function overlap(one: Drawn, other: Drawn): boolean {
  if (one.label === '' || other.label === '') return false
  const width = (arrow: Drawn): number => Math.max(...rowsOf(arrow).map(({ length }) => length)) * 5
  const height = (arrow: Drawn): number => rowsOf(arrow).length * 12
  return (
    Math.abs(one.labelX - other.labelX) < (width(one) + width(other)) / 2 &&
    Math.abs(one.labelY - other.labelY) < (height(one) + height(other)) / 2
  )
}

const collisions = (arrows: readonly Drawn[]): string[] =>
  arrows.flatMap((one, at) =>
    arrows
      .slice(at + 1)
      .filter((other) => overlap(one, other))
      .map((other) => `${one.label} on ${other.label}`),
  )

const box = (id: string, parent = '') => ({ id, label: id, parent })

describe('layOut', () => {
  test('lays no label on another one, where arrows lead both ways into a group', () => {
    const boxes = [box('PAUSED'), box('ACTIVE'), box('still', 'ACTIVE'), box('turning', 'ACTIVE')]
    const { arrows } = layOut(
      boxes,
      [
        { from: 'PAUSED', to: 'ACTIVE', label: 'GO' },
        { from: 'ACTIVE', to: 'PAUSED', label: 'PAUSE' },
        { from: 'still', to: 'turning', label: 'TURN' },
        { from: 'turning', to: 'still', label: 'HALT' },
      ],
      'TB',
    )
    expect(arrows.map(({ label }) => label).sort()).toEqual(['GO', 'HALT', 'PAUSE', 'TURN'])
    expect(collisions(arrows)).toEqual([])
  })

  test('cuts labels of any length, so that boxes stay in sight', () => {
    const long = 'x'.repeat(10_000)
    const { width, boxes, arrows } = layOut(
      [{ id: 'A', label: long, parent: '' }, box('B')],
      [{ from: 'A', to: 'B', label: long }],
      'TB',
    )
    const shown = `${'x'.repeat(47)}…`
    expect([boxes[0]?.label, arrows[0]?.label]).toEqual([shown, shown])
    expect(width).toBeLessThan(1_000)
  })

  test('comes to an end with arrows that have no label', () => {
    const { arrows } = layOut(
      [box('A'), box('B')],
      [
        { from: 'A', to: 'B', label: '' },
        { from: 'A', to: 'B', label: '' },
        { from: 'B', to: 'A', label: 'GO' },
      ],
      'TB',
    )
    expect(arrows.map(({ label }) => label).sort()).toEqual(['', 'GO'])
  })

  test('lays no label on another one, whatever the machine', () => {
    const ids = ['A', 'B', 'C', 'D', 'E', 'F']
    const parents = fc.constantFrom('', 'A', 'B')
    const end = fc.constantFrom(...ids)
    const arrow = fc.record({
      from: end,
      to: end,
      label: fc.constantFrom('GO', 'PROPOSALS_RECEIVED [guard]', 'done', ''),
    })
    fc.assert(
      fc.property(
        fc.array(parents, { minLength: 4, maxLength: 4 }),
        fc.array(arrow, { maxLength: 12 }),
        (inside, arrows) => {
          const boxes = ids.map((id, at) => box(id, at < 2 ? '' : inside[at - 2]))
          expect(collisions(layOut(boxes, arrows, 'TB').arrows)).toEqual([])
        },
      ),
      { numRuns: runs(20) },
    )
  })

  test('lays no label on a box, the name of a group or its border, where there is room', () => {
    const boxes = [box('IDLE'), box('GROUP'), box('a', 'GROUP'), box('b', 'GROUP'), box('NEXT')]
    const layout = layOut(
      boxes,
      [
        { from: 'IDLE', to: 'GROUP', label: 'START_OF_A_LONG_NAME' },
        { from: 'GROUP', to: 'IDLE', label: 'STOP' },
        { from: 'a', to: 'a', label: 'AGAIN_AND_AGAIN' },
        { from: 'a', to: 'b', label: 'GO' },
        { from: 'IDLE', to: 'IDLE', label: 'after 5000 ms [guard]' },
        { from: 'IDLE', to: 'NEXT', label: 'ON' },
      ],
      'TB',
    )
    const on = layout.arrows.flatMap(({ label, labelX, labelY }) =>
      layout.boxes
        .filter(({ isGroup, x, y, width, height }) => {
          const isAcross = labelX + label.length * 3 > x && labelX - label.length * 3 < x + width
          const tops = isGroup ? [y, y + height] : [y + height / 2]
          const half = isGroup ? 6 : height / 2 + 5
          return isAcross && tops.some((top) => Math.abs(labelY - top) < half)
        })
        .map(({ id }) => `${label} on ${id}`),
    )
    expect(on).toEqual([])
  })

  test('is as large as its labels need', () => {
    const { width, arrows } = layOut([box('A')], [{ from: 'A', to: 'A', label: 'x'.repeat(60) }], 'TB')
    expect(width).toBeGreaterThan((arrows[0]?.labelX ?? 0) + 60 * 2.5)
  })

  test('points an arrow into a group across its border', () => {
    const boxes = [box('IDLE'), box('GROUP'), box('a', 'GROUP')]
    const { arrows } = layOut(
      boxes,
      [
        { from: 'IDLE', to: 'GROUP', label: 'GO' },
        { from: 'GROUP', to: 'IDLE', label: 'BACK' },
      ],
      'TB',
    )
    const paths = arrows.map(({ path }) => path.match(/(-?[\d.]+),(-?[\d.]+) L(-?[\d.]+),(-?[\d.]+)$/))
    for (const path of paths) {
      const [x1, y1, x2, y2] = (path ?? []).slice(1).map(Number) as [number, number, number, number]
      expect(Math.abs(y2 - y1)).toBeGreaterThan(Math.abs(x2 - x1) / 2)
    }
  })

  test('has room in a box for what stands below its name', () => {
    const { boxes } = layOut([{ ...box('arm'), widthMin: 112 }, box('b')], [], 'LR')
    expect(boxes.map(({ width }) => width)).toEqual([112, 54])
  })
})
