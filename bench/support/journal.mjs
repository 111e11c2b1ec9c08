/** What the benchmarks of journals share: folders that go at the end, LevelDB, and a store of a thousand robots. */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ClassicLevel } from 'classic-level'

const dist = (path) => pathToFileURL(join(import.meta.dirname, '../../dist/esm', path)).href
export const { createStore, collection } = await import(dist('index.js'))
export const { levelEngine, memoryEngine, openJournal, openArchive } = await import(dist('journal/index.js'))

export const ENTITIES = 1_000
export const robot = (n, step = 0) => ({
  name: `robot ${n}`,
  battery: 100 - (step % 100),
  mode: 'IDLE',
  pose: { x: n + step, y: 0, z: 0 },
  tags: ['a', 'b'],
})
export const robots = () =>
  Object.fromEntries(Array.from({ length: ENTITIES }, (_, n) => [`r${n}`, robot(n)]))

/** Gives a folder to some work, and removes it. */
export async function inFolder(work, parent = tmpdir()) {
  const folder = mkdtempSync(join(parent, 'headgate-bench-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Without Snappy: it would hide what is written. */
export const levelAt = (folder) => new ClassicLevel(join(folder, 'db'), { compression: false })
export const engineAt = (folder, options) => levelEngine(levelAt(folder), options)

export const bytesIn = (folder) =>
  readdirSync(folder, { recursive: true })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0)

export async function elapsed(work) {
  const beganMs = performance.now()
  await work()
  return performance.now() - beganMs
}
