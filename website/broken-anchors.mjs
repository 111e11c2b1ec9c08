/** The links of the built site to a place that its page does not have: VitePress looks at pages only. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, sep } from 'node:path'

const DIST = join(import.meta.dirname, 'dist')

/** @param {string} html @param {RegExp} attribute */
const valuesOf = (html, attribute) => [...html.matchAll(attribute)].map(([, value]) => value ?? '')

export function brokenAnchors() {
  const files = readdirSync(DIST, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.html'),
  )
  const pages = files.map((file) => {
    const html = readFileSync(join(DIST, file), 'utf8')
    const path = `/${file
      .split(sep)
      .join('/')
      .replace(/(?:index)?\.html$/, '')}`
    return {
      path,
      ids: new Set(valuesOf(html, /\bid="([^"]+)"/g)),
      links: valuesOf(html, /\bhref="([^"]+#[^"]+|#[^"]+)"/g),
    }
  })
  const idsOf = new Map(pages.map(({ path, ids }) => [path, ids]))
  return pages.flatMap(({ path, links }) =>
    links.flatMap((link) => {
      const [page = '', id = ''] = link.split('#')
      const ids = page === '' ? idsOf.get(path) : idsOf.get(posix.resolve(posix.dirname(path), page))
      const isOwn = !/^[a-z]+:/.test(page)
      return isOwn && ids?.has(decodeURIComponent(id)) !== true
        ? [`${path} links to ${link}, which is not there.`]
        : []
    }),
  )
}
