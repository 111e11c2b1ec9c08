/** What assistants read of the site: llms.txt, the pages that it names, and all of them as one text. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

/** @param {string} dist */
export function writeTexts(dist) {
  const index = readFileSync(join(ROOT, 'llms.txt'), 'utf8')
  const pages = [...new Set([...index.matchAll(/\]\(([^):]+\.md)\)/g)].map(([, page = '']) => page))]
  // Under the paths of the repository, so that the links of each lead to the next.
  for (const page of ['llms.txt', ...pages]) cpSync(join(ROOT, page), join(dist, page))
  const texts = pages.map((page) => `<!-- ${page} -->\n\n${readFileSync(join(ROOT, page), 'utf8')}`)
  writeFileSync(join(dist, 'llms-full.txt'), `${index}\n${texts.join('\n')}`)
}
