import { describe, expect, test } from '@jest/globals'
import type { SubscriberStats } from '../../src/backpressure/index.ts'
import { COLORS, NO_COLORS } from '../../src/cli/format.ts'
import { subscriberTable } from '../../src/cli/subscriber-table.ts'

const stats = (id: string, policy: string, counts: Partial<SubscriberStats>): SubscriberStats => ({
  id,
  policy,
  published: 0,
  delivered: 0,
  dropped: 0,
  conflated: 0,
  pending: 0,
  calls: 0,
  errors: 0,
  inFlight: 0,
  abandoned: 0,
  capacity: 1,
  pendingMax: 0,
  missed: 0,
  lastVersion: -1,
  busySince: null,
  ...counts,
})

const subscribers = [
  stats('log', 'buffer:64:drop-oldest', { published: 12_345, delivered: 12_345 }),
  stats('ui', 'latest', { published: 12_345, delivered: 40, conflated: 12_304, pending: 1, missed: 12_300 }),
]

describe('subscriberTable', () => {
  test('says so where there is nobody', () => {
    expect(subscriberTable([], NO_COLORS)).toEqual([
      'No subscribers. Attach some with --subscriber ID=POLICY.',
    ])
  })

  test('lines counts up below their titles', () => {
    expect(subscriberTable(subscribers, NO_COLORS)).toEqual([
      'subscriber  policy                 published  delivered  dropped  conflated  pending  missed',
      'log         buffer:64:drop-oldest     12 345     12 345        0          0        0       0',
      'ui          latest                    12 345         40        0     12 304        1  12 300',
    ])
  })

  test('leaves the policies out where the terminal is too narrow for them', () => {
    const wide = subscriberTable(subscribers, NO_COLORS)[0]?.length ?? 0
    expect(subscriberTable(subscribers, NO_COLORS, wide)[0]).toContain('policy')
    expect(subscriberTable(subscribers, NO_COLORS, wide - 1)).toEqual([
      'subscriber  published  delivered  dropped  conflated  pending  missed',
      'log            12 345     12 345        0          0        0       0',
      'ui             12 345         40        0     12 304        1  12 300',
    ])
  })

  test('makes losses stand out', () => {
    const [, log, ui] = subscriberTable(subscribers, COLORS)
    expect(log).not.toContain(COLORS.yellow('0'))
    expect(ui).toContain(COLORS.yellow('   12 304'))
  })
})
