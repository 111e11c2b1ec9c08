/** Replaces what a document has between `<!-- NAME -->` and `<!-- /NAME -->`: what is generated into it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')

/**
 * @param {string} document - from the root of the project
 * @param {string} name
 * @param {readonly string[]} lines
 */
export function writeSection(document, name, lines) {
  const file = join(ROOT, document)
  const text = readFileSync(file, 'utf8')
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const section = new RegExp(`${begin}[\\s\\S]*${end}`)
  if (!section.test(text)) throw new Error(`${document} has no ${begin} … ${end}.`)
  writeFileSync(
    file,
    text.replace(section, () => [begin, ...lines, end].join('\n')),
  )
}
