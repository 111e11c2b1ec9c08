/** What the sidebar shows, by what a reader is after. Each page has the text of its heading. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { referenceSidebar } from './reference.mjs'

const DOCS = join(import.meta.dirname, '../docs')

const GROUPS = {
  'First steps': ['stores', 'selections', 'views', 'errors', 'guarantees'],
  'By task': ['slow-subscriber', 'leaks', 'survive-a-crash', 'react', 'agents', 'many-machines'].map(guide),
  'Coming from': ['zustand', 'redux-toolkit', 'ngrx', 'xstate', 'behavior-subject'].map((name) =>
    guide(`from-${name}`),
  ),
  'Slow subscribers': ['backpressure', 'policies'],
  'More than one store': ['derive', 'collections', 'delta'],
  'State machines': ['machines', 'actors', 'agents'],
  'User interfaces': ['ui', 'inspector'],
  'Beyond the process': ['journal', 'sync', 'protocol', 'many-machines', 'codec', 'run'],
  'Tests and figures': ['testing', 'leaks', 'leak-check', 'stress', 'observability', 'performance', 'size'],
  'Above the store': ['kernel'],
}

/** @param {string} name */
function guide(name) {
  return `guides/${name}`
}

/** A page that no group names is there all the same, at the end. */
const named = new Set(Object.values(GROUPS).flat())
const others = readdirSync(DOCS, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.md'))
  .map((file) => file.slice(0, -3).split(sep).join('/'))
  .filter((page) => !named.has(page))
const groups = Object.entries({ ...GROUPS, ...(others.length > 0 && { More: others }) })

/** @param {string} page */
function item(page) {
  const heading = /^# (?:From (?:a )?)?(.+)$/m.exec(readFileSync(join(DOCS, `${page}.md`), 'utf8'))?.[1]
  return { text: heading ?? page, link: `/${page}` }
}

export const sidebar = {
  '/api/': referenceSidebar,
  '/': [
    { text: 'Headgate', link: '/start' },
    ...groups.map(([text, pages]) => ({ text, items: pages.map(item) })),
    { text: 'For coding assistants', items: [{ text: 'Skill', link: '/skill' }] },
  ],
}
