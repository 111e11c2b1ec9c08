/** A random history without a fault holds; with one fault put into it, it does not, and the fault is named. */
import assert from 'node:assert/strict'
import { describe, test } from '@jest/globals'
import fc from 'fast-check'
import { checkHistory, type HistoryOfLog, type HistoryReport } from '../../src/testing/index.ts'
import { runs } from '../support/runs.ts'

/** What became of a write: who wrote it, and whether it is there and was said to be. */
const write = fc.record({
  writer: fc.constantFrom('a', 'b', 'c'),
  became: fc.constantFrom('acknowledged', 'refused', 'recovered', 'unknown'),
})
const writes = fc.array(write, { minLength: 3, maxLength: 30, size: 'max' })

type Mutable = { -readonly [Key in keyof Required<HistoryOfLog>]: Required<HistoryOfLog>[Key] }

/** The history of some writes that went as they should. */
function historyOf(all: readonly { writer: string; became: string }[]): Mutable {
  const attempts = all.map(({ writer }, at) => ({ writer, id: `${writer}${at}` }))
  const those = (...kinds: string[]): string[] =>
    attempts.filter((_, at) => kinds.includes(all[at]?.became ?? '')).map(({ id }) => id)
  const read = those('acknowledged', 'recovered')
  return {
    attempts,
    acknowledged: those('acknowledged'),
    refused: those('refused'),
    reads: { n1: read, n2: [...read], n3: [...read] },
    counter: read.length,
    bases: Object.fromEntries(read.map((id, at) => [id, read[at - 1] ?? ''])),
  }
}

const readBy = (history: Mutable, node: string): string[] => [...(history.reads[node] ?? [])]

/** Each puts one fault into a history, and says in which set it must be found; undefined where it has no place for it. */
const FAULTS: Record<string, (history: Mutable, at: number) => keyof HistoryReport | undefined> = {
  'an acknowledged write is gone everywhere': (history, at) => {
    const gone = history.acknowledged[at % history.acknowledged.length]
    const left = readBy(history, 'n1').filter((id) => id !== gone)
    history.reads = { n1: left, n2: left, n3: left }
    return gone === undefined ? undefined : 'lost'
  },
  'one node has missed a write': (history, at) => {
    const read = readBy(history, 'n2')
    const [missed] = read.splice(at % read.length, 1)
    history.reads = { ...history.reads, n2: read }
    return missed === undefined ? undefined : 'divergent'
  },
  'one node has read two writes the other way round': (history, at) => {
    const read = readBy(history, 'n3')
    if (read.length < 2) return undefined
    const place = at % (read.length - 1)
    read.splice(place, 2, read[place + 1] as string, read[place] as string)
    history.reads = { ...history.reads, n3: read }
    return 'divergent'
  },
  'a write counts twice': (history, at) => {
    const read = readBy(history, 'n1')
    const again = read[at % read.length]
    if (again === undefined) return undefined
    const twice = [...read, again]
    history.reads = { n1: twice, n2: twice, n3: twice }
    return 'twice'
  },
  'a refused write is there': (history, at) => {
    const undead = history.refused?.[at % history.refused.length]
    if (undead === undefined) return undefined
    const read = [...readBy(history, 'n1'), undead]
    history.reads = { n1: read, n2: read, n3: read }
    return 'undead'
  },
  'a record comes from nowhere': (history) => {
    const read = [...readBy(history, 'n1'), 'nobody']
    history.reads = { n1: read, n2: read, n3: read }
    return 'unexpected'
  },
  'the state has an update less': (history) => {
    history.counter = readBy(history, 'n1').length - 1
    return 'lostUpdates'
  },
  'a write overwrites the one before': (history, at) => {
    const read = readBy(history, 'n1')
    if (read.length < 2) return undefined
    const place = 1 + (at % (read.length - 1))
    history.bases = { ...history.bases, [read[place] as string]: read[place - 2] ?? '' }
    return 'branches'
  },
}

describe('checkHistory', () => {
  test('holds for whatever went as it should', () => {
    fc.assert(
      fc.property(writes, (all) => {
        const { holds, recovered, unknown, ok } = checkHistory(historyOf(all))
        const count = (kind: string): number => all.filter(({ became }) => became === kind).length
        assert.deepEqual(
          { holds, recovered, unknown, ok },
          {
            holds: true,
            recovered: count('recovered'),
            unknown: count('unknown'),
            ok: count('recovered') + count('acknowledged'),
          },
        )
      }),
      { numRuns: runs(100) },
    )
  })

  test.each(Object.entries(FAULTS))('finds that %s', (_, put) => {
    fc.assert(
      fc.property(writes, fc.nat(), (all, at) => {
        const history = historyOf(all)
        const set = put(history, at)
        fc.pre(set !== undefined)
        const report = checkHistory(history)
        const found = report[set as keyof HistoryReport]
        assert.equal(report.holds, false)
        assert.ok(typeof found === 'number' ? found !== 0 : (found as string[]).length > 0)
      }),
      { numRuns: runs(50) },
    )
  })

  test('says where among the writes of its writer each lost one was', () => {
    fc.assert(
      fc.property(writes, fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }), (all, gone) => {
        const history = historyOf(all)
        const kept = readBy(history, 'n1').filter((_, at) => !gone[at])
        const { lost, lostPrefix, lostMiddle, lostPostfix } = checkHistory({
          ...history,
          reads: { n1: kept },
        })
        assert.deepEqual([...lostPrefix, ...lostMiddle, ...lostPostfix].sort(), [...lost].sort())
        for (const id of lostMiddle) {
          const own = history.attempts.filter(({ writer }) => writer === id.charAt(0)).map((one) => one.id)
          const place = own.indexOf(id)
          assert.ok(own.slice(0, place).some((other) => kept.includes(other)))
          assert.ok(own.slice(place).some((other) => kept.includes(other)))
        }
      }),
      { numRuns: runs(100) },
    )
  })
})
