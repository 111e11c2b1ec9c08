import { describe, expect, test } from '@jest/globals'
import type { VersionHead } from '../../src/sync/frames.ts'
import { StateFrames } from '../../src/sync/state-frames.ts'

const head = (version: number, missed = 0): VersionHead => ({
  version,
  missed,
  reason: 'SET',
  source: 'store',
  tsWall: 0,
  metadata: {},
})

function frames(): { readonly of: (state: unknown, head: VersionHead) => void; readonly made: () => number } {
  const all = new StateFrames()
  let made = 0
  const make = () => {
    made += 1
    return []
  }
  return { of: (state, its) => void all.of(state, its, make), made: () => made }
}

describe('StateFrames', () => {
  test('makes the frames of a state once for all who begin with it', () => {
    const { of, made } = frames()
    const state = {}
    for (let client = 0; client < 3; client += 1) of(state, head(1))
    expect(made()).toBe(1)
  })

  test.each([
    ['another state', {}, head(1)],
    ['another version of the same state', undefined, head(2)],
    ['somebody who missed some', undefined, head(1, 4)],
  ])('makes its own for %s', (_for, other, its) => {
    const { of, made } = frames()
    const state = {}
    of(state, head(1))
    of(other ?? state, its)
    expect(made()).toBe(2)
  })
})
