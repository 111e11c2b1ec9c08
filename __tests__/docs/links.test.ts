/** The links between the pages, for readers of the repository: those of the site are made of them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { slug } from '../../website/slug.ts'

const ROOT = join(import.meta.dirname, '../..')
const ON_GITHUB = 'https://github.com/headgate/headgate/blob/main/'
const FOLDERS = ['docs', 'skills', 'bench', 'examples']

function markdownIn(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return []
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && !file.includes('node_modules'))
    .map((file) => posix.join(folder, file.split(sep).join('/')))
}

const pages = [
  'llms.txt',
  ...readdirSync(ROOT).filter((file) => file.endsWith('.md')),
  ...FOLDERS.flatMap((folder) => markdownIn(folder)),
]

/** The text of a page without its blocks of code. */
const prose = new Map(
  pages.map((page) => [page, readFileSync(join(ROOT, page), 'utf8').replace(/^ *```.*?^ *```$/gms, '')]),
)

/** The anchors of a page: of each heading, numbered where one is there already. */
function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>()
  for (const [, heading = ''] of (prose.get(page) ?? '').matchAll(/^#{1,6} (.+)$/gm)) {
    const anchor = slug(heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1'))
    let number = 0
    while (anchors.has(number === 0 ? anchor : `${anchor}-${number}`)) number += 1
    anchors.add(number === 0 ? anchor : `${anchor}-${number}`)
  }
  return anchors
}

/** Why a link leads nowhere; undefined where it leads somewhere, or elsewhere. */
function fault(page: string, link: string): string | undefined {
  const isOwn = link.startsWith(ON_GITHUB)
  if (!isOwn && /^[a-z]+:/.test(link)) return undefined
  const [path = '', anchor] = (isOwn ? link.slice(ON_GITHUB.length) : link).split('#')
  const file = path === '' ? page : posix.join(isOwn ? '' : posix.dirname(page), path)
  if (!existsSync(join(ROOT, file))) return `${page} links to ${link}: no such file`
  if (anchor === undefined || !prose.has(file) || anchorsOf(file).has(anchor)) return undefined
  return `${page} links to ${link}: no such heading`
}

describe('the links of the pages', () => {
  test('lead to files and headings that exist', () => {
    const faults = pages.flatMap((page) =>
      [...(prose.get(page) ?? '').matchAll(/\]\(([^)\s]+)\)/g)].flatMap(
        ([, link = '']) => fault(page, link) ?? [],
      ),
    )
    expect(faults).toEqual([])
  })

  test('are followed as far as a heading', () => {
    expect(fault('docs/stores.md', '../README.md#state-machines')).toBeUndefined()
    expect(fault('docs/stores.md', '../README.md#attic')).toBe(
      'docs/stores.md links to ../README.md#attic: no such heading',
    )
    expect(fault('docs/stores.md', `${ON_GITHUB}src/attic.ts`)).toEndWith('no such file')
  })
})
