/** What only a browser shows: renders that are sliced, frames, and what stands in the document together. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import type { Looks } from '../../bench/react/paces.tsx'
import { findBrowser } from '../../memlab/support/find-browser-leaks.ts'

const executablePath = findBrowser()
const OPENER = join(import.meta.dirname, '../../bench/react/open-page.mjs')
/** A browser beside other work; alone each test takes some seconds. */
const PATIENCE_MS = 240_000

interface Opened {
  readonly browser: Browser
  readonly page: Page
  readonly problems: readonly string[]
}

let opened: Opened

if (executablePath === undefined) console.warn('No browser is installed: the concurrent checks are skipped.')
const withBrowser = executablePath === undefined ? describe.skip : describe

withBrowser('in a browser', () => {
  beforeAll(async () => {
    const { openPage } = (await import(OPENER)) as {
      openPage(entry: string, options: object): Promise<Opened>
    }
    opened = await openPage('own-page.ts', { executablePath, environment: 'development' })
  }, PATIENCE_MS)

  afterAll(() => opened?.browser.close())

  // 5 and 6 are slicing and branching, which no library that keeps one linear history outside of React has.
  test.each(['headgate', 'headgate, frame()', 'headgate, throttle(100)'])(
    '%s passes eight of the ten concurrent checks',
    async (name) => {
      const checks = (await opened.page.evaluate(`suite.ten(${JSON.stringify(name)})`)) as boolean[]
      const verdict = checks.map((passed) => (passed ? 'P' : 'F')).join('')
      expect(verdict).toMatch(/^PPPP..PPPP$/)
      expect(opened.problems).toEqual([])
    },
    PATIENCE_MS,
  )

  test(
    'two paces in one tree: nobody ever sees two versions of one view together',
    async () => {
      const { torn, looks, written } = (await opened.page.evaluate('suite.paces(true, 2000)')) as Looks
      expect(torn).toBe(0)
      expect(looks).toBeGreaterThan(0)
      expect(written).toBeGreaterThan(looks)
    },
    PATIENCE_MS,
  )

  test(
    'a policy in each component is seen torn, so the look is sharp',
    async () => {
      expect(((await opened.page.evaluate('suite.paces(false, 2000)')) as Looks).torn).toBeGreaterThan(0)
    },
    PATIENCE_MS,
  )

  test(
    'five hundred chunks written in one task are drawn at most twice with frame()',
    async () => {
      const drawn = async (name: string) => opened.page.evaluate(`suite.chunks(${JSON.stringify(name)}, 500)`)
      expect(await drawn('headgate, frame()')).toBeLessThanOrEqual(2)
      expect(await drawn('headgate')).toBeGreaterThan(2)
    },
    PATIENCE_MS,
  )

  test(
    'a thousand components render once a write, and with frame() are committed at most once a frame',
    async () => {
      const load = async (name: string) =>
        (await opened.page.evaluate(`suite.load(${JSON.stringify(name)}, 200, 1000)`)) as Record<
          string,
          number
        >
      const plain = await load('headgate')
      expect(plain).toMatchObject({ converged: true, renders: plain.writes })
      const framed = await load('headgate, frame()')
      expect(framed.converged).toBe(true)
      expect(framed.renders).toBeLessThanOrEqual(Number(framed.writes))
      // Where frames stop, frame() goes on after 100 ms; and one commit may come after the last frame that was counted.
      expect(framed.commits).toBeLessThanOrEqual(Number(framed.frames) + 1_000 / 100 + 1)
    },
    PATIENCE_MS,
  )
})
