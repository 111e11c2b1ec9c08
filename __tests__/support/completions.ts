/**
 * Asks what an editor would complete at places in some code, which are marked with `¦`.
 *
 * Editors ask TypeScript's language service; that of TypeScript 5.9 has a JavaScript interface.
 */
import { join } from 'node:path'
import ts from 'typescript-5'

const ROOT = join(import.meta.dirname, '../..')
/** Beside the tests, so that `../../src/index.ts` is found; it exists in memory only. */
const FILE = join(ROOT, '__tests__/support/completed.ts')

let text = ''
let version = 0

const host: ts.LanguageServiceHost = {
  getScriptFileNames: () => [FILE],
  getScriptVersion: (file) => (file === FILE ? String(version) : '0'),
  getScriptSnapshot: (file) => {
    const content = file === FILE ? text : ts.sys.readFile(file)
    return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content)
  },
  getCurrentDirectory: () => ROOT,
  getCompilationSettings: () => ({
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    // Without those of the DOM and of Node, which take longer to read than all else, and change no name here.
    lib: ['lib.es2023.d.ts'],
    strict: true,
    exactOptionalPropertyTypes: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    types: [],
  }),
  getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
  fileExists: (file) => ts.sys.fileExists(file),
  readFile: (file) => ts.sys.readFile(file),
}

/** How the service marks a member and an optional one. */
const SORTED_FIRST = ['11', '12']

let service: ts.LanguageService | undefined

/**
 * The names that are offered first at the mark of each piece of code, in the order of the alphabet; globals are not
 * among them. All are asked of one program, each in a block of its own, as making a program is most of the work.
 */
export function completionsIn(imports: string, codes: readonly string[]): string[][] {
  for (const code of codes) if (!code.includes('¦')) throw new Error('Mark the place with ¦.')
  const marked = [imports, ...codes.map((code) => `{\n${code}\n}\n`)].join('')
  const parts = marked.split('¦')
  text = parts.join('')
  version += 1
  service ??= ts.createLanguageService(host)
  let position = 0
  return parts.slice(0, -1).map((part) => {
    position += part.length
    return namesAt(position)
  })
}

function namesAt(position: number): string[] {
  const found = service?.getCompletionsAtPosition(FILE, position, undefined)
  // Inside an expression every name in scope is offered; a member, a key or a string is not one of those.
  if (found === undefined || found.isGlobalCompletion) return []
  return found.entries
    .filter(({ sortText }) => SORTED_FIRST.includes(sortText))
    .map(({ name }) => name)
    .sort()
}
