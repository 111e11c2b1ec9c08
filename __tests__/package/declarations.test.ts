/** The types of the root work for a project with few libraries that checks every declaration. */
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import ts from 'typescript-5'

const ROOT = join(import.meta.dirname, '../..')

describe('the types of the root', () => {
  test('have no error with skipLibCheck off and without the library of disposables', () => {
    const program = ts.createProgram([join(ROOT, 'src/index.ts')], {
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      allowImportingTsExtensions: true,
      skipLibCheck: false,
      noEmit: true,
      types: [],
    })
    const found = ts
      .getPreEmitDiagnostics(program)
      .map(
        ({ file, messageText }) =>
          `${file?.fileName.replace(ROOT, '') ?? ''} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
      )
    expect(found).toEqual([])
  }, 120_000)
})
