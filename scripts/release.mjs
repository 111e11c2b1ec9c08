/**
 * Makes a release: one commit and one tag. The push of the tag publishes it (.github/workflows/release.yml), with its
 * provenance; nothing is published from a desk.
 *
 *     npm run release -- minor     or patch, major, 1.2.3
 *     git push --follow-tags
 *
 * It refuses where the tree is not clean, the branch is not main, the tag exists, or nothing stands under
 * "Unreleased" in CHANGELOG.md. `npm run check` runs before anything is written.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = process.cwd()

/** Refuses with a sentence. @param {string} sentence @returns {never} */
function refuse(sentence) {
  console.error(sentence)
  process.exit(1)
}

/** @param {readonly string[]} args */
const git = (...args) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim()

/** @param {string} path @param {(text: string) => string} change */
const edit = (path, change) => writeFileSync(join(ROOT, path), change(readFileSync(join(ROOT, path), 'utf8')))

/**
 * The version that follows.
 *
 * @param {string} current
 * @param {string} asked - major, minor, patch, or the version itself
 */
function nextVersion(current, asked) {
  if (/^\d+\.\d+\.\d+$/.test(asked)) return asked
  const place = ['major', 'minor', 'patch'].indexOf(asked)
  if (place === -1)
    refuse(`'${asked}' is no release: npm run release -- major, minor, patch, or a version as 1.2.3.`)
  return current
    .split('.')
    .map((part, index) => (index < place ? part : index === place ? `${Number(part) + 1}` : '0'))
    .join('.')
}

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
const version = nextVersion(manifest.version, process.argv[2] ?? '')
const changelog = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8')
const [, unreleased = ''] = /^## Unreleased\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(changelog) ?? []

if (git('status', '--porcelain') !== '')
  refuse('There are changes that are not committed. Commit them first.')
if (git('branch', '--show-current') !== 'main') refuse('Releases are made on main.')
if (git('tag', '--list', `v${version}`) !== '') refuse(`v${version} exists. Ask for a later version.`)
if (unreleased.trim() === '')
  refuse('Nothing stands under "Unreleased" in CHANGELOG.md: there is nothing to release.')
const check = spawnSync('npm', ['run', '--silent', 'check'], { cwd: ROOT, stdio: 'inherit' })
if (check.status !== 0) refuse('`npm run check` failed: nothing was changed.')

const day = new Date().toISOString().slice(0, 10)
edit('CHANGELOG.md', (text) => text.replace('## Unreleased\n', `## Unreleased\n\n## ${version} - ${day}\n`))
edit('package.json', (text) => text.replace(`"version": "${manifest.version}"`, `"version": "${version}"`))
edit('package-lock.json', (text) =>
  text.replaceAll(/("name": "headgate",\s+"version": ")[^"]+/g, `$1${version}`),
)
edit('src/kit/version.ts', (text) => text.replace(manifest.version, version))
git('commit', '--quiet', '--all', '--message', `release: ${version}`)
git('tag', '--annotate', `v${version}`, '--message', `v${version}`)
console.log(`v${version} is committed and tagged. \`git push --follow-tags\` publishes it.`)
