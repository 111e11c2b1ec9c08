/** Builds a file of these tests into one that Node runs by itself, in the two formats of the package. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build, type Plugin } from 'esbuild'

const ROOT = join(import.meta.dirname, '../..')
const execute = promisify(execFile)

/** Leaves memlab out of the bundle, to be loaded by this name. */
const memlabAs = (path: string): Plugin => ({
  name: 'memlab',
  setup: ({ onResolve }) => onResolve({ filter: /^memlab$/ }, () => ({ path, external: true })),
})

/**
 * Bundles a file of `node-test/` and runs it.
 *
 * @param memlab - whether memlab is installed where it runs.
 * @returns what it printed; rejects where it fails.
 */
export async function runBundled(
  name: string,
  format: 'esm' | 'cjs',
  memlab: 'with memlab' | 'without memlab',
  flags: readonly string[] = [],
): Promise<string> {
  const cache = join(ROOT, 'node_modules/.cache')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'headgate-testing-'))
  const outfile = join(folder, `${name}.${format === 'esm' ? 'mjs' : 'cjs'}`)
  try {
    await build({
      entryPoints: [join(import.meta.dirname, 'node-test', `${name}.ts`)],
      outfile,
      format,
      bundle: true,
      platform: 'node',
      target: 'node20',
      keepNames: true,
      plugins: [memlabAs(memlab === 'with memlab' ? 'memlab' : 'memlab-that-is-missing')],
      logLevel: 'silent',
    })
    // Jest tells its workers what Node's test runner would take for its own.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    const { stdout } = await execute(process.execPath, [...flags, outfile], { env, timeout: 280_000 })
    return stdout
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
