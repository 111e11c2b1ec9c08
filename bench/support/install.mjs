/** Installs the peers, unless what is installed is what the lock file says. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const BENCH = join(import.meta.dirname, '..')
const STAMP = join(BENCH, 'node_modules/.installed-lock')

export function installPeers() {
  const lock = createHash('sha256')
    .update(readFileSync(join(BENCH, 'package-lock.json')))
    .digest('hex')
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lock) return
  console.error('Installing the peers …')
  const npm = spawnSync('npm', ['ci', '--silent', '--no-audit', '--no-fund'], {
    cwd: BENCH,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (npm.status !== 0) throw new Error('The peers could not be installed: `npm ci --prefix bench` says why.')
  writeFileSync(STAMP, lock)
}
