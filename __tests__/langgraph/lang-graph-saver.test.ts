/** LangGraph's own validation of checkpointers, whole, and what it does not look at. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest, test } from '@jest/globals'
import { type BaseCheckpointSaver, emptyCheckpoint, uuid6 } from '@langchain/langgraph-checkpoint'
import { validate } from '@langchain/langgraph-checkpoint-validation'
import { MemoryLevel } from 'memory-level'
import type { JournalEngine } from '../../src/journal/index.ts'
import { levelEngine, memoryEngine } from '../../src/journal/index.ts'
import { langGraphSaver } from '../../src/langgraph/index.ts'

// It asks for vitest's globals.
Object.assign(expect, { soft: expect })
Object.assign(globalThis, { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test })

validate({
  checkpointerName: 'langGraphSaver',
  // The cast holds: the declarations of their tests are of another version of the same package.
  createCheckpointer: () => langGraphSaver(memoryEngine()) as BaseCheckpointSaver as never,
})

const at = (checkpoint_id?: string) => ({
  configurable: { thread_id: 'a!~/b', checkpoint_ns: '', ...(checkpoint_id && { checkpoint_id }) },
})
const METADATA = { source: 'loop', step: 0, parents: {} } as const

/** A checkpoint whose channels have these values, each in its second version. */
const holding = (channel_values: Record<string, unknown>) => ({
  ...emptyCheckpoint(),
  id: uuid6(3),
  channel_values,
  channel_versions: Object.fromEntries(Object.keys(channel_values).map((name) => [name, 2])),
})

/** An engine that says how many characters it was given. */
function counting(): { engine: JournalEngine; written: () => number } {
  const engine = memoryEngine()
  let characters = 0
  const write: JournalEngine['write'] = (entries) => {
    for (const { key, text } of entries) characters += key.length + text.length
    return engine.write(entries)
  }
  return { engine: { ...engine, write }, written: () => characters }
}

describe('langGraphSaver', () => {
  test('keeps branches of a thread apart whose channels have the same version numbers', async () => {
    const saver = langGraphSaver(memoryEngine())
    const root = await saver.put(at(), holding({ plan: 'none' }), METADATA, { plan: 1 })
    const one = await saver.put(root, holding({ plan: 'one' }), METADATA, { plan: 2 })
    const other = await saver.put(root, holding({ plan: 'other' }), METADATA, { plan: 2 })
    expect((await saver.get(one))?.channel_values).toEqual({ plan: 'one' })
    expect((await saver.get(other))?.channel_values).toEqual({ plan: 'other' })
    expect((await saver.get(root))?.channel_values).toEqual({ plan: 'none' })
  })

  test('writes a value once for each change of its channel', async () => {
    const { engine, written } = counting()
    const saver = langGraphSaver(engine)
    const book = 'x'.repeat(100_000)
    let config = await saver.put(at(), holding({ book, step: 0 }), METADATA, { book: 1, step: 1 })
    for (let step = 1; step <= 20; step += 1) {
      config = await saver.put(config, holding({ book, step }), METADATA, { step: step + 1 })
    }
    expect((await saver.get(config))?.channel_values).toEqual({ book, step: 20 })
    expect(written()).toBeLessThan(130_000)
  })

  test('opens its engine again where that has failed, and once where it has not', async () => {
    const engine = memoryEngine()
    const open = jest.spyOn(engine, 'open').mockRejectedValueOnce(new Error('locked'))
    const saver = langGraphSaver(engine)
    await expect(saver.getTuple(at())).rejects.toThrow('locked')
    const config = await saver.put(at(), holding({ plan: 'one' }), METADATA, { plan: 1 })
    expect((await saver.get(config))?.channel_values).toEqual({ plan: 'one' })
    expect(open).toHaveBeenCalledTimes(2)
  })

  test('has no value for a channel that was emptied', async () => {
    const saver = langGraphSaver(memoryEngine())
    const first = await saver.put(at(), holding({ plan: 'one', task: 'a' }), METADATA, { plan: 1, task: 1 })
    const second = await saver.put(first, holding({ plan: 'one' }), METADATA, { task: 2 })
    expect((await saver.get(second))?.channel_values).toEqual({ plan: 'one' })
  })

  test('keeps what is no JSON', async () => {
    const saver = langGraphSaver(memoryEngine())
    const bytes = new Uint8Array([0, 127, 255])
    const config = await saver.put(at(), holding({ bytes }), METADATA, { bytes: 1 })
    expect((await saver.get(config))?.channel_values).toEqual({ bytes })
  })

  test('has everything after its database was closed and opened', async () => {
    const level = new MemoryLevel()
    const saver = langGraphSaver(levelEngine(level))
    const config = await saver.put(at(), holding({ plan: 'one' }), METADATA, { plan: 1 })
    await saver.putWrites(config, [['plan', 'two']], 'task')
    await saver.close()
    const again = langGraphSaver(levelEngine(level))
    expect(await again.getTuple(at())).toMatchObject({
      checkpoint: { channel_values: { plan: 'one' } },
      pendingWrites: [['task', 'plan', 'two']],
    })
    await again.deleteThread('a!~/b')
    expect(await again.getTuple(at())).toBeUndefined()
    await again.close()
  })

  test('refuses a checkpoint of no thread with a sentence', async () => {
    const saver = langGraphSaver(memoryEngine())
    await expect(saver.put({}, holding({}), METADATA, {})).rejects.toThrow(
      'Expected "configurable.thread_id" to be a text, got nothing.',
    )
  })
})
