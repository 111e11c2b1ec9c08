import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { collectExamples, runProblems, typeErrors } from '../support/examples.ts'

const ROOT = join(import.meta.dirname, '../..')

/** Lists the files below a folder, or the file itself, from the project's root; none where nothing is. */
function filesIn(path: string): string[] {
  if (!existsSync(join(ROOT, path))) return []
  if (path.endsWith('.md')) return [path]
  return readdirSync(join(ROOT, path), { recursive: true, encoding: 'utf8' }).map((file) =>
    `${path}/${file}`.split(sep).join('/'),
  )
}

const pages = ['README.md', 'docs', 'skills'].flatMap(filesIn).filter((file) => file.endsWith('.md'))
const sources = filesIn('src').filter((file) => /\.tsx?$/.test(file))
const examples = [...pages, ...sources].flatMap((file) =>
  collectExamples(file, readFileSync(join(ROOT, file), 'utf8')),
)

describe('the examples of the documentation', () => {
  test('compile', async () => {
    expect(await typeErrors(examples)).toEqual([])
  })

  for (const example of examples.filter(({ run }) => run)) {
    test(`${example.file}:${example.line} logs what it says`, async () => {
      expect(await runProblems(example)).toEqual([])
    })
  }
})
