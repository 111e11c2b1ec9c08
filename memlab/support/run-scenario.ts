/**
 * The child process: runs one scenario and writes three heap snapshots, before, between and after.
 *
 * A process of its own keeps jest's heap out of the snapshots. The scenario is warmed up once, so that what
 * is made on first use (caches, compiled functions) is there before the first snapshot.
 *
 * Arguments: the scenario's file, `clean` or `leak`, the folder for the snapshots.
 */
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { writeHeapSnapshot } from 'node:v8'
import type { ScenarioFactory } from './scenario.ts'

const load = createRequire(__filename)
const settle = (): Promise<void> => new Promise((done) => setImmediate(done))

async function main(): Promise<void> {
  const [file = '', kind, folder = ''] = process.argv.slice(-3)
  // Required, not imported: the loader that reads TypeScript on Node 20 hooks into require.
  const { createScenario } = load(resolve(file)) as { createScenario: ScenarioFactory }
  const warmUp = createScenario({ leak: false })
  await warmUp.act()
  await warmUp.release()
  const scenario = createScenario({ leak: kind === 'leak' })
  scenario.refresh()
  await settle()
  writeHeapSnapshot(join(folder, 'before.heapsnapshot'))
  await scenario.act()
  await settle()
  writeHeapSnapshot(join(folder, 'between.heapsnapshot'))
  await scenario.release()
  scenario.refresh()
  await settle()
  writeHeapSnapshot(join(folder, 'after.heapsnapshot'))
}

// A twin leaves timers behind on purpose; they must not keep the process alive.
main().then(() => process.exit(0))
