/** Checks everything, and names each check as it runs. A failure does not stop the checks after it. */
import { spawnSync } from 'node:child_process'

const CHECKS = ['types', 'lint', 'test', 'test:system', 'package']

const failed = CHECKS.filter((check) => {
  console.log(`\n== ${check}`)
  const npm = spawnSync('npm', ['run', '--silent', check], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  return npm.status !== 0
})

console.log(failed.length === 0 ? '\nAll checks passed.' : `\nFailed: ${failed.join(', ')}.`)
process.exitCode = failed.length === 0 ? 0 : 1
