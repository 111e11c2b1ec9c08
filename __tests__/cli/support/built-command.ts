/**
 * The command as users get it: compiled, and started as a process of its own.
 *
 * The build goes into a folder of its own, laid out as the package is, so that no test depends on what lies in
 * `dist/`. Modules in that folder import `headgate` by its name.
 */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../../..')
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')

/** Building takes a second or two; a test file that builds gives its first hook this long. */
export const BUILD_MS_MAX = 60_000

export interface Finished {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export class BuiltCommand {
  readonly folder: string

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'headgate-built-'))
    cpSync(join(ROOT, 'package.json'), join(this.folder, 'package.json'))
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'))
    for (const copy of ['esm', 'cjs']) this.#compile(copy)
    writeFileSync(join(this.folder, 'dist/cjs/package.json'), '{ "type": "commonjs" }')
  }

  /** Copies a file or folder of the project to the same place. */
  copy(path: string): void {
    cpSync(join(ROOT, path), join(this.folder, path), { recursive: true })
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text)
  }

  get main(): string {
    return join(this.folder, 'dist/esm/cli/main.js')
  }

  start(...words: string[]): ChildProcessWithoutNullStreams {
    return spawn(process.execPath, [this.main, ...words], {
      cwd: this.folder,
    })
  }

  /** Runs the command to its end. */
  run(words: readonly string[], input = ''): Promise<Finished> {
    const process = this.start(...words)
    // It may end without reading all of its input.
    process.stdin.on('error', () => {})
    process.stdin.end(input)
    return finished(process)
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  #compile(copy: string): void {
    const config = join(ROOT, `tsconfig.build.${copy}.json`)
    const tsc = spawnSync(
      process.execPath,
      [TSC, '-p', config, '--outDir', join(this.folder, 'dist', copy)],
      {
        encoding: 'utf8',
      },
    )
    if (tsc.status !== 0) throw new Error(`The build failed:\n${tsc.stdout}${tsc.stderr}`)
  }
}

/** Waits for the end of a process, and of what it writes. */
export function finished(process: ChildProcessWithoutNullStreams): Promise<Finished> {
  let stdout = ''
  let stderr = ''
  process.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  process.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return new Promise((resolve, reject) => {
    process.on('error', reject)
    process.on('close', (status) => resolve({ status, stdout, stderr }))
  })
}
