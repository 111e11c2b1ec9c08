import { describe, expect, test } from '@jest/globals'
import { FailureEpisode, isTold } from '../../src/counting/index.ts'

/** Runs deliveries that fail (`x`) or are handled (`.`) and draws what each returned. */
function draw(deliveries: string): string {
  const episode = new FailureEpisode()
  return [...deliveries].map((delivery) => (delivery === 'x' ? episode.failed() : episode.handled())).join('')
}

describe('FailureEpisode', () => {
  test('counts the failures of an episode, and tells their number when it ends', () => {
    expect(draw('...xxx..xx')).toBe('0001233012')
  })

  test('ends a further episode only after twice as many deliveries in a row', () => {
    expect(draw('x.x..x....x........')).toBe('1110110001100000001')
  })

  test('begins to count the calm anew with each failure', () => {
    expect(draw('x.x.x.x.x..')).toBe('11102030404')
  })

  test('needs no more than 1024 in a row, whatever went before', () => {
    const episode = new FailureEpisode()
    const calm = Array.from({ length: 14 }, () => {
      episode.failed()
      let handled = 1
      while (episode.handled() === 0) handled += 1
      return handled
    })
    expect(calm).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1024, 1024, 1024])
  })
})

describe('isTold', () => {
  test('holds for the first failure and at powers of two', () => {
    const told = Array.from({ length: 70 }, (_, index) => index + 1).filter(isTold)
    expect(told).toEqual([1, 2, 4, 8, 16, 32, 64])
  })
})
