import { describe, expect, test } from '@jest/globals'
import { Made } from '../../src/derive/made.ts'

const cause = Object.freeze({
  version: 7,
  state: 'of the source',
  reason: 'SET',
  source: 'somebody',
  tsWall: 1,
  tsMono: 2,
  metadata: Object.freeze({ a: 'b' }),
})
const { version: _version, state: _state, ...labels } = cause

describe('Made', () => {
  test('has no version at first', () => {
    const made = new Made('published')
    expect([made.version, made.labels, made.snapshot]).toEqual([-1, undefined, undefined])
  })

  test.each([true, false])(
    'has the labels of what caused it, and not its state (followed: %p)',
    (isFollowed) => {
      const made = new Made('published')
      made.renew(0, 'own', cause, isFollowed)
      expect(made.labels).toMatchObject(labels)
      expect([undefined, 'own']).toContain((made.labels as { state?: unknown }).state)
      expect(made.snapshot).toEqual({ version: 0, state: 'own', ...labels })
      expect(made.snapshot).toBeFrozen()
      expect(made.snapshot).toBe(made.snapshot)
    },
  )

  test('labels without a state are passed on as they are', () => {
    const below = new Made('published')
    below.renew(0, 'below', cause, false)
    const made = new Made('published')
    made.renew(0, 'own', below.labels ?? cause, false)
    expect(made.labels).toBe(below.labels)
  })

  test('one that takes over has the very snapshot', () => {
    const made = new Made('published')
    made.renew(3, 'own', cause, false)
    const ahead = new Made('head')
    ahead.takeOver(made)
    expect([ahead.version, ahead.state]).toEqual([3, 'own'])
    expect(ahead.snapshot).toBe(made.snapshot)
  })
})
