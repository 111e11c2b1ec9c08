/** Checks some code against the sources with TypeScript 5.9, and says what it cost the compiler. */
import { join } from 'node:path'
import ts from 'typescript-5'

const ROOT = join(import.meta.dirname, '../..')
/** Beside the tests, so that `../../src/index.ts` is found; it exists in memory only. */
const FILE = join(ROOT, '__tests__/support/checked.ts')

const OPTIONS: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts'],
  strict: true,
  exactOptionalPropertyTypes: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  noEmit: true,
  types: [],
}

export interface TypeCheck {
  readonly errors: readonly string[]
  /** How many types the compiler made of generic ones: the same on every machine. */
  readonly instantiations: number
}

/** The files that the code imports, read once: they are most of the work. */
const files = new Map<string, ts.SourceFile | undefined>()

/** Only the given code is checked, with what it needs of the files that it imports. */
export function typeCheck(code: string): TypeCheck {
  const host = ts.createCompilerHost(OPTIONS)
  const { getSourceFile } = host
  host.getSourceFile = (file, ...rest) => {
    if (file === FILE) return ts.createSourceFile(file, code, ts.ScriptTarget.ES2022)
    if (!files.has(file)) files.set(file, getSourceFile.call(host, file, ...rest))
    return files.get(file)
  }
  const program = ts.createProgram([FILE], OPTIONS, host)
  const found = program.getSemanticDiagnostics(program.getSourceFile(FILE))
  return {
    errors: found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
    instantiations: program.getInstantiationCount(),
  }
}
