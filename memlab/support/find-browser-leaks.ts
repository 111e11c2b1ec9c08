/** The browser part: finds Chromium, and runs the page of panels in it. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runChild } from './child.ts'
import type { ClaimLeak, LeakReport } from './find-leaks.ts'

const PLACES = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/** Where a browser is; `undefined` where there is none. The variable CHROMIUM names another. */
export function findBrowser(): string | undefined {
  return PLACES.find((place) => place !== '' && existsSync(place))
}

/** Mounts and unmounts the panels, and reports what is left of them. */
export async function findBrowserLeaks(browser: string, kind: 'clean' | 'leak'): Promise<LeakReport> {
  const folder = await mkdtemp(join(tmpdir(), 'headgate-memlab-'))
  try {
    const printed = await runChild('run-browser', [kind, browser, folder])
    const { leaked, byClaim } = JSON.parse(printed.slice(printed.lastIndexOf('\n'))) as {
      leaked: number
      byClaim: [string, ClaimLeak][]
    }
    return { leaked, byClaim: new Map(byClaim) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
