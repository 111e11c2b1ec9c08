/** Where the page lies: beside this file, once the package is built. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Where this file is. `import.meta.url` says so in an ES module and is a syntax error in CommonJS, so it is read from a
 * stack, whose top frame is this function.
 */
function ownFileName(): string {
  const { prepareStackTrace } = Error
  try {
    Error.prepareStackTrace = (_error, frames) => frames
    // The cast holds for what the line above returns.
    const [frame] = new Error().stack as unknown as NodeJS.CallSite[]
    return frame?.getFileName() ?? ''
  } finally {
    if (prepareStackTrace === undefined) delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace
    else Error.prepareStackTrace = prepareStackTrace
  }
}

const FILE = ownFileName()

const ABSENT =
  '<!doctype html><title>Headgate inspector</title><p>The page is made by <code>npm run build</code>.</p>'

/** The page; in the sources, where there is none, a sentence. */
export function readPage(): string {
  try {
    return readFileSync(
      join(dirname(FILE.startsWith('file:') ? fileURLToPath(FILE) : FILE), 'page.html'),
      'utf8',
    )
  } catch {
    return ABSENT
  }
}
