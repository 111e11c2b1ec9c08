import { describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { WantedKeys } from '../../src/actors/wanted-keys.ts'
import { collection } from '../../src/index.ts'
import type { ChildNode } from '../../src/machine/index.ts'
import { runs } from '../support/runs.ts'

type Form = 'list' | 'frozen' | 'set' | 'collection'

interface Step {
  readonly keys: readonly string[]
  readonly form: Form
  readonly current: 'ON' | 'OFF'
}

const steps = fc.array(
  fc.record<Step>({
    keys: fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 9 }),
    form: fc.constantFrom('list', 'frozen', 'set', 'collection'),
    current: fc.constantFrom('ON', 'ON', 'OFF'),
  }),
)

function inForm({ keys, form }: Step): unknown {
  if (form === 'list') return [...keys]
  if (form === 'frozen') return Object.freeze([...keys])
  return form === 'set' ? new Set(keys) : collection(keys.map((key) => [key, {}]))
}

/** How often each key is told. */
function countsOf({ keys, form, current }: Step): Map<string, number> {
  const counts = new Map<string, number>()
  for (const key of current === 'OFF' ? [] : keys) {
    counts.set(key, form === 'set' || form === 'collection' ? 1 : (counts.get(key) ?? 0) + 1)
  }
  return counts
}

describe('WantedKeys', () => {
  test('what it tells adds up to how often each key is wanted, in whatever form', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const keys = (step: Step) => inForm(step)
        const wanted = new WantedKeys({ name: 'part', in: ['ON'], keys } as unknown as ChildNode)
        const counts = new Map<string, number>()
        const count = (key: string, by: number) => {
          const now = (counts.get(key) ?? 0) + by
          if (now === 0) counts.delete(key)
          else counts.set(key, now)
        }
        for (const step of given) {
          const changes = wanted.next({ context: step, current: step.current } as never)
          for (const key of changes?.removed ?? []) count(key, -1)
          for (const key of changes?.added ?? []) count(key, 1)
          const expected = countsOf(step)
          const same =
            expected.size === counts.size && [...expected].every(([key, n]) => counts.get(key) === n)
          if (!same) throw new Error(`wanted ${[...expected].join(' ')}, told ${[...counts].join(' ')}`)
        }
      }),
      { numRuns: runs(100) },
    )
  })

  test('of 100 000 keys tells the one that has changed; a collection is not walked for it', () => {
    const ids = Array.from({ length: 100_000 }, (_, n) => `k${n}`)
    const before = collection(ids.map((id) => [id, {}]))
    const walks = jest.spyOn(Object.getPrototypeOf(before), 'ids')
    const forms: [unknown, unknown][] = [
      [before, before.remove('k500').set('new', {})],
      [ids, ids.map((id) => (id === 'k500' ? 'new' : id))],
    ]
    for (const [first, second] of forms) {
      const keys = (context: unknown) => context as never
      const wanted = new WantedKeys({ name: 'part', in: undefined, keys } as unknown as ChildNode)
      wanted.next({ context: first, current: 'ON' } as never)
      walks.mockClear()
      expect(wanted.next({ context: second, current: 'ON' } as never)).toEqual({
        added: ['new'],
        removed: ['k500'],
      })
      expect(walks).not.toHaveBeenCalled()
    }
    walks.mockRestore()
  })
})
