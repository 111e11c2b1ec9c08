import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  fromRecords,
  fromStream,
  openFile,
  type RecordBatch,
  type RecordSource,
} from '../../src/cli/record-source.ts'

const now = (): number => 7

async function batchesOf(source: RecordSource): Promise<RecordBatch[]> {
  const batches: RecordBatch[] = []
  for await (const batch of source.batches) batches.push(batch)
  return batches
}

/** What was read, each with its number. */
const numbered = (batches: readonly RecordBatch[]): unknown[] =>
  batches.flatMap(({ firstNumber, items }) => items.map((item, index) => [firstNumber + index, item]))

describe('openFile', () => {
  let folder: string
  const path = (name: string): string => join(folder, name)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headgate-'))
    await writeFile(path('two.ndjson'), '{"a":1}\n{"a":2}')
    await writeFile(path('empty.ndjson'), '')
    await writeFile(path('long.ndjson'), `${'{"text":"0123456789abcdef"}\n'.repeat(40_000)}`)
  })

  afterAll(() => rm(folder, { recursive: true }))

  test('gives the lines with their numbers', async () => {
    const batches = await batchesOf(await openFile('two.ndjson', folder, now))
    expect(numbered(batches)).toEqual([
      [1, '{"a":1}'],
      [2, '{"a":2}'],
    ])
  })

  test('gives nothing for an empty file', async () => {
    expect(numbered(await batchesOf(await openFile('empty.ndjson', folder, now)))).toEqual([])
  })

  test('reads a long file in pieces, and tells how far it is', async () => {
    const batches = await batchesOf(await openFile(path('long.ndjson'), '/', now))
    expect(batches.length).toBeGreaterThan(4)
    expect(numbered(batches)).toHaveLength(40_000)
    expect(numbered(batches).at(-1)).toEqual([40_000, '{"text":"0123456789abcdef"}'])
    const ends = batches.map(({ progress }) => progress?.[1])
    expect(ends).toEqual([...ends].sort())
    expect(ends.at(-1)).toBe(1)
    expect(batches.map(({ progress }) => progress?.[0])).toEqual([0, ...ends.slice(0, -1)])
  })

  test('refuses what does not exist, and a directory', async () => {
    await expect(openFile('nothing', folder, now)).rejects.toThrow('The events file nothing does not exist.')
    await expect(openFile('.', folder, now)).rejects.toThrow('The events file . is a directory.')
  })
})

describe('fromStream', () => {
  test('counts lines across chunks, and does not know how far it is', async () => {
    const batches = await batchesOf(fromStream(Readable.from(['1\n2', '\n\n3']), now))
    expect(numbered(batches)).toEqual([
      [1, '1'],
      [2, '2'],
      [3, ''],
      [4, '3'],
    ])
    expect(batches.every(({ progress, readAt }) => progress === undefined && readAt === 7)).toBe(true)
  })

  test('fails as the stream fails', async () => {
    const stream = new Readable({ read: () => stream.destroy(new Error('cable pulled')) })
    await expect(batchesOf(fromStream(stream, now))).rejects.toThrow('cable pulled')
  })

  test('lets go of the stream', async () => {
    const stream = new Readable({ read: () => {} })
    fromStream(stream, now).close()
    expect(stream.destroyed).toBe(true)
  })
})

describe('fromRecords', () => {
  const record = (n: number) => ({ n })

  test('gives records of an array in batches, and tells how far it is', async () => {
    const records = Array.from({ length: 512 }, (_, n) => record(n))
    const batches = await batchesOf(fromRecords(records, now))
    expect(numbered(batches)).toEqual(records.map((one, index) => [index + 1, one]))
    expect(batches.map(({ progress }) => progress)).toEqual([
      [0, 0.5],
      [0.5, 1],
      [1, 1],
    ])
  })

  test('takes an endless generator a batch at a time', async () => {
    function* endless() {
      for (let n = 0; ; n += 1) yield record(n)
    }
    for await (const { items, progress } of fromRecords(endless(), now).batches) {
      expect([items[0], progress]).toEqual([{ n: 0 }, undefined])
      break
    }
  })

  test('takes records that come one by one', async () => {
    async function* slowly() {
      yield record(1)
      yield record(2)
    }
    expect(numbered(await batchesOf(fromRecords(slowly(), now)))).toEqual([
      [1, { n: 1 }],
      [2, { n: 2 }],
    ])
  })
})
