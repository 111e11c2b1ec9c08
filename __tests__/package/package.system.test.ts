/** What a registry gets: the files, and a page whose links lead somewhere. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { HELP, RUN_HELP } from '../../src/cli/help.ts'
import { STRESS_HELP } from '../../src/cli/stress/stress-help.ts'
import { Budget } from '../../src/json/limits.ts'
import { VERSION } from '../../src/kit/index.ts'

const ROOT = join(import.meta.dirname, '../..')
const HOME = 'https://github.com/headgate/headgate'
const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const manifest = JSON.parse(text('package.json'))

let packed: Set<string>

beforeAll(() => {
  // A shell, as npm is a script of its own on some systems.
  const pack = spawnSync('npm pack --dry-run --json --ignore-scripts', {
    cwd: ROOT,
    encoding: 'utf8',
    shell: true,
  })
  const [{ files }] = JSON.parse(pack.stdout) as [{ files: { path: string }[] }]
  packed = new Set(files.map(({ path }) => path))
})

/** The targets of the links of a page, without those inside of it. */
const linksOf = (page: string): string[] =>
  [...text(page).matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)].map(([, target]) => target ?? '')

describe('the package', () => {
  test('holds every document that its help names', () => {
    const named = [HELP, RUN_HELP, STRESS_HELP].flatMap((help) => help.match(/[\w/-]+\.md/g) ?? [])
    expect(named).toContain('docs/run.md')
    expect(named.filter((path) => !packed.has(path))).toEqual([])
  })

  test('leads from its page to files that it holds, or by whole addresses', () => {
    const relative = linksOf('README.md').filter((target) => !/^[a-z]+:/.test(target))
    expect(relative.filter((path) => !packed.has(path))).toEqual([])
  })

  test('says where it comes from, and is published with its provenance', () => {
    expect(manifest).toMatchObject({
      repository: { type: 'git', url: `git+${HOME}.git` },
      bugs: `${HOME}/issues`,
      homepage: `${HOME}#readme`,
      publishConfig: { provenance: true },
    })
  })

  test('holds a page on security, which says where to report and names every limit of the codec', () => {
    expect(packed).toContain('SECURITY.md')
    expect(linksOf('README.md')).toContain(`${HOME}/blob/main/SECURITY.md`)
    expect(linksOf('SECURITY.md')).toContain(`${HOME}/security/advisories/new`)
    const page = text('SECURITY.md')
    expect(Object.keys(new Budget().limits).filter((limit) => !page.includes(`\`${limit}\``))).toEqual([])
  })

  test('knows its own version', () => {
    expect(VERSION).toBe(manifest.version)
  })
})

describe('the workflows', () => {
  test('run actions of one commit only', () => {
    const workflows = [
      '.github/workflows/ci.yml',
      '.github/workflows/release.yml',
      'examples/leak-check/leaks.yml',
    ]
    const used = workflows.flatMap((path) =>
      [...text(path).matchAll(/uses: (\S+)/g)].map(([, action]) => action),
    )
    expect(used).not.toEqual([])
    for (const action of used) expect(action).toMatch(/@[0-9a-f]{40}$/)
  })
})
