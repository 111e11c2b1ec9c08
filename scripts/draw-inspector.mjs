/**
 * Draws docs/images/inspector-*.png: the page on the demonstration, in which the archive is too slow. The Store view is
 * that of a recording, as somebody would send it.
 *
 *     node scripts/build.mjs --esm && node scripts/draw-inspector.mjs [--browser PATH]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'

const ROOT = join(import.meta.dirname, '..')
/** Enough for the archive to have lost most of them. */
const VERSION = 500
const MAIN = join(ROOT, 'dist/esm/cli/main.js')

const { values } = parseArgs({ options: { browser: { type: 'string', default: '/usr/bin/chromium' } } })
const browser = await chromium.launch({ executablePath: values.browser, args: ['--no-sandbox'] })
const folder = mkdtempSync(join(tmpdir(), 'headgate-pictures-'))

/** Starts a command that serves a page. @param {string[]} args */
async function serving(args) {
  const child = spawn(process.execPath, [MAIN, ...args])
  const [line] = await Promise.race([once(child.stderr, 'data'), once(child.stdout, 'data')])
  return { url: /http:\S+/.exec(String(line))?.[0] ?? '', end: () => child.kill() }
}

/** @param {string} url @param {'light' | 'dark'} colorScheme */
async function opened(url, colorScheme) {
  const page = await browser.newPage({
    viewport: { width: 1_200, height: 640 },
    colorScheme,
    bypassCSP: true,
  })
  page.setDefaultTimeout(0)
  await page.goto(url)
  await page.locator('tr.line').first().waitFor()
  return page
}

/** @param {import('playwright-core').Page} page @param {string} name */
async function draw(page, name) {
  await page.locator('main').waitFor()
  await page.screenshot({ path: join(ROOT, `docs/images/inspector-${name}.png`) })
}

// A quarter as fast as it would be, so that there is time to look.
const run = await serving(['run', '--inspect', '--speed', '0.25'])
const live = await opened(run.url, 'dark')
await live.keyboard.press('r')
await live.getByRole('button', { name: '● Record' }).click()
await live.keyboard.press('o')
await live.locator('tr.line').first().click()
await live.waitForFunction(
  `Number(document.querySelector('.state h2 small')?.textContent?.split(' ')[0].replaceAll('\u2009', '')) > ${VERSION}`,
)
await live.keyboard.press('m')
await draw(live, 'machine-dark')
await live.keyboard.press('r')
const saved = live.waitForEvent('download')
await live.getByRole('button', { name: '■ Stop and save' }).click()
const recording = join(folder, 'session.ndjson')
await (await saved).saveAs(recording)
run.end()

const player = await serving(['inspect', recording])
for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  const page = await opened(player.url, colorScheme)
  await page.locator('tr.line').first().click()
  await draw(page, colorScheme)
}
await browser.close()
player.end()
rmSync(folder, { recursive: true })
