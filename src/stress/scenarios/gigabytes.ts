/**
 * Carries a state of a gigabyte, and writes it here and there.
 *
 * The state is the context of many entities, each a string of 256 KiB. A write replaces one entity: the others
 * are shared with the state before, so any store that keeps what it is given can carry it, and no store needs a
 * way in of its own. What would be wrong is a store that copies its state, or keeps old ones: at this size
 * neither can hide.
 *
 * Strings are made flat. What `repeat` returns is a tree that shares its branches: a gigabyte of it would be a
 * few kilobytes.
 */
import { getHeapStatistics } from 'node:v8'
import { dismiss, Follower, settle } from '../follower.ts'
import { defineScenario, type Scenario, type ScenarioContext } from '../scenario.ts'
import { FLOOR } from '../thresholds.ts'
import { Workload } from '../workload.ts'

const ENTITY_BYTES = 256 * 1_024
/** 256 MiB at scale 1; 1 GiB under the profile "full". */
const ENTITIES = 1_024
const WRITES = 250
/** How much room the state needs beside itself: garbage of the writes, and of making it. */
const ROOM = 1.5

type Context = ScenarioContext<'memoryPerState' | 'writeMsMean'>

export const gigabytes: Scenario<'memoryPerState' | 'writeMsMean'> = defineScenario({
  name: 'gigabytes',
  group: 'limits',
  goal: 'A huge state costs its own size once, and a write costs what it changes.',
  method:
    'A state of 256 MiB (1 GiB under "full") in entities of 256 KiB; 250 entities are written at random.',
  thresholds: {
    memoryPerState: { unit: '×', atMost: 2, about: 'Memory taken, as a multiple of the size of the state.' },
    // Collecting garbage in a heap of this size is part of a write, and slow where cores are shared.
    writeMsMean: { ...FLOOR.writeMsMean, atMost: 50 },
  },
  async run(context) {
    const entities = context.load(ENTITIES)
    const bytes = entities * ENTITY_BYTES
    const limit = getHeapStatistics().heap_size_limit
    if (bytes * ROOM > limit) {
      context.skip(
        'a huge state is carried',
        `${megabytes(bytes)} need a larger heap than ${megabytes(limit)}; see --max-old-space-size`,
      )
      return
    }
    await carry(context, entities)
  },
})

const megabytes = (bytes: number): string => `${Math.round(bytes / 1_000_000)} MB`

async function carry(context: Context, entities: number): Promise<void> {
  const before = await context.heap()
  const workload = new Workload(context)
  const total = context.load(WRITES)
  const stamps: number[] = []
  await workload.write({ context: await createEntities(context, entities) }, 'FILL')
  const follower = new Follower(context, workload, { id: 'index' })
  for (let done = 1; done <= total; done += 1) {
    const index = Math.floor(context.random() * entities)
    await workload.write({ context: { ...workload.last.context, [nameOf(index)]: entity(done) } })
    stamps[index] = done
    await workload.step(done, total)
  }
  checkEntities(context, entities, stamps)
  workload.checkNoFailure()
  const taken = (await context.heap()) - before
  await settle(context, [follower])
  await dismiss(context, [follower])
  context.threshold('memoryPerState', taken / (entities * ENTITY_BYTES))
  context.threshold('writeMsMean', context.latency('write').mean)
}

const nameOf = (index: number): string => `entity-${index}`

/** A flat string that begins with its stamp. */
function entity(stamp: number): string {
  const bytes = Buffer.alloc(ENTITY_BYTES, 0x20)
  bytes.write(`${stamp}`, 'latin1')
  return bytes.toString('latin1')
}

async function createEntities(context: Context, count: number): Promise<Record<string, string>> {
  const entities: Record<string, string> = {}
  for (let index = 0; index < count; index += 1) {
    entities[nameOf(index)] = entity(0)
    context.progress(index, count)
    if (index % 64 === 0) await context.pause(0)
  }
  return entities
}

/** Every entity, also those that were never written again, must be whole and say when it was written last. */
function checkEntities(context: Context, count: number, stamps: readonly number[]): void {
  const held = context.store.read().context
  let wrong = 0
  for (let index = 0; index < count; index += 1) {
    const text = held[nameOf(index)] ?? ''
    if (text.length !== ENTITY_BYTES || Number.parseInt(text, 10) !== (stamps[index] ?? 0)) wrong += 1
  }
  context.check('every entity holds what was written to it last', wrong === 0, `${wrong} of ${count} do not`)
}
