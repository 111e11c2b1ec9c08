/** Processes that are killed while they write: nothing that was acknowledged is lost, and no state is a mixture. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ClassicLevel } from 'classic-level'
import { build } from 'esbuild'
import fc from 'fast-check'
import { levelEngine, openJournal } from '../../src/journal/index.ts'
import { createStore } from '../../src/store/index.ts'
import { runs } from '../support/runs.ts'

/** Below `node_modules`, so that the bundle finds classic-level. */
const CACHE = join(import.meta.dirname, '../../node_modules/.cache')
let folder = ''
let program = ''
let database = ''

beforeAll(async () => {
  await mkdir(CACHE, { recursive: true })
  folder = await mkdtemp(join(CACHE, 'headgate-kill-'))
  program = join(folder, 'writer.mjs')
  database = join(folder, 'database')
  await build({
    entryPoints: [join(import.meta.dirname, 'kill/writer.ts')],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['classic-level'],
    logLevel: 'silent',
  })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** What a process said before it was killed. */
interface Life {
  readonly recovered: { readonly version: number; readonly state: unknown } | undefined
  /** The newest version that it was told to be durable. */
  readonly acknowledged: number
}

/** Runs the writer, and kills it once it has said so many lines. */
async function liveFor(lines: number): Promise<Life> {
  const child = spawn(process.execPath, [program, database], { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  let [said, acknowledged] = [0, -1]
  let recovered: Life['recovered']
  for await (const line of createInterface({ input: child.stdout })) {
    said += 1
    if (said === lines) child.kill('SIGKILL')
    const [word, version, state] = line.split(' ')
    if (word === 'durable') acknowledged = Number(version)
    if (word === 'recovered') recovered = { version: Number(version), state: JSON.parse(state ?? '') }
  }
  const [, signal] = await closed
  expect(signal).toBe('SIGKILL')
  return { recovered, acknowledged }
}

/** The state of a version: each write made the next one of the same kind. */
const stateOf = (n: number): unknown => {
  const newest = Array.from({ length: Math.min(n, 10) }, (_, back) => n - back)
  return {
    n,
    twin: { n },
    tail: newest.slice(0, 3).reverse(),
    entities: Object.fromEntries(newest.map((each) => [each % 10, each])),
  }
}

describe('a journal whose process is killed', () => {
  test('loses nothing that it acknowledged, and recovers a state that was committed, each time', async () => {
    // The first line is said before the database is opened, the second after what it holds was recovered.
    const lives = fc.sample(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 60 })), runs(3))
    let acknowledged = -1
    for (const lines of lives) {
      const life = await liveFor(lines)
      if (life.recovered !== undefined) {
        const { version, state } = life.recovered
        expect(version).toBeGreaterThanOrEqual(acknowledged)
        expect(state).toEqual(stateOf(version))
        acknowledged = version
      }
      acknowledged = Math.max(acknowledged, life.acknowledged)
    }
    const store = createStore<unknown>({}, { name: 'rover' })
    const journal = await openJournal(store, levelEngine(new ClassicLevel(database)))
    expect(store.snapshot.version).toBeGreaterThanOrEqual(acknowledged)
    expect(store.state).toEqual(stateOf(store.snapshot.version))
    expect((await journal.verify()).damaged).toEqual([])
    await journal.close()
  })
})
