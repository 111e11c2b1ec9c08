/** A release is one commit and one tag, and is refused before anything is written. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

const SCRIPT = join(import.meta.dirname, '../../scripts/release.mjs')

let folder: string
const put = (path: string, text: string): void => writeFileSync(join(folder, path), text)
const read = (path: string): string => readFileSync(join(folder, path), 'utf8')
const git = (...args: string[]): string => execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).trim()
const commit = (): string => git('commit', '--quiet', '--all', '--message', 'more')
const release = (asked: string): { status: number | null; said: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, asked], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { status, said: stdout + stderr }
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-release-'))
  git('init', '--quiet', '--initial-branch', 'main')
  git('config', 'user.name', 'someone')
  git('config', 'user.email', 'someone@example.org')
  mkdirSync(join(folder, 'src/kit'), { recursive: true })
  const named = '"name": "headgate",\n  "version": "0.9.3"'
  put('package.json', `{\n  ${named},\n  "scripts": { "check": "node check.mjs" }\n}\n`)
  put('package-lock.json', `{\n  ${named},\n  "packages": { "": {\n  ${named} } }\n}\n`)
  put('check.mjs', '')
  put('src/kit/version.ts', "export const VERSION = '0.9.3'\n")
  put('CHANGELOG.md', '# Changelog\n\n## Unreleased\n\n- New.\n\n## 0.9.3 - 2026-01-01\n\n- Old.\n')
  git('add', '.')
  commit()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('npm run release', () => {
  test.each([
    ['patch', '0.9.4'],
    ['minor', '0.10.0'],
    ['major', '1.0.0'],
    ['2.3.4', '2.3.4'],
  ])('%s writes %s everywhere, commits and tags it', (asked, version) => {
    expect(release(asked)).toMatchObject({ status: 0 })
    expect(JSON.parse(read('package.json')).version).toBe(version)
    expect(JSON.parse(read('package-lock.json'))).toMatchObject({ version, packages: { '': { version } } })
    expect(read('src/kit/version.ts')).toContain(`'${version}'`)
    expect(read('CHANGELOG.md')).toMatch(
      new RegExp(`## Unreleased\n\n## ${version} - \\d{4}-\\d\\d-\\d\\d\n\n- New.\n\n## 0.9.3`),
    )
    expect(git('tag', '--list')).toBe(`v${version}`)
    expect(git('log', '-1', '--format=%s')).toBe(`release: ${version}`)
    expect(git('status', '--porcelain')).toBe('')
  })

  test.each<[string, () => unknown, string, string]>([
    ['an unknown step', () => {}, 'huge', "'huge' is no release"],
    ['changes that are not committed', () => put('CHANGELOG.md', '?'), 'patch', 'not committed'],
    ['another branch', () => git('checkout', '--quiet', '-b', 'other'), 'patch', 'made on main'],
    ['a tag that exists', () => git('tag', 'v0.9.4'), 'patch', 'v0.9.4 exists'],
    [
      'nothing that is new',
      () => {
        put('CHANGELOG.md', '# Changelog\n\n## Unreleased\n\n## 0.9.3 - 2026-01-01\n\n- Old.\n')
        commit()
      },
      'patch',
      'nothing to release',
    ],
    [
      'a check that fails',
      () => {
        put('check.mjs', 'process.exitCode = 1')
        commit()
      },
      'patch',
      'nothing was changed',
    ],
  ])('refuses %s, and changes nothing', (_what, arrange, asked, sentence) => {
    arrange()
    const before = [git('rev-parse', 'HEAD'), git('status', '--porcelain'), git('tag', '--list')]
    const { status, said } = release(asked)
    expect([status, said]).toEqual([1, expect.stringContaining(sentence)])
    expect([git('rev-parse', 'HEAD'), git('status', '--porcelain'), git('tag', '--list')]).toEqual(before)
  })
})
