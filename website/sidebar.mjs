/** What the sidebar shows, by what a reader is after. Each page has the text of its heading. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { referenceSidebar } from './reference.mjs'

const DOCS = join(import.meta.dirname, '../docs')

const GROUPS = {
  'First steps': ['stores', 'selections', 'views', 'errors', 'guarantees'],
  'Slow subscribers': ['backpressure', 'policies'],
  'More than one store': ['derive', 'collections', 'delta'],
  'State machines': ['machines', 'actors', 'agents'],
  'User interfaces': ['ui', 'inspector'],
  'Beyond the process': ['journal', 'sync', 'protocol', 'many-machines', 'codec', 'run'],
  'Tests and figures': ['testing', 'leaks', 'stress', 'observability', 'performance', 'size'],
  'Above the store': ['kernel'],
}

const named = new Set(Object.values(GROUPS).flat())
const others = readdirSync(DOCS)
  .filter((file) => file.endsWith('.md') && !named.has(file.slice(0, -3)))
  .map((file) => file.slice(0, -3))

/** @param {string} page */
function item(page) {
  const heading = /^# (.+)$/m.exec(readFileSync(join(DOCS, `${page}.md`), 'utf8'))?.[1]
  return { text: heading ?? page, link: `/${page}` }
}

export const sidebar = {
  '/api/': referenceSidebar,
  '/': [
    { text: 'Headgate', link: '/start' },
    ...Object.entries({ ...GROUPS, More: others }).map(([text, pages]) => ({ text, items: pages.map(item) })),
  ],
}
