import { describe, expect, test } from '@jest/globals'
import type { VersionHead } from '../../src/sync/frames.ts'
import { SharedFrames } from '../../src/sync/shared-frames.ts'

const head = (version: number, missed = 0): VersionHead => ({
  version,
  missed,
  reason: 'SET',
  source: 'store',
  tsWall: 0,
  metadata: {},
})

function frames(): {
  readonly of: (state: unknown, head: VersionHead, from?: number) => void
  readonly made: () => number
} {
  const all = new SharedFrames()
  let made = 0
  const make = () => {
    made += 1
    return []
  }
  return { of: (state, its, from) => void all.of(state, its, from, make), made: () => made }
}

describe('SharedFrames', () => {
  test('makes the frames of a state, or of a delta, once for all who are sent it', () => {
    const { of, made } = frames()
    const state = {}
    for (let client = 0; client < 3; client += 1) of(state, head(1))
    expect(made()).toBe(1)
  })

  test.each<[string, object | undefined, VersionHead, number]>([
    ['another state', {}, head(1), 1],
    ['another version of the same state', undefined, head(2), 1],
    ['somebody who missed some', undefined, head(1, 4), 1],
    ['somebody who has another version of what it stands on', undefined, head(1), 0],
  ])('makes its own for %s', (_for, other, its, from) => {
    const { of, made } = frames()
    const state = {}
    of(state, head(1), 1)
    of(other ?? state, its, from)
    expect(made()).toBe(2)
  })
})
