/** Growth with size as pictures: one SVG for each charted case, drawn by Vega-Lite without a browser. */
import { writeFileSync } from 'node:fs'
import { parse, View } from 'vega'
import { compile } from 'vega-lite'

export async function writeCharts(results, base) {
  const files = []
  for (const caseId of new Set(results.cells.filter((cell) => cell.chart).map((cell) => cell.case))) {
    const cells = results.cells.filter((cell) => cell.case === caseId)
    if (cells.length < 2) continue
    const file = `${base}-${caseId}.svg`
    writeFileSync(file, await svgOf(cells, results))
    files.push(file)
  }
  return files
}

async function svgOf(cells, { peers, node }) {
  const values = cells.flatMap((cell) =>
    Object.entries(cell.results).map(([id, { value }]) => ({
      peer: peers[id].name,
      ours: id.startsWith('headgate'),
      count: cell.count,
      microseconds: value / 1_000,
    })),
  )
  const log = { type: 'log' }
  const specification = {
    title: `${cells[0].title}, Node ${node.split('.')[0]}`,
    width: 460,
    height: 340,
    background: 'white',
    config: { aria: false },
    data: { values },
    mark: { type: 'line', point: true },
    encoding: {
      x: {
        field: 'count',
        type: 'quantitative',
        scale: log,
        title: `N, ${cells[0].chart}`,
        axis: { values: cells.map(({ count }) => count) },
      },
      y: {
        field: 'microseconds',
        type: 'quantitative',
        scale: log,
        title: 'microseconds',
        axis: { tickCount: 5 },
      },
      color: {
        field: 'peer',
        type: 'nominal',
        title: null,
        sort: null,
        scale: { scheme: 'tableau20' },
      },
      strokeWidth: { condition: { test: 'datum.ours', value: 4 }, value: 1.5 },
    },
  }
  const svg = await new View(parse(compile(specification).spec), { renderer: 'none' }).toSVG()
  // The title says what the picture is; roles for each of its groups would only be read out.
  const silent = svg.replace(/ (?:role|aria-[a-z]+)="[^"]*"/g, '')
  return silent.replace(/^<svg[^>]*>/, (opening) => `${opening}<title>${specification.title}</title>`)
}
