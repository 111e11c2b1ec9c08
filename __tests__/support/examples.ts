/**
 * Keeps the examples of the documentation true: finds them, type-checks them, runs them.
 *
 * An example is a fenced block marked `ts` in a Markdown page, or below an `@example` tag in a source file. It
 * is a module of its own that imports `headgate` as a user does, and may use top-level `await`. What it logs
 * must be written beside the code or below it, in the order in which it is logged:
 *
 *     console.log(store.state.count) // → 1
 *
 * A log of several lines takes one such comment for each line. A block marked `ts no-run` is type-checked only.
 *
 * All blocks share one run of the compiler, since starting it costs more than any block. For the same reason they run
 * inside the test's own process, with the same copies of the modules that they import.
 */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, relative, sep } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { formatWithOptions } from 'node:util'
import { transform } from '@swc/core'

/** A block of code in the documentation. */
export interface Example {
  /** The page or source file, from the project's root. */
  readonly file: string
  /** The line of the file, from 1, on which the code begins. */
  readonly line: number
  readonly code: string
  /** False for a block that is type-checked only. */
  readonly run: boolean
}

/** A line that an example says it logs. */
interface ExpectedLog {
  readonly line: number
  readonly text: string
}

const ROOT = join(import.meta.dirname, '../..')
const SOURCES = join(ROOT, 'src')
const PACKAGE = 'headgate'

/** How long a block may take to log what it promises after its last statement has ended. */
const LATE_LOGS_MS = 500
const LATE_LOGS_POLL_MS = 5

// ---------------------------------------------------------------------------------------------- finding

/** Finds the examples of a page in Markdown, or of a source file. */
export function collectExamples(file: string, text: string): Example[] {
  const page = file.endsWith('.md') ? text : examplesAsMarkdown(text)
  const examples: Example[] = []
  let open: { indent: number; ts: boolean; run: boolean; line: number; code: string[] } | undefined

  page.split('\n').forEach((content, index) => {
    const fence = /^(\s*)```\s*(.*?)\s*$/.exec(content)
    if (open !== undefined && fence?.[2] === '') {
      const { ts, run, line, code } = open
      if (ts) examples.push({ file, line, code: code.join('\n'), run })
      open = undefined
    } else if (open !== undefined) {
      open.code.push(content.slice(Math.min(open.indent, content.search(/\S|$/))))
    } else if (fence !== null) {
      const [, indent = '', marks = ''] = fence
      const ts = /^(ts|typescript)\b/.test(marks)
      if (ts && marks !== 'ts' && marks !== 'ts no-run') {
        throw new Error(`${file}:${index + 1} marks a block "${marks}"; write "ts" or "ts no-run".`)
      }
      open = { indent: indent.length, ts, run: marks === 'ts', line: index + 2, code: [] }
    }
  })
  if (open !== undefined) throw new Error(`${file}:${open.line - 1} opens a block that nothing closes.`)
  return examples
}

/** Empties every line of a source file but those below an `@example` tag, and strips their ` * `. */
function examplesAsMarkdown(source: string): string {
  let inComment = false
  let inExample = false
  return source
    .split('\n')
    .map((line) => {
      if (/^\s*\/\*\*/.test(line)) inComment = true
      if (line.includes('*/')) inComment = false
      if (!inComment) inExample = false
      const tag = /^\s*(?:\/\*)?\*\s*@(\w+)/.exec(line)
      if (tag !== null) inExample = inComment && tag[1] === 'example'
      return inExample && tag === null ? line.replace(/^\s*\* ?/, '') : ''
    })
    .join('\n')
}

function expectedLogs(example: Example): ExpectedLog[] {
  return example.code.split('\n').flatMap((content, index) => {
    const text = /\/\/ → ?(.*)$/.exec(content)?.[1]
    return text === undefined ? [] : [{ line: example.line + index, text: text.trimEnd() }]
  })
}

// ---------------------------------------------------------------------------------------- type-checking

/**
 * Type-checks examples together, as strictly as the project, unused names apart.
 *
 * @param sources - the folder that `headgate` stands for; another one only in tests of this file
 * @returns the compiler's errors, each with the file and line of the documentation, or of the source at fault
 */
export async function typeErrors(examples: readonly Example[], sources: string = SOURCES): Promise<string[]> {
  if (examples.length === 0) return []
  const cache = join(ROOT, 'node_modules/.cache/headgate-examples')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'run-'))
  try {
    await extract(examples, folder, sources)
    const report = await compile(folder)
    return report.map((message) => relocate(message, folder, examples))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function extract(examples: readonly Example[], folder: string, sources: string): Promise<void> {
  const config = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      noUnusedLocals: false,
      noUnusedParameters: false,
      declaration: false,
      isolatedDeclarations: false,
      paths: { [PACKAGE]: [join(sources, 'index.ts')], [`${PACKAGE}/*`]: [join(sources, '*/index.ts')] },
    },
    files: examples.map((_, index) => `${index}.ts`),
    include: [],
  }
  await Promise.all([
    writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config)),
    // Makes the blocks ES modules: no package.json above `node_modules` counts for what is inside.
    writeFile(join(folder, 'package.json'), '{ "type": "module" }'),
    ...examples.map(({ code }, index) => writeFile(join(folder, `${index}.ts`), code)),
  ])
}

