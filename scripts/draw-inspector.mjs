/**
 * Draws docs/images/inspector-*.png: the page on the demonstration, in which the archive is too slow.
 *
 *     node scripts/build.mjs --esm && node scripts/draw-inspector.mjs [--browser PATH]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'

const ROOT = join(import.meta.dirname, '..')
const PICTURES = /** @type {const} */ ([
  { name: 'light', colorScheme: 'light', width: 1_200, height: 640, keys: ['s'] },
  { name: 'dark', colorScheme: 'dark', width: 1_200, height: 640, keys: ['s'] },
  { name: 'machine-dark', colorScheme: 'dark', width: 1_200, height: 640, keys: ['m'] },
])
/** Enough for the archive to have lost most of them. */
const VERSION = 500

const { values } = parseArgs({ options: { browser: { type: 'string', default: '/usr/bin/chromium' } } })
const browser = await chromium.launch({ executablePath: values.browser, args: ['--no-sandbox'] })
const pages = await Promise.all(
  PICTURES.map(({ colorScheme, width, height }) =>
    browser.newPage({ viewport: { width, height }, colorScheme, bypassCSP: true }),
  ),
)
// A quarter as fast as it would be, so that there is time to draw.
const command = [join(ROOT, 'dist/esm/cli/main.js'), 'run', '--inspect', '--speed', '0.25']
const run = spawn(process.execPath, command)
const [line] = await once(run.stderr, 'data')
const url = /http:\S+/.exec(String(line))?.[0] ?? ''
await Promise.all(
  PICTURES.map(async ({ name, keys }, index) => {
    const page = /** @type {import('playwright-core').Page} */ (pages[index])
    page.setDefaultTimeout(0)
    await page.goto(url)
    await page.locator('tr.line').first().click()
    await page.waitForFunction(
      `Number(document.querySelector('.state h2 small')?.textContent?.split(' ')[0].replaceAll('\u2009', '')) > ${VERSION}`,
    )
    for (const key of keys) await page.keyboard.press(key)
    await page.locator('main').waitFor()
    await page.screenshot({ path: join(ROOT, `docs/images/inspector-${name}.png`) })
  }),
)
await browser.close()
run.kill()
