/** What paths cost the compiler, and what an editor and a compiler say of a key. */
import { describe, expect, test } from '@jest/globals'
import { completionsIn } from '../../support/completions.ts'
import { typeCheck } from '../../support/type-check.ts'

const IMPORT = "import { createStore, type Store } from '../../src/index.ts'\n"
const WORLD = `${IMPORT}declare const store: Store<{
  robots: Record<string, { pose: { x: number; y: number }; battery: number }>
  fixed: { arm: { angle: number }; leg: { length: number } }
  mode: 'idle' | 'busy'
}>\n`

const keys = (letter: string, type: string): string =>
  Array.from({ length: 25 }, (_, index) => `${letter}${index}: ${type}`).join('; ')

const COMPLETED: readonly [which: string, path: string, names: readonly string[]][] = [
  ['the first key', "'¦'", ['fixed', 'mode', 'robots']],
  ['the second', "'fixed', '¦'", ['arm', 'leg']],
  // Too many: those of longer overloads, which an editor asks before it knows the keys; the compiler refuses them.
  ['the third', "'fixed', 'arm', '¦'", ['angle', ...['battery', 'length', 'pose']]],
  ['a key below any id', "'robots', 'r1', '¦'", [...['angle'], 'battery', ...['length'], 'pose']],
  ['the fourth', "'robots', 'r1', 'pose', '¦'", ['x', 'y']],
  ['none below the end of a path', "'fixed', 'arm', 'angle', '¦'", []],
]

let completed: readonly string[][] | undefined

describe('select by a path', () => {
  test('costs the compiler little where the state holds a DOM element', () => {
    const { errors, instantiations } = typeCheck(`${IMPORT}
      declare const store: Store<{ n: number; element: HTMLElement }>
      store.select('n')
      store.select('element', 'parentElement', 'style', 'color')`)
    expect(errors).toEqual([])
    expect(instantiations).toBeLessThan(60_000)
  })

  test('costs the compiler little where four levels have 25 keys each', () => {
    const { errors, instantiations } = typeCheck(`${IMPORT}
      type D = { ${keys('d', 'number')} }
      type C = { ${keys('c', 'D')} }
      type B = { ${keys('b', 'C')} }
      declare const store: Store<{ ${keys('a', 'B')} }>
      store.select('a3')
      store.select('a3', 'b4', 'c5', 'd6')`)
    expect(errors).toEqual([])
    expect(instantiations).toBeLessThan(60_000)
  })

  test.each([
    ['moods', "'moods'", '"robots" | "fixed" | "mode"'],
    ['head', "'fixed', 'head'", '"arm" | "leg"'],
    ['wheels', "'robots', 'r1', 'wheels'", '"pose" | "battery"'],
  ])('says of a wrong key "%s" which there are', (wrong, path, known) => {
    const { errors } = typeCheck(`${WORLD}store.select(${path})`)
    expect(errors).toHaveLength(1)
    expect(errors[0]).toContain(
      `Argument of type '"${wrong}"' is not assignable to parameter of type '${known}'.`,
    )
  })

  test.each(COMPLETED.map(([which, , names], index) => [which, names, index] as const))(
    'is completed by an editor: %s',
    (_which, names, index) => {
      completed ??= completionsIn(
        WORLD,
        COMPLETED.map(([, path]) => `store.select(${path})`),
      )
      expect(completed[index]).toEqual(names)
    },
  )
})
