/**
 * What lives on the heap, to the byte: the sizes in a heap snapshot, without compiled code.
 *
 * `process.memoryUsage().heapUsed` is not that: it counts a page that the engine has just begun as full, a quarter
 * of a megabyte that comes and goes, and code, which is compiled and flushed as the engine sees fit. A snapshot has
 * objects, and tells code from the rest: of two runs that leave nothing, most differ by nothing.
 */
import { getHeapSnapshot } from 'node:v8'

/** The parts of a snapshot that are read here; V8 writes them in this order, as one line of JSON. */
interface SnapshotHead {
  readonly snapshot: { readonly meta: { readonly node_fields: string[]; readonly node_types: [string[]] } }
  readonly nodes: number[]
}

/** Reads a snapshot up to its nodes; what follows is the greater part of it. */
async function readHead(): Promise<SnapshotHead> {
  let text = ''
  let end = -1
  for await (const chunk of getHeapSnapshot().setEncoding('utf8')) {
    if (end >= 0) continue
    text += chunk
    // A key may be cut by the chunks' border.
    end = text.indexOf('"edges":', text.length - chunk.length - 8)
  }
  if (end < 0) throw new Error('Expected a heap snapshot with nodes before its edges.')
  return JSON.parse(`${text.slice(0, text.lastIndexOf(',', end))}}`)
}

/** The sizes of all objects, in bytes. Garbage is collected first. */
export async function liveBytes(): Promise<number> {
  const { snapshot, nodes } = await readHead()
  const { node_fields: fields, node_types: types } = snapshot.meta
  const [type, size] = [fields.indexOf('type'), fields.indexOf('self_size')]
  const code = types[0].indexOf('code')
  let bytes = 0
  for (let node = 0; node < nodes.length; node += fields.length) {
    // The casts hold: each node has all fields.
    if (nodes[node + type] !== code) bytes += nodes[node + size] as number
  }
  return bytes
}
