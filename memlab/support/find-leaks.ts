/**
 * Runs a scenario in a child process and lets memlab look for what was made in it, survived the release
 * and is reachable.
 *
 * memlab's own rules know the DOM and React and find nothing in a Node program, so the filter here is the
 * widest: every object and closure counts.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { config } from '@memlab/core'
import { findLeaksBySnapshotFilePaths } from 'memlab'

const ROOT = resolve(__dirname, '../..')

/** How many groups of leaked objects memlab found, and the path that retains the first of each. */
export async function findLeaks(scenario: string, kind: 'clean' | 'leak'): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'headgate-memlab-'))
  try {
    const runner = join(ROOT, 'memlab/support/run-scenario.ts')
    const load = `require(${JSON.stringify(runner)})`
    const file = join(ROOT, 'memlab/scenarios', scenario)
    const args = ['--expose-gc', '-r', 'esbuild-register', '-e', load, file, kind, folder]
    await promisify(execFile)(process.execPath, args, { cwd: ROOT, timeout: 60_000 })
    config.externalLeakFilter = { leakFilter: (node) => node.type === 'object' || node.type === 'closure' }
    // 2: a failure of memlab is thrown; by default it halts the process.
    config.errorHandling = 2
    config.muteConsole = true
    const [before, between, after] = ['before', 'between', 'after'].map((name) =>
      join(folder, `${name}.heapsnapshot`),
    ) as [string, string, string]
    const leaks = await findLeaksBySnapshotFilePaths(before, between, after, {
      workDir: join(folder, 'work'),
    })
    return leaks.map(traceOf)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The chain of references from a root to the leaked object: memlab tells it as the keys of an object. */
function traceOf(leak: object): string {
  return Object.keys(leak)
    .filter((key) => /^\d+: /.test(key))
    .join('\n')
}
