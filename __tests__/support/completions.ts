/**
 * Asks what an editor would complete at a place in some code, which is marked with `¦`.
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
    strict: true,
    exactOptionalPropertyTypes: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    types: ['node'],
  }),
  getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
  fileExists: (file) => ts.sys.fileExists(file),
  readFile: (file) => ts.sys.readFile(file),
}

/** How the service marks a member and an optional one. */
const SORTED_FIRST = ['11', '12']

let service: ts.LanguageService | undefined

/** The names that are offered first at the mark, in the order of the alphabet; globals are not among them. */
export function completionsAt(code: string): string[] {
  const position = code.indexOf('¦')
  if (position < 0) throw new Error('Mark the place with ¦.')
  text = code.replace('¦', '')
  version += 1
  service ??= ts.createLanguageService(host)
  const found = service.getCompletionsAtPosition(FILE, position, undefined)
  // Inside an expression every name in scope is offered; a member, a key or a string is not one of those.
  if (found === undefined || found.isGlobalCompletion) return []
  return found.entries
    .filter(({ sortText }) => SORTED_FIRST.includes(sortText))
    .map(({ name }) => name)
    .sort()
}
