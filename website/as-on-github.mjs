/**
 * The pages are written for GitHub, where they are read too. Here a link to another page becomes the site's, one to
 * a file that is no page becomes GitHub's, and a picture follows the site's switch of light and dark.
 */
import { posix, relative, sep } from 'node:path'

const ROOT = posix.join(import.meta.dirname, '..')
const FILES = 'https://github.com/headgate/headgate/blob/main'
const PICTURE =
  /<picture><source media="\(prefers-color-scheme: dark\)" srcset="([^"]+)"><img (alt="[^"]*") src="([^"]+)"><\/picture>/g

/** Where a file of the repository is on the site; undefined for one that is no page. @param {string} file */
function pageOf(file) {
  if (file === 'README.md') return '/start'
  if (file === 'skills/headgate/SKILL.md') return '/skill'
  return /^(?:docs|website)(\/.+)\.md$/.exec(file)?.[1]
}

/** @param {string} page - from the root of the repository @param {string} href */
function onSite(page, href) {
  if (/^(?:[a-z]+:|[/#])/.test(href)) return href
  const [path = '', ...hash] = href.split('#')
  const file = posix.join(posix.dirname(page), path)
  return [pageOf(file) ?? `${FILES}/${file}`, ...hash].join('#')
}

/** A plugin of markdown-it. @param {import('markdown-it').default} markdown */
export function asOnGitHub(markdown) {
  markdown.core.ruler.before('normalize', 'pictures', (state) => {
    state.src = state.src.replace(
      PICTURE,
      '<img class="dark-only" $2 src="./$1"><img class="light-only" $2 src="./$3">',
    )
  })
  markdown.core.ruler.push('links', ({ tokens, env }) => {
    const page = relative(ROOT, env.realPath ?? env.path)
      .split(sep)
      .join('/')
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.type === 'link_open' ? token.attrGet('href') : null
      if (href !== null) token.attrSet('href', onSite(page, href))
    }
  })
}
