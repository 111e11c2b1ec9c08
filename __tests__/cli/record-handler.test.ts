import { describe, expect, test } from '@jest/globals'
import { LINE_TOO_LONG } from '../../src/cli/line-splitter.ts'
import { checkModule } from '../../src/cli/load-module.ts'
import { RecordHandler } from '../../src/cli/record-handler.ts'
import type { RawRecord } from '../../src/cli/record-source.ts'
import { createMachineStore } from '../../src/machine/index.ts'
import { lampModule } from './support/machines.ts'

function setUp(part: Record<string, unknown> = {}) {
  const module = checkModule({ ...lampModule, ...part }, 'm.js')
  const store = createMachineStore(module.machine)
  const rejections: string[] = []
  const handler = new RecordHandler(module, store, ({ number, reason }) =>
    rejections.push(`${number}: ${reason}`),
  )
  const feed = (...raws: RawRecord[]): void => {
    for (const [index, raw] of raws.entries()) {
      if (!handler.read(raw, index + 1)) continue
      const writes = handler.decide()
      for (let write = 0; write < writes; write += 1) handler.write(write)
      handler.done()
    }
  }
  return { store, handler, rejections, feed, counts: () => [handler.records, handler.rejected] }
}

describe('RecordHandler', () => {
  test('sends the event that a record is', () => {
    const { store, feed, counts } = setUp()
    feed('{"press":1}')
    expect([store.current, store.snapshot.version, counts()]).toEqual(['ON', 1, [1, 0]])
  })

  test('sends several events of one record, each in a commit of its own', () => {
    const { store, feed, counts } = setUp()
    feed('{"press":3}')
    expect([store.current, store.snapshot.version, counts()]).toEqual(['ON', 3, [1, 0]])
  })

  test.each([
    ['one', 'PRESS'],
    ['one with its type', { type: 'PRESS' }],
  ])('takes %s event alone', (_, event) => {
    const { store, feed } = setUp({ ingest: () => event })
    feed('{}')
    expect(store.current).toBe('ON')
  })

  test.each([undefined, null, []])('observes a record for which ingest gives %j', (none) => {
    const { store, feed } = setUp({ ingest: () => none })
    feed('{"watts":40}')
    expect([store.context, store.snapshot.reason]).toEqual([{ presses: 0, watts: 40 }, 'OBSERVE'])
  })

  test('counts a record that is no event where nothing observes', () => {
    const { store, feed, counts } = setUp({ observe: undefined })
    feed('{"watts":40}')
    expect([store.snapshot.version, counts()]).toEqual([0, [1, 0]])
  })

  test('does not use what observe returns', () => {
    const { store, feed, rejections } = setUp({
      observe: (draft: { watts: unknown }, { watts }: { watts: unknown }) => (draft.watts = watts),
    })
    feed('{"watts":40}')
    expect([store.context, rejections]).toEqual([{ presses: 0, watts: 40 }, []])
  })

  test('skips blank lines, in whatever space they consist of', () => {
    const { feed, counts } = setUp()
    feed('', '\r', '  \t', '{"watts":1}')
    expect(counts()).toEqual([1, 0])
  })

  test('takes objects as they are', () => {
    const { store, feed } = setUp()
    feed({ watts: 40 })
    expect(store.context).toEqual({ presses: 0, watts: 40 })
  })

  test('freezes what it parsed', () => {
    let seen: unknown
    const { feed } = setUp({
      ingest: (record: unknown) => {
        seen = record
      },
    })
    feed('{"a":{"b":[{"c":1}]}}')
    const { a } = seen as { a: { b: object[] } }
    expect([seen, a, a.b, a.b[0]].map(Object.isFrozen)).toEqual([true, true, true, true])
  })

  test('rejects what is no object, with its number and what it is', () => {
    const { feed, counts, rejections } = setUp()
    feed('[1]', '3', 'null', '"a"', LINE_TOO_LONG, '{')
    expect(rejections.slice(0, 5)).toEqual([
      '1: Expected an object, got an array.',
      '2: Expected an object, got 3 (number).',
      '3: Expected an object, got null.',
      '4: Expected an object, got "a" (string).',
      '5: The line is longer than 16777216 characters.',
    ])
    expect(rejections[5]).toMatch(/^6: .*JSON/)
    expect(counts()).toEqual([0, 6])
  })

  test.each([
    [
      'ingest',
      {
        ingest: () => {
          throw new Error('bad\nrecord')
        },
      },
    ],
    [
      'observe',
      {
        observe: () => {
          throw new Error('bad\nrecord')
        },
      },
    ],
  ])('rejects a record on which %s throws, and goes on', (_, part) => {
    const { feed, store, counts, rejections } = setUp(part)
    feed('{"watts":1}')
    expect([rejections, counts(), store.snapshot.version]).toEqual([['1: bad record'], [0, 1], 0])
  })

  test('rejects what ingest gives that is no event', () => {
    const { feed, rejections } = setUp({ ingest: () => 7 })
    feed('{}')
    expect(rejections).toEqual([expect.stringMatching(/^1: Machine "lamp" expected an event .* got 7/)])
  })

  test('rejects a record that observe wants to wait with', () => {
    const { feed, rejections } = setUp({ observe: async () => {} })
    feed('{}')
    expect(rejections).toEqual([expect.stringMatching(/^1: A recipe on store "lamp" returned a promise/)])
  })

  test('counts a record once of whose events one fails, and leaves those behind it out', () => {
    const { feed, store, counts } = setUp({ ingest: () => ['PRESS', 7, 8, 'PRESS'] })
    feed('{}')
    expect([store.current, counts()]).toEqual(['ON', [0, 1]])
  })

  test('tells the time of a record only while it writes', () => {
    const { store, handler, feed } = setUp()
    const times: unknown[] = []
    store.subscribe(() => times.push(handler.writingTime))
    feed('{"press":1}', '{"t":5,"press":1}')
    expect([times, handler.writingTime]).toEqual([[null, null, 5], null])
  })
})
