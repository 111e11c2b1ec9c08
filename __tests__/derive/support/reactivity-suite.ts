/**
 * The public suite `reactive-framework-test-suite`. It is published as TypeScript whose imports name JavaScript, which
 * no loader here reads, so it is bundled first.
 */
import { join } from 'node:path'
import { buildSync } from 'esbuild'

/** What the suite asks of a library. */
export interface ReactiveFramework {
  readonly name?: string
  signal<T>(initial: T): { read(): T; write(value: T): void }
  computed<T>(compute: () => T): { read(): T }
  effect(run: () => undefined | (() => void)): () => void
  run(work: () => void): void
  batch?(work: () => void): void
  untracked?<T>(work: () => T): T
}

/** One of its sections: cases by title, each of which throws where the library does something else. */
export interface Section {
  readonly section: string
  readonly type?: 'behavioral'
  readonly cases: Readonly<Record<string, (framework: ReactiveFramework) => unknown>>
}

/** Loads the sections of the suite, and the class of what a case throws that does not apply. */
export function loadReactivitySuite(): {
  readonly testSuite: readonly Section[]
  readonly SkipTest: new () => Error
} {
  const { outputFiles } = buildSync({
    entryPoints: [
      join(import.meta.dirname, '../../../node_modules/reactive-framework-test-suite/src/index.ts'),
    ],
    bundle: true,
    write: false,
    format: 'cjs',
    target: 'node20',
  })
  const module = { exports: {} }
  new Function('module', outputFiles[0]?.text ?? '')(module)
  // The cast holds: the bundle's entry exports these.
  return module.exports as ReturnType<typeof loadReactivitySuite>
}
