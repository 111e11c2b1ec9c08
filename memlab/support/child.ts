/** Runs a TypeScript file in a child process that can collect its garbage on demand. */
import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

/** The root of the repository. */
export const ROOT: string = resolve(__dirname, '../..')

const execute = promisify(execFile)

/**
 * Runs `memlab/support/<name>.ts` and resolves with what it printed.
 *
 * @param environment - the child's NODE_ENV: development builds watch for handles that are forgotten.
 * @param flags - of Node or V8.
 * @throws where it fails, with what it wrote to its standard error.
 */
export async function runChild(
  name: string,
  args: readonly string[],
  environment: 'production' | 'development' = 'production',
  flags: readonly string[] = [],
): Promise<string> {
  const load = `require(${JSON.stringify(join(ROOT, 'memlab/support', `${name}.ts`))})`
  const { stdout } = await execute(
    process.execPath,
    ['--expose-gc', ...flags, '-r', 'esbuild-register', '-e', load, ...args],
    {
      cwd: ROOT,
      env: { ...process.env, NODE_ENV: environment },
      maxBuffer: 64 * 1024 * 1024,
      timeout: 400_000,
    },
  )
  return stdout
}
