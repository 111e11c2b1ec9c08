/**
 * Where this file lies.
 *
 * `import.meta.url` says so in an ES module and is a syntax error in CommonJS; `__dirname` is the other way
 * round. The sources are compiled to both, so the location is read from a stack trace, which both have: its
 * top frame is this function.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

function ownFileName(): string {
  const { prepareStackTrace } = Error
  try {
    Error.prepareStackTrace = (_error, frames) => frames
    // The cast holds for what the line above returns.
    const [frame] = new Error().stack as unknown as NodeJS.CallSite[]
    return frame?.getFileName() ?? ''
  } finally {
    // Absent at first, and then not to be there as undefined.
    if (prepareStackTrace === undefined) delete (Error as { prepareStackTrace?: unknown }).prepareStackTrace
    else Error.prepareStackTrace = prepareStackTrace
  }
}

const FILE = ownFileName()
/** ES modules are known by URLs, CommonJS modules by paths. */
const IS_ES_MODULE = FILE.startsWith('file:')
const PATH = IS_ES_MODULE ? fileURLToPath(FILE) : FILE

/**
 * The path of a program of this room. The CommonJS copy starts that of the ESM copy beside it: on older Nodes
 * only that one can load ES modules.
 */
export function entryPath(name: string): string {
  const file = `${name}${extname(PATH)}`
  const esm = join(dirname(PATH), '../../esm/stress', file)
  return !IS_ES_MODULE && existsSync(esm) ? esm : join(dirname(PATH), file)
}

/** What `import()` takes for a file: in the CommonJS copy it is compiled to `require`, which takes no URL. */
export function importable(path: string): string {
  return IS_ES_MODULE ? pathToFileURL(path).href : path
}

/** The version of this package, from the next package.json above that has its name. */
export function packageVersion(): string {
  for (let folder = dirname(PATH); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      if (name === 'headgate') return String(version)
    } catch {
      // There is none here, or it is no JSON: look further up.
    }
  }
  return 'unknown'
}
