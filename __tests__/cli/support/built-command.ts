/**
 * The command as users get it: compiled, and started as a process of its own.
 *
 * The build goes into a folder of its own, laid out as the package is, so that no test depends on what lies in
 * `dist/`. Modules in that folder import `headgate` by its name. It is kept until the sources change: the compiler
 * takes longer than most of the tests that want it.
 */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../../..')
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')
const BUILDS = join(ROOT, 'node_modules/.cache/headgate-builds')

/** Building takes some seconds; a test file that builds gives its first hook this long. */
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
    cpSync(builtSources(), join(this.folder, 'dist'), { recursive: true })
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
    return this.startWith({}, ...words)
  }

  /** Starts it with more environment variables. */
  startWith(environment: Record<string, string>, ...words: string[]): ChildProcessWithoutNullStreams {
    return spawn(process.execPath, [this.main, ...words], {
      cwd: this.folder,
      env: { ...process.env, ...environment },
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
}

/** The folder with what the compiler makes of the sources as they are now. */
function builtSources(): string {
  const hash = createHash('sha256')
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  const files = sources.filter((path) => /\.[jt]s$/.test(path)).map((path) => join('src', path))
  const configs = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.esm.json', 'tsconfig.build.cjs.json']
  for (const path of [...files.sort(), ...configs]) hash.update(path).update(readFileSync(join(ROOT, path)))
  const built = join(BUILDS, hash.digest('hex'))
  if (!existsSync(built)) {
    mkdirSync(BUILDS, { recursive: true })
    const others = readdirSync(BUILDS)
    const folder = mkdtempSync(join(BUILDS, 'new-'))
    for (const copy of ['esm', 'cjs']) compile(copy, join(folder, copy))
    writeFileSync(join(folder, 'cjs/package.json'), '{ "type": "commonjs" }')
    try {
      renameSync(folder, built)
    } catch {
      rmSync(folder, { recursive: true }) // another worker was faster
    }
    for (const other of others.filter((name) => !name.startsWith('new-')))
      rmSync(join(BUILDS, other), { recursive: true, force: true })
  }
  return built
}

/** Types are checked by `npm run types`; without declarations and maps there is a third of the files to copy. */
function compile(copy: string, folder: string): void {
  const config = join(ROOT, `tsconfig.build.${copy}.json`)
  const only = ['isolatedDeclarations', 'declaration', 'declarationMap', 'sourceMap'].flatMap((option) => [
    `--${option}`,
    'false',
  ])
  const tsc = spawnSync(process.execPath, [TSC, '-p', config, '--outDir', folder, '--noCheck', ...only], {
    encoding: 'utf8',
  })
  if (tsc.status !== 0) throw new Error(`The build failed:\n${tsc.stdout}${tsc.stderr}`)
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
