/**
 * Draws docs/images/dashboard-light.png and dashboard-dark.png: the dashboard in React after some seconds, in two sizes.
 *
 *     node scripts/draw-dashboard.mjs [--browser PATH]
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { bundle } from '../examples/dashboard/bundle.js'

const IMAGES = join(import.meta.dirname, '../docs/images')
/** Enough for the chart to have something to show. */
const COMMITS = 1_500
const PICTURES = /** @type {const} */ ([
  { colorScheme: 'light', width: 1_200, height: 760 },
  { colorScheme: 'dark', width: 420, height: 760 },
])

const { values } = parseArgs({ options: { browser: { type: 'string', default: '/usr/bin/chromium' } } })
const body = await bundle('react')
const browser = await chromium.launch({ executablePath: values.browser, args: ['--no-sandbox'] })
for (const { colorScheme, width, height } of PICTURES) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme })
  page.setDefaultTimeout(0)
  await page.route('**/*', (route) => route.fulfill({ body, contentType: 'text/html' }))
  await page.goto('http://dashboard.test/')
  await page.waitForFunction(`globalThis.page?.writes > ${COMMITS}`)
  await page.screenshot({ path: join(IMAGES, `dashboard-${colorScheme}.png`) })
}
await browser.close()
