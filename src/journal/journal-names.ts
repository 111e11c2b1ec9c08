import type { JournalEngine } from './engine.ts'

/** Behind every key that begins with a name and `!`. */
const BEHIND = '"'
/**
 * The last keys: in the order of UTF-16, as texts of JavaScript have it, and in that of UTF-8, in which databases keep
 * keys, and in which what is beyond the basic plane comes last.
 */
const LAST = ['\uffff', '\u{10ffff}'] as const

/** Lists the names of the journals in an open engine, in order. */
export async function journalNames(engine: JournalEngine): Promise<string[]> {
  const names: string[] = []
  for (let from = ''; ; from = `${names.at(-1)}${BEHIND}`) {
    const name = await nextName(engine, from)
    if (name === undefined) return names.sort()
    names.push(name)
  }
}

async function nextName(engine: JournalEngine, from: string): Promise<string | undefined> {
  for (const to of LAST) {
    for await (const { key } of engine.read({ from, to })) {
      const end = key.indexOf('!')
      if (end > 0) return key.slice(0, end)
    }
  }
  return undefined
}
