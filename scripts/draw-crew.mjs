/**
 * Draws docs/images/crew-light.png and crew-dark.png: the page of the crew while it waits for a person, in two sizes.
 *
 *     node scripts/build.mjs --esm && node scripts/draw-crew.mjs [--browser PATH]
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'

const ROOT = join(import.meta.dirname, '..')
const PICTURES = /** @type {const} */ ([
  { colorScheme: 'light', width: 1_100, height: 760 },
  { colorScheme: 'dark', width: 400, height: 760 },
])

const { values } = parseArgs({ options: { browser: { type: 'string', default: '/usr/bin/chromium' } } })
const data = mkdtempSync(join(tmpdir(), 'headgate-crew-'))
const command = [join(ROOT, 'examples/crew/crew.js'), '--data', data, '--port', '0', '--speed', '10']
const run = spawn(process.execPath, command)
/** @type {string} */
const url = await new Promise((resolve) => {
  let text = ''
  run.stdout.on('data', (part) => {
    text += part
    const [, address] = /The crew: (\S+)\n/.exec(text) ?? []
    if (address !== undefined) resolve(address)
  })
})
const browser = await chromium.launch({ executablePath: values.browser, args: ['--no-sandbox'] })
for (const { colorScheme, width, height } of PICTURES) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme })
  page.setDefaultTimeout(0)
  await page.goto(url)
  await page.waitForSelector('[data-asked="true"]')
  await page.screenshot({ path: join(ROOT, `docs/images/crew-${colorScheme}.png`) })
}
await browser.close()
run.kill('SIGKILL')
rmSync(data, { recursive: true, force: true })
