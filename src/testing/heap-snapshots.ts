/**
 * What a piece of work leaves in the heap, by memlab.
 *
 *   snapshot ─ work ─ snapshot ─ collect ─ snapshot       left: made between the first two, alive in the third
 *
 * memlab's own rules know the DOM and React and find nothing in a program under Node, so its filter is given here:
 * every object and closure. A process that runs tests makes a lot meanwhile that has nothing to do with them, so
 * survivors are gathered by the way that leads to them, and only what there is at least one of for each round
 * counts.
 *
 * memlab is an optional peer, loaded when it is asked for. It has no types here but those that are used, so this
 * package can be compiled against without it.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeHeapSnapshot } from 'node:v8'
import { collectGarbage } from './garbage.ts'

/** Objects that are left, one or more for each round. */
export interface HeapLeak {
  /** The class, or `closure` and its name. */
  readonly name: string
  readonly objects: number
  /** What else is left because these are: the classes below them. */
  readonly holding: readonly string[]
  /** From a root to the first of them, a line for each reference. */
  readonly trace: readonly string[]
}

interface HeapNode {
  readonly name: string
  readonly type: string
  readonly pathEdge: HeapEdge | null
}

interface HeapEdge {
  readonly name_or_index: string | number
  readonly type: string
  readonly fromNode: HeapNode
}

interface Memlab {
  readonly config: {
    externalLeakFilter?: unknown
    errorHandling: number
    muteConsole: boolean
  }
  findLeaksBySnapshotFilePaths(
    before: string,
    between: string,
    after: string,
    options: { workDir: string },
  ): Promise<unknown>
}

/** Steps of a way to a root; more say nothing more. */
const STEPS_MAX = 60

/** Between two steps of a way, from the object outwards. */
const STEP = ' <- '

/** The probe's own weak references. */
const OWN_BOOKS = '#watched'

/**
 * Loads memlab; undefined where it is not installed. The cast holds for memlab 2; a CommonJS package may come as
 * a default export.
 */
async function loadMemlab(): Promise<Memlab | undefined> {
  try {
    const loaded = (await import('memlab')) as unknown as Memlab & { readonly default?: Memlab }
    return loaded.findLeaksBySnapshotFilePaths === undefined ? loaded.default : loaded
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}

/** Runs the work between heap snapshots; resolves with undefined, and runs nothing, where memlab is missing. */
export async function compareHeaps(
  work: () => Promise<void>,
  rounds: number,
): Promise<HeapLeak[] | undefined> {
  const memlab = await loadMemlab()
  if (memlab === undefined) return undefined
  const folder = await mkdtemp(join(tmpdir(), 'headgate-heap-'))
  try {
    const before = await takeSnapshot(folder, 'before')
    await work()
    const between = await takeSnapshot(folder, 'between')
    const after = await takeSnapshot(folder, 'after')
    const ways = new Ways()
    await withFilter(memlab, ways.filter, () =>
      memlab.findLeaksBySnapshotFilePaths(before, between, after, { workDir: join(folder, 'work') }),
    )
    return ways.leaks(rounds)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function takeSnapshot(folder: string, name: string): Promise<string> {
  for (let round = 0; round < 3; round += 1) await collectGarbage()
  return writeHeapSnapshot(join(folder, `${name}.heapsnapshot`))
}

/** memlab is set by one object that all of a process share: it is put back as it was. */
async function withFilter(
  { config }: Memlab,
  leakFilter: (node: HeapNode) => boolean,
  find: () => Promise<unknown>,
): Promise<void> {
  const { externalLeakFilter, errorHandling, muteConsole } = config
  // 2: a failure of memlab is thrown; by default it halts the process.
  Object.assign(config, { externalLeakFilter: { leakFilter }, errorHandling: 2, muteConsole: true })
  try {
    await find()
  } finally {
    Object.assign(config, { externalLeakFilter, errorHandling, muteConsole })
  }
}

/** Survivors that are led to in the same way. */
interface Group {
  readonly way: string
  readonly name: string
  readonly trace: readonly string[]
  objects: number
}

/** Gathers survivors by the way that leads to them. */
class Ways {
  readonly #groups = new Map<string, Group>()

  /** Counts, and lets nothing through: memlab would spend minutes on clustering what it is not asked for. */
  readonly filter = (node: HeapNode): boolean => {
    if (node.type !== 'object' && node.type !== 'closure') return false
    const way = wayTo(node)
    const known = this.#groups.get(way)
    if (known !== undefined) known.objects += 1
    else this.#groups.set(way, { way, name: describe(node), trace: traceTo(node), objects: 1 })
    return false
  }

  /** The outermost groups of which there is one for each round; what lies below them is only named. */
  leaks(rounds: number): HeapLeak[] {
    const groups = [...this.#groups.values()].filter(
      ({ objects, way }) => objects >= rounds && !way.includes(OWN_BOOKS),
    )
    const below = (inner: Group, outer: Group): boolean => inner.way.endsWith(`${STEP}${outer.way}`)
    return groups
      .filter((group) => !groups.some((other) => below(group, other)))
      .map((group) => ({
        name: group.name,
        objects: group.objects,
        holding: namesOf(groups.filter((other) => below(other, group))),
        trace: group.trace,
      }))
  }
}

const namesOf = (groups: readonly Group[]): string[] => [
  ...new Set(groups.map(({ name }) => name).filter((name) => !name.startsWith('system /'))),
]

const describe = ({ name, type }: HeapNode): string =>
  type === 'closure' ? `closure ${name || '(no name)'}` : name

/** Edges from an object to a root. */
function* edgesTo(node: HeapNode): Generator<HeapEdge> {
  let edge = node.pathEdge
  for (let step = 0; step < STEPS_MAX && edge !== null && edge !== undefined; step += 1) {
    yield edge
    edge = edge.fromNode.pathEdge
  }
}

/**
 * What tells one way from another: names and kinds, without the numbers of slots. The way to what holds an object is
 * the end of the object's own.
 */
function wayTo(node: HeapNode): string {
  const steps = [...edgesTo(node)].map(({ name_or_index, fromNode }) => {
    const key = /^\d+$/.test(String(name_or_index)) ? '*' : name_or_index
    return `${key}${STEP}${describe(fromNode)}`
  })
  return [describe(node), ...steps].join(STEP)
}

function traceTo(node: HeapNode): string[] {
  const edges = [...edgesTo(node)]
  const lines = edges.map(({ name_or_index, fromNode }) => `  ${describe(fromNode)} . ${name_or_index}`)
  return [...lines.reverse(), `  ${describe(node)}`]
}
