/**
 * Where a module that does not compile is wrong. Node writes the place only when it prints an error that nobody
 * has caught, so it is asked once more in a process of its own. Nothing of the module runs there: its imports are
 * compiled before any of them is evaluated.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ASK_MS_MAX = 10_000
/** What Node prints above a syntax error: the place, the line, and carets under what is wrong. */
const PRINTED = /^(\S.*):(\d+)\n(?:.*\n)?([ \t]*)\^/m
/** The functions of Node that compile a module; without them on the stack, the module itself has thrown. */
const COMPILING = /compileSourceTextModule|wrapSafe|ModuleJob/

/** @returns `FILE:LINE:COLUMN`, or undefined where the error is of another kind or Node does not tell. */
export function placeOfSyntaxError(error: unknown, url: string): string | undefined {
  // Not instanceof: it may be of another realm.
  const { name, stack } = Object(error) as { name?: unknown; stack?: unknown }
  if (name !== 'SyntaxError' || typeof stack !== 'string' || !COMPILING.test(stack)) return undefined
  return placeIn(stack) ?? placeIn(printed(url))
}

function printed(url: string): string {
  const words = [...process.execArgv, '--input-type=module', '--eval', `import ${JSON.stringify(url)}`]
  return spawnSync(process.execPath, words, { encoding: 'utf8', timeout: ASK_MS_MAX }).stderr ?? ''
}

function placeIn(text: string): string | undefined {
  const [, place, line, indent] = PRINTED.exec(text) ?? []
  if (place === undefined || line === undefined || indent === undefined) return undefined
  return `${place.startsWith('file:') ? fileURLToPath(place) : place}:${line}:${indent.length + 1}`
}
