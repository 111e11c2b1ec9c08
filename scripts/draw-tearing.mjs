/**
 * Draws docs/images/tearing-light.png and tearing-dark.png: which versions stood in the document together, at two paces
 * in one tree, once of two shared views, once of a policy in each component.
 *
 *     node scripts/draw-tearing.mjs [--browser PATH]
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openPage } from '../bench/react/open-page.mjs'

/** @typedef {import('../bench/react/paces.tsx').Looks} Looks */

const IMAGES = join(import.meta.dirname, '../docs/images')
const RUN_MS = 1_500
/** What is drawn: the beginning is that of the page, too. */
const FROM_MS = 500
const SPAN_MS = 600
const [WIDTH, HEIGHT, MARGIN] = [520, 300, 40]
const PANELS = /** @type {const} */ ([
  { shared: true, title: 'Two shared views, frame() and throttle(100 ms)' },
  { shared: false, title: 'throttle(100 ms) in each component' },
])

/** @param {Looks} looks */
function draw({ seen, looks, torn }, /** @type {string} */ title) {
  const inside = seen.filter(({ ms }) => ms >= FROM_MS && ms < FROM_MS + SPAN_MS)
  const all = inside.flatMap(({ values }) => values)
  const [least, most] = [Math.min(...all), Math.max(...all)]
  const x = (/** @type {number} */ ms) => MARGIN + ((ms - FROM_MS) / SPAN_MS) * (WIDTH - MARGIN - 10)
  const y = (/** @type {number} */ n) =>
    HEIGHT - MARGIN - ((n - least) / (most - least || 1)) * (HEIGHT - MARGIN - 30)
  const marks = inside.map(({ ms, name, values }) => {
    const at = x(ms).toFixed(1)
    const dots = values.map((n) => `<circle class="${name}" cx="${at}" cy="${y(n).toFixed(1)}" r="2.6"/>`)
    const [low, high] = [Math.min(...values), Math.max(...values)]
    const line = `<line class="${name}" x1="${at}" x2="${at}" y1="${y(low).toFixed(1)}" y2="${y(high).toFixed(1)}"/>`
    return (values.length > 1 ? line : '') + dots.join('')
  })
  return `<figure><figcaption>${title}: <b>${torn}</b> of ${2 * looks} looks torn</figcaption>
<svg width="${WIDTH}" height="${HEIGHT}">
<path class="axis" d="M${MARGIN} 20V${HEIGHT - MARGIN}H${WIDTH - 10}"/>
<text x="${WIDTH - 10}" y="${HEIGHT - 22}" text-anchor="end">${SPAN_MS} ms of a run</text>
<text transform="translate(26 ${HEIGHT / 2}) rotate(-90)" text-anchor="middle">version shown</text>
${marks.join('\n')}
</svg></figure>`
}

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#24292f, #d8dee4); --paper: light-dark(#fff, #0d1117) }
body { margin: 0; padding: 16px; display: flex; gap: 16px; font: 13px system-ui, sans-serif; color: var(--ink); background: var(--paper) }
figure { margin: 0 } figcaption { padding: 0 0 4px 40px; font-size: 14px }
text { fill: var(--ink); opacity: 0.75 } .axis { stroke: var(--ink); opacity: 0.4; fill: none }
.counters { fill: #0969da; stroke: #0969da } .chart { fill: #d4700a; stroke: #d4700a } line { opacity: 0.5 }
p { position: absolute; margin: 0; left: 56px; bottom: 14px } p .counters { color: #0969da } p .chart { color: #d4700a }
`

const { values } = parseArgs({ options: { browser: { type: 'string', default: '/usr/bin/chromium' } } })
const { browser, page } = await openPage('own-page.ts', {
  executablePath: values.browser,
  environment: 'production',
})
try {
  const figures = []
  for (const { shared, title } of PANELS) {
    figures.push(draw(/** @type {Looks} */ (await page.evaluate(`suite.paces(${shared}, ${RUN_MS})`)), title))
  }
  const legend =
    '<p><b class="counters">●</b> <b class="chart">●</b> one half of the components and the other; a line joins versions that stood on the page together</p>'
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    const paper = await browser.newPage({ viewport: { width: 1_104, height: 366 }, colorScheme })
    await paper.setContent(`<!doctype html><style>${STYLE}</style><body>${figures.join('')}${legend}`)
    await paper.screenshot({ path: join(IMAGES, `tearing-${colorScheme}.png`) })
  }
} finally {
  await browser.close()
}
