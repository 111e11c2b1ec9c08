/**
 * What vitest's own equality says of pairs of collections, as JSON: each pair's name with three answers. Bundled
 * into a process of its own, as it is an ES module and would share a global with jest's.
 */
import { chai, equals, JestChaiExpect, JestExtend } from '@vitest/expect'
import { type Collection, collection } from '../../src/collection/index.ts'

chai.use(JestExtend)
chai.use(JestChaiExpect)

const robots = (battery: number): Collection<{ battery: number }> =>
  collection([
    ['r1', { battery }],
    ['r2', { battery: 2 }],
  ])
/** The same entries, by another history. */
const roundabout = robots(5).set('gone', { battery: 0 }).set('r1', { battery: 1 }).remove('gone')

const PAIRS: Readonly<Record<string, readonly [unknown, unknown]>> = {
  'the same entries': [robots(1), roundabout],
  'the same, inside a state': [{ robots: robots(1) }, { robots: roundabout }],
  'another entity': [robots(1), robots(3)],
  'another entity, inside a state': [{ robots: robots(1) }, { robots: robots(3) }],
  'another id': [robots(1), robots(1).remove('r2').set('r3', { battery: 2 })],
  'one more': [robots(1), robots(1).set('r3', { battery: 2 })],
  'nothing and an array': [collection(), []],
}

function holds(assertion: () => void): boolean {
  try {
    assertion()
    return true
  } catch {
    return false
  }
}

/** Vitest's matchers, which it adds to chai's assertions. */
interface Matchers {
  toEqual(other: unknown): void
  toStrictEqual(other: unknown): void
}

const expect = (value: unknown): Matchers => chai.expect(value) as unknown as Matchers

const answers = Object.entries(PAIRS).map(([name, [one, other]]) => [
  name,
  equals(one, other),
  holds(() => expect(one).toEqual(other)),
  holds(() => expect(one).toStrictEqual(other)),
])
process.stdout.write(JSON.stringify(answers))
