/**
 * Draws docs/images/stress-report.png: the top of the HTML report of a run, and one of its scenarios, as a
 * browser shows them.
 *
 *     node scripts/build.mjs --esm && node scripts/draw-stress-report.mjs   runs the ci profile
 *     node scripts/draw-stress-report.mjs --json FILE                       takes a report of `headgate stress --json`
 *     node scripts/draw-stress-report.mjs --browser PATH                    another Chromium
 *     node scripts/draw-stress-report.mjs --library DIR                     runs another build than dist/esm
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'

const ROOT = join(import.meta.dirname, '..')
const PICTURE = join(ROOT, 'docs/images/stress-report.png')
const WIDTH = 1_000
/** A scenario with all three charts. */
const SCENARIO = 'scenario-backpressure'
const GROUPS_SHOWN = 3
/** Below the last chart. */
const MARGIN = 24
const BYTES_MAX = 250_000

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    browser: { type: 'string', default: '/usr/bin/chromium' },
    library: { type: 'string', default: 'dist/esm' },
  },
})
const LIBRARY = resolve(ROOT, values.library)
/** @type {typeof import('../src/stress/index.ts')} */
const { renderHtmlReport } = await import(pathToFileURL(join(LIBRARY, 'stress/index.js')).href)

const folder = mkdtempSync(join(tmpdir(), 'headgate-stress-'))

/** Runs the suite. @returns {string} the file of its report. */
function run() {
  const file = join(folder, 'report.json')
  const words = [join(LIBRARY, 'cli/main.js'), 'stress', '--profile', 'ci', '--json', file]
  const { status } = spawnSync(process.execPath, words, { cwd: ROOT, stdio: 'inherit' })
  if (status !== 0 && status !== 1) throw new Error(`headgate stress ended with status ${status}.`)
  return file
}

const json = values.json === undefined ? run() : resolve(values.json)
const html = join(folder, 'report.html')
writeFileSync(html, renderHtmlReport(JSON.parse(readFileSync(json, 'utf8'))))

const browser = await chromium.launch({ executablePath: values.browser, args: ['--no-sandbox'] })
const page = await browser.newPage({ viewport: { width: WIDTH, height: 3_000 }, colorScheme: 'light' })
await page.goto(pathToFileURL(html).href)
// Verdict, results, throughput and one scenario; the others would make the picture long, not telling.
await page.evaluate(
  ([id, groups]) => {
    for (const section of document.querySelectorAll('section.scenario')) {
      if (section.id !== id) section.remove()
    }
    const others = '#machine, .facts, .again, footer, section.scenario > .block:last-of-type, .charts details'
    for (const element of document.querySelectorAll(others)) element.remove()
    // The results of half of the groups, for the same reason.
    for (const group of [...document.querySelectorAll('#results + table tbody')].slice(groups)) group.remove()
  },
  /** @type {const} */ ([SCENARIO, GROUPS_SHOWN]),
)
await page.waitForTimeout(1_000)
const height = await page.evaluate(() => document.querySelector('main')?.getBoundingClientRect().bottom ?? 0)
await page.screenshot({
  path: PICTURE,
  clip: { x: 0, y: 0, width: WIDTH, height: Math.ceil(height) + MARGIN },
})
await browser.close()
rmSync(folder, { recursive: true })

const { size } = statSync(PICTURE)
console.log(`Drew docs/images/stress-report.png, ${Math.round(size / 1_000)} kB.`)
if (size > BYTES_MAX) {
  console.error(`It has more than ${BYTES_MAX / 1_000} kB.`)
  process.exitCode = 1
}