/** Runs the compiler and returns its messages, each with the lines that explain it. */
function compile(folder: string): Promise<string[]> {
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, '--pretty', 'false'], { cwd: folder }, (failure, stdout, stderr) => {
      const report = `${stdout}${stderr}`.trim()
      if (report !== '') resolve(report.split(/\n(?!\s)/))
      else resolve(failure === null ? [] : [`The compiler did not run: ${failure.message}`])
    })
  })
}

/** Replaces the place in an extracted file by its place in the documentation; other places count from the root. */
function relocate(message: string, folder: string, examples: readonly Example[]): string {
  return message.replace(/^([^(\n]+)\((\d+),\d+\)/, (_place, file: string, line: string) => {
    const example = examples[Number.parseInt(file, 10)]
    return example === undefined
      ? `${relative(ROOT, join(folder, file)).split(sep).join('/')}:${line}`
      : `${example.file}:${example.line + Number(line) - 1}`
  })
}

// ---------------------------------------------------------------------------------------------- running

/**
 * Runs an example and compares what it logs with what it says it logs.
 *
 * @param sources - the folder that `headgate` stands for; another one only in tests of this file
 * @returns one sentence for each difference; none when the example is right, or is not to be run
 */
export async function runProblems(example: Example, sources: string = SOURCES): Promise<string[]> {
  if (!example.run) return []
  const expected = expectedLogs(example)
  const logged: string[] = []
  try {
    await execute(example, sources, (line) => logged.push(line))
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return [`${example.file}:${example.line} threw ${reason}`]
  }
  for (
    let waited = 0;
    logged.length < expected.length && waited < LATE_LOGS_MS;
    waited += LATE_LOGS_POLL_MS
  ) {
    await delay(LATE_LOGS_POLL_MS)
  }
  await delay(0) // a log too many may still be on its way
  return differences(example, expected, logged)
}

async function execute(example: Example, sources: string, log: (line: string) => void): Promise<void> {
  const { code } = await transform(example.code, {
    swcrc: false,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  })
  const require = createRequire(import.meta.url)
  const load = (specifier: string): unknown => require(resolveOwn(specifier, sources))
  const ownConsole = Object.assign(Object.create(console), { log: logTo(log) })

  // The constructor of async functions has no name of its own; an async body is what allows top-level await.
  const AsyncFunction = execute.constructor as new (
    ...parts: string[]
  ) => (...values: unknown[]) => Promise<void>
  await new AsyncFunction('exports', 'require', 'console', code)({}, load, ownConsole)
}

function resolveOwn(specifier: string, sources: string): string {
  if (specifier === PACKAGE) return join(sources, 'index.ts')
  if (!specifier.startsWith(`${PACKAGE}/`)) return specifier
  return join(sources, specifier.slice(PACKAGE.length + 1), 'index.ts')
}

/** Formats as `console.log` does, but for objects, which stay on one line each. */
function logTo(log: (line: string) => void): (...values: unknown[]) => void {
  return (...values) => {
    const text = formatWithOptions({ breakLength: Number.POSITIVE_INFINITY, compact: true }, ...values)
    for (const line of text.split('\n')) log(line.trimEnd())
  }
}

function differences(
  example: Example,
  expected: readonly ExpectedLog[],
  logged: readonly string[],
): string[] {
  const unmet = expected.flatMap(({ line, text }, index) => {
    const got = logged[index]
    if (got === text) return []
    const instead = got === undefined ? 'nothing was logged' : `"${got}" was logged`
    return [`${example.file}:${line} expects "${text}", but ${instead}.`]
  })
  const unforeseen = logged
    .slice(expected.length)
    .map((text) => `${example.file}:${example.line} also logged "${text}"; add "// → ${text}" where it does.`)
  return [...unmet, ...unforeseen]
}
