import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Failure, type Input } from '../../src/derive/input.ts'
import { Reading } from '../../src/derive/reading.ts'
import { runs } from '../support/runs.ts'

/** Stands for a store: a number, written at a time. */
class Source implements Pick<Input, 'isFed' | 'read' | 'labels'> {
  readonly isFed = false
  state = 0
  writtenAt = 0
  asked = 0

  read(): number {
    this.asked += 1
    return this.state
  }

  labels(): NonNullable<ReturnType<Input['labels']>> {
    return { reason: '', source: '', tsWall: 0, tsMono: this.writtenAt, metadata: {} }
  }
}

/** More than are looked for one by one. */
const COUNT = 24
const place = fc.nat({ max: COUNT - 1 })

const program = fc.array(
  fc.record({
    writes: fc.array(fc.tuple(place, fc.nat({ max: 3 })), { maxLength: 4 }),
    /** Where this run differs from the one before: from where on, and what it reads then. */
    from: fc.option(fc.nat({ max: COUNT }), { nil: undefined, freq: 2 }),
    rest: fc.array(place, { maxLength: COUNT }),
  }),
  { minLength: 1, maxLength: 8 },
)

describe('Reading', () => {
  test('reads anew in its own place as one would that begins from nothing, and asks nobody twice', () => {
    fc.assert(
      fc.property(program, (steps) => {
        const sources = Array.from({ length: COUNT }, () => new Source())
        // The cast holds: a reading asks for no more of its inputs.
        const inputs = sources as unknown as Input[]
        const reading = new Reading('published')
        let order: number[] = []
        let before: { places: number[]; states: number[] } = { places: [], states: [] }
        for (const [step, { writes, from, rest }] of steps.entries()) {
          for (const [at, state] of writes) Object.assign(sources[at] as Source, { state, writtenAt: step })
          const states = before.places.map((at) => (sources[at] as Source).state)
          const isSame = states.every((state, at) => state === before.states[at])
          expect(reading.holds('published')).toBe(isSame)
          const first = isSame ? states.length : states.findIndex((state, at) => state !== before.states[at])
          for (const source of sources) source.asked = 0

          if (from !== undefined || step === 0) order = [...order.slice(0, from), ...rest]
          reading.begin(step === 0 ? undefined : reading)
          const read = order.map((at) => reading.read(inputs[at] as Input))
          const former = reading.end()

          expect(read).toEqual(order.map((at) => (sources[at] as Source).state))
          const places = [...new Set(order)]
          const now = { places, states: places.map((at) => (sources[at] as Source).state) }
          expect(reading.inputs).toEqual(places.map((at) => inputs[at]))
          expect(reading.states).toEqual(now.states)
          const changed = places.filter(
            (at, n) => before.places[n] !== at || before.states[n] !== now.states[n],
          )
          const times = changed.map((at) => (sources[at] as Source).writtenAt)
          expect(reading.cause?.tsMono).toBe(times.length === 0 ? undefined : Math.max(...times))
          if (JSON.stringify(places) !== JSON.stringify(before.places))
            expect(former).toEqual(before.places.map((at) => inputs[at]))
          else if (step > 0) expect(former).toBeUndefined()
          // What holds() has asked is not asked again, nor what it found changed, as far as the run reads the same.
          const shared = places.findIndex((at, n) => before.places[n] !== at)
          const known = Math.min(isSame ? first : first + 1, shared < 0 ? places.length : shared)
          places.forEach((at, n) => {
            expect((sources[at] as Source).asked).toBe(isSame && n < states.length ? 1 : n < known ? 0 : 1)
          })
          before = now
        }
      }),
      { numRuns: runs(100) },
    )
  })

  test('hands on what an input failed with, after it has read all that are given', () => {
    const error = new RangeError('no')
    const failing = Object.assign(new Source(), { read: () => new Failure(error) }) as unknown as Input
    const source = new Source()
    const reading = new Reading('published')
    reading.begin(undefined)
    expect(() => reading.readAll([failing, source as unknown as Input])).toThrow(error)
    reading.end()
    expect(source.asked).toBe(1)
    expect(reading.states).toEqual([expect.any(Failure), 0])
  })
})
