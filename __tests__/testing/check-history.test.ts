import { describe, expect, test } from '@jest/globals'
import { checkHistory, type HistoryOfLog } from '../../src/testing/index.ts'

const of = (...ids: string[]): HistoryOfLog['attempts'] => ids.map((id) => ({ writer: id.charAt(0), id }))

const RIGHT: HistoryOfLog = {
  attempts: of('a1', 'a2', 'a3', 'b1', 'b2'),
  acknowledged: ['a1', 'a2', 'b1'],
  refused: ['a3'],
  reads: { n1: ['a1', 'b1', 'a2'], n2: ['a1', 'b1', 'a2'] },
  counter: 3,
}

const wrong = (change: Partial<HistoryOfLog>): ReturnType<typeof checkHistory> => {
  const report = checkHistory({ ...RIGHT, ...change })
  expect(report.holds).toBe(false)
  return report
}

describe('checkHistory', () => {
  test('a history without a fault holds', () => {
    expect(checkHistory(RIGHT)).toMatchObject({
      holds: true,
      ok: 3,
      recovered: 0,
      unknown: 1,
      lostUpdates: 0,
    })
  })

  test('a write without an answer may have taken effect', () => {
    const reads = { n1: ['a1', 'b1', 'a2', 'b2'], n2: ['a1', 'b1', 'a2', 'b2'] }
    expect(checkHistory({ ...RIGHT, reads, counter: 4 })).toMatchObject({
      holds: true,
      recovered: 1,
      unknown: 0,
    })
  })

  test('finds what was acknowledged and is gone from the beginning, the middle and the end', () => {
    const attempts = of('a1', 'a2', 'a3')
    const acknowledged = ['a1', 'a2', 'a3']
    const history = { attempts, acknowledged, refused: [], counter: undefined }
    expect(wrong({ ...history, reads: { n1: ['a2', 'a3'] } }).lostPrefix).toEqual(['a1'])
    expect(wrong({ ...history, reads: { n1: ['a1', 'a3'] } }).lostMiddle).toEqual(['a2'])
    expect(wrong({ ...history, reads: { n1: ['a1', 'a2'] } }).lostPostfix).toEqual(['a3'])
    expect(wrong({ ...history, reads: { n1: [] } }).lostPrefix).toEqual(acknowledged)
  })

  test('finds a record from nowhere', () => {
    const reads = { n1: ['a1', 'b1', 'a2', 'z1'] }
    expect(wrong({ reads, counter: 4 }).unexpected).toEqual(['z1'])
  })

  test('finds a write that was refused and is there', () => {
    const reads = { n1: ['a1', 'b1', 'a2', 'a3'] }
    expect(wrong({ reads, counter: 4 }).undead).toEqual(['a3'])
  })

  test('finds a write that counts twice', () => {
    expect(wrong({ reads: { n1: ['a1', 'b1', 'a2', 'a1'] } }).twice).toEqual(['a1'])
  })

  test('finds nodes that have read something else, or in another order', () => {
    const reads = { n1: ['a1', 'b1', 'a2'], n2: ['a1', 'a2', 'b1'], n3: ['a1', 'b1', 'a2'] }
    expect(wrong({ reads }).divergent).toEqual(['n2'])
  })

  test('finds a write that is based on something else than the one before it', () => {
    const bases = { a1: '', b1: 'a1', a2: 'b1' }
    expect(checkHistory({ ...RIGHT, bases })).toMatchObject({ holds: true, branches: [] })
    expect(wrong({ bases: { ...bases, a2: 'a1' } }).branches).toEqual(['a2'])
    expect(wrong({ bases: { ...bases, a1: 'z1' } }).branches).toEqual(['a1'])
    expect(wrong({ bases: { a1: '', b1: 'a1' } }).branches).toEqual(['a2'])
  })

  test('finds updates that are in the log and not in the state', () => {
    expect(wrong({ counter: 2 }).lostUpdates).toBe(1)
  })
})
