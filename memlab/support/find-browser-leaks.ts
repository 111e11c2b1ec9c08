/** The browser part: finds Chromium, and runs a page in it: panels, or the dashboard of a framework. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runChild } from './child.ts'
import { type ClaimLeak, type LeakReport, REMOVAL } from './find-leaks.ts'

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

export type BrowserPage = 'panels' | 'inspector' | 'react' | 'vue' | 'svelte' | 'solid' | 'angular'

/** What is mounted and unmounted in each of them. */
export const BROWSER_PAGES: Readonly<Record<BrowserPage, string>> = {
  panels: 'panels in a page',
  inspector: 'inspectors in a page',
  react: 'a dashboard in React',
  vue: 'a dashboard in Vue',
  svelte: 'a dashboard in Svelte',
  solid: 'a dashboard in Solid',
  angular: 'a dashboard in Angular',
}

/** Mounts, drives and unmounts what a page shows, and reports what is left of it. */
export async function findBrowserLeaks(
  browser: string,
  page: BrowserPage,
  kind: 'clean' | 'leak',
): Promise<LeakReport> {
  const folder = await mkdtemp(join(tmpdir(), 'headgate-memlab-'))
  try {
    const printed = await runChild('run-browser', [page, kind, browser, folder])
    const { leaked, byClaim } = JSON.parse(printed.slice(printed.lastIndexOf('\n'))) as {
      leaked: number
      byClaim: [string, ClaimLeak][]
    }
    return { leaked, byClaim: new Map(byClaim) }
  } finally {
    await rm(folder, REMOVAL)
  }
}
