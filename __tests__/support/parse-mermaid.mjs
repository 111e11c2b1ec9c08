/**
 * Reads state diagrams with Mermaid's own parser: a JSON array of texts on standard input, and what each shows on
 * standard output: `{ states: [label], edges: [[from, to, label]] }`, or `{ error }`.
 *
 * A process of its own, as Mermaid is an ES module, and expects a page: its sanitizer is stubbed.
 */
import { text } from 'node:stream/consumers'
import DOMPurify from 'dompurify'
import mermaid from 'mermaid'

Object.assign(DOMPurify, { addHook() {}, sanitize: (/** @type {string} */ html) => html })
mermaid.initialize({})

/** What Mermaid turns back into a character when it draws. */
const decode = (/** @type {string} */ label) =>
  label.replaceAll(/ﬂ°°(\d+)¶ß/g, (_entity, code) => String.fromCodePoint(Number(code)))

async function read(/** @type {string} */ diagram) {
  try {
    await mermaid.parse(diagram)
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(diagram)
    const labels = new Map(
      [...db.getStates()].map(([id, state]) => [id, decode(state.descriptions[0] ?? id)]),
    )
    const edges = db
      .getRelations()
      .map(({ id1, id2, relationTitle }) => [labels.get(id1), labels.get(id2), decode(relationTitle ?? '')])
    return { states: [...labels.values()], edges }
  } catch (error) {
    return { error: String(error) }
  }
}

const diagrams = JSON.parse(await text(process.stdin))
const shown = []
// One after the other: the parser keeps one diagram at a time.
for (const diagram of diagrams) shown.push(await read(diagram))
process.stdout.write(JSON.stringify(shown))
