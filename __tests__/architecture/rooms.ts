/**
 * The room rule of the architecture, as a pure function from source texts to sentences about what breaks it.
 *
 * A folder of `src/` is a room, and each room stands on a floor. A file imports files of its own room, or the
 * door (`index.ts`) of a room on a lower floor. That keeps the import graph free of cycles between rooms, and
 * lets a user load one room without the dependencies of those above it.
 *
 * Imports are found by pattern, not by a parser: the compiler has no JavaScript interface, and formatted
 * sources put each import at the start of a line. Lines of comments are skipped, as examples contain imports.
 */
import { isBuiltin } from 'node:module'
import { posix } from 'node:path'

/** The floor of each room; a room that is not listed is itself a mistake. */
export const FLOORS: Readonly<Record<string, number>> = {
  kit: 0,
  backpressure: 1,
  state: 1,
  counting: 2,
  collection: 2,
  store: 3,
  json: 3,
  delta: 4,
  machine: 4,
  derive: 4,
  kernel: 4,
  health: 4,
  codec: 5,
  otel: 5,
  journal: 5,
  actors: 5,
  sync: 5,
  binding: 5,
  nats: 6,
  react: 6,
  devtools: 6,
  vue: 6,
  svelte: 6,
  solid: 6,
  angular: 6,
  langgraph: 6,
  agents: 7,
  process: 7,
  testing: 7,
  inspector: 7,
  stress: 8,
  cli: 9,
}

/** The packages that the rooms of the core may import; the other rooms are free to choose theirs. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  kit: [],
  backpressure: ['rxjs'],
  state: ['immer'],
  store: ['rxjs', 'immer'],
  machine: ['rxjs', 'immer'],
  derive: ['rxjs'],
  kernel: [],
  counting: [],
  health: [],
  collection: ['immer'],
  json: [],
  delta: [],
  journal: ['rxjs'],
  sync: ['rxjs'],
  react: ['react'],
  devtools: [],
  actors: ['rxjs'],
}

/** From this floor on, a room runs only under Node. */
const NODE_FLOOR = 7

const DOOR = 'index.ts'
const ROOT_DOOR = 'src/index.ts'

const COMMENT_LINE = /^\s*(?:\/\/|\/\*|\*\s|\*\/|\*$).*$/gm
/** Between the keyword and `from` stand names, braces and commas only, so a match cannot run into other code. */
const FROM_CLAUSE = /^[ \t]*(?:import|export)\b(?:[\w\s{},*$]|\/\/.*\n)*?\bfrom\s*['"]([^'"]+)['"]/gm
const BARE_IMPORT = /^[ \t]*import\s*['"]([^'"]+)['"]/gm
const CALLED_IMPORT = /\bimport\(\s*['"]([^'"]+)['"]/g

/** Lists what a source text imports or re-exports, statically or by `import('…')`, in order of appearance. */
export function importsOf(source: string): { specifier: string; line: number }[] {
  const code = source.replace(COMMENT_LINE, '')
  return [FROM_CLAUSE, BARE_IMPORT, CALLED_IMPORT]
    .flatMap((pattern) => [...code.matchAll(pattern)])
    .sort((one, other) => one.index - other.index)
    .map((match) => ({
      specifier: match[1] ?? '',
      line: code.slice(0, match.index + match[0].length).split('\n').length,
    }))
}

/**
 * Checks the room rule.
 *
 * @param sources - the text of each file by its path from the project's root, as `src/store/index.ts`
 * @param packageName - the name under which users import the project
 * @returns one sentence for each import, or file, that breaks the rule; none when all is well
 */
export function roomViolations(
  sources: Readonly<Record<string, string>>,
  packageName = 'headgate',
): string[] {
  return Object.entries(sources).flatMap(([file, source]) => {
    const misplaced = whyMisplaced(file)
    if (misplaced !== undefined) return [`${file} ${misplaced}`]
    return importsOf(source).flatMap(({ specifier, line }) => {
      const why = whyRefused(file, specifier, packageName)
      return why === undefined ? [] : [`${file}:${line} imports '${specifier}': ${why}`]
    })
  })
}

/** The room of a file, or undefined for a file that lies in none. */
function roomOf(file: string): string | undefined {
  const parts = file.split('/')
  return parts[0] === 'src' && parts.length > 2 ? parts[1] : undefined
}

function whyMisplaced(file: string): string | undefined {
  if (file === ROOT_DOOR) return undefined
  const room = roomOf(file)
  if (room === undefined) return `lies outside every room; only ${ROOT_DOOR} may.`
  return FLOORS[room] === undefined ? `lies in the room '${room}', which has no floor.` : undefined
}

function whyRefused(file: string, specifier: string, packageName: string): string | undefined {
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(file), specifier)
    return file === ROOT_DOOR ? whyNotDoor(target) : whyOtherRoomRefused(file, target)
  }
  if (specifier === packageName || specifier.startsWith(`${packageName}/`)) {
    return 'sources name one another by relative paths, not by the name of the package.'
  }
  return whyPackageRefused(file, specifier)
}

function whyNotDoor(target: string): string | undefined {
  const room = roomOf(target)
  return room !== undefined && target === `src/${room}/${DOOR}`
    ? undefined
    : 'the root door may import only the doors of rooms.'
}

function whyOtherRoomRefused(file: string, target: string): string | undefined {
  const from = roomOf(file) ?? ''
  const to = roomOf(target)
  if (target === ROOT_DOOR) return 'the root door is for users; import the door of the room that has it.'
  if (to === undefined) return 'a room may not import a file that lies outside every room.'

  const door = `src/${to}/${DOOR}`
  if (to === from) {
    return target === door ? 'inside a room, import the file that has it, not the door.' : undefined
  }
  const below = FLOORS[from] ?? Number.NaN
  const above = FLOORS[to]
  if (above === undefined) return `the room '${to}' has no floor.`
  if (above === below)
    return `'${from}' and '${to}' are neighbours on floor ${below}; neither may import the other.`
  if (above > below) {
    return `'${to}' stands on floor ${above}, above '${from}' on floor ${below}; imports only go down.`
  }
  return target === door ? undefined : `a room is entered by its door; import from ${door}.`
}

function whyPackageRefused(file: string, specifier: string): string | undefined {
  const room = roomOf(file)
  if (room === undefined) return 'the root door may import only the doors of rooms.'
  if (isBuiltin(specifier)) {
    const floor = FLOORS[room] ?? 0
    return floor >= NODE_FLOOR
      ? undefined
      : `'${room}' stands on floor ${floor}, and modules of Node may be used from floor ${NODE_FLOOR} on.`
  }
  const allowed = PACKAGES[room]
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  if (allowed === undefined || allowed.includes(name)) return undefined
  return allowed.length === 0
    ? `'${room}' may import no package.`
    : `'${room}' may import no package but ${allowed.join(' and ')}.`
}
