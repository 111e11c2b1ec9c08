/** @jest-environment jsdom */
import { createRequire } from 'node:module'
import { describe, expect, test } from '@jest/globals'
import * as React from 'react'
import * as compilerRuntime from 'react/compiler-runtime'
import { collection, createMachineStore, createStore, defineMachine } from '../../src/index.ts'
import * as hooks from '../../src/react/index.ts'
import { act, mount } from './support/mount.tsx'

interface Babel {
  transformSync(code: string, options: object): { readonly code: string }
}

const require = createRequire(__filename)

/** Components as React Compiler makes them. */
function compiled(code: string, scope: Record<string, unknown>): Record<string, React.ComponentType<any>> {
  const { transformSync } = require('@babel/core') as Babel
  const plugins = [require.resolve('babel-plugin-react-compiler')]
  const options = {
    plugins,
    babelrc: false,
    configFile: false,
    sourceType: 'module',
    filename: 'component.js',
  }
  const output = transformSync(code, options).code
  expect(output).toContain('react/compiler-runtime')
  const names = [...output.matchAll(/^function (\w+)/gm)].map(([, name]) => name)
  const body = output
    .replace(/^import \{ c as _c \} from "react\/compiler-runtime";?$/m, 'const { c: _c } = compilerRuntime')
    .replace(/^export /gm, '')
  const bindings = { ...scope, ...hooks, compilerRuntime, createElement: React.createElement }
  return new Function(...Object.keys(bindings), `${body}\nreturn { ${names.join()} }`)(
    ...Object.values(bindings),
  )
}

describe('React Compiler', () => {
  test('leaves what the hooks return reactive', () => {
    const store = createStore({ robots: { r1: { battery: 9 }, r2: { battery: 8 } } })
    const { Battery } = compiled(
      `function Battery({ id }) {
        const robot = useStore(store, 'robots', id)
        const low = useStore(store, ({ robots }) => robots[id].battery < 5)
        const { version } = useSnapshot(store)
        return createElement('b', null, robot.battery, low ? ' low ' : ' ', version)
      }`,
      { store },
    )
    const Shown = Battery as React.ComponentType<{ id: string }>
    const mounted = mount(<Shown id="r1" />)
    expect(mounted.text).toBe('9 0')
    act(() => store.set({ robots: { r1: { battery: 4 }, r2: { battery: 8 } } }))
    expect(mounted.text).toBe('4 low 1')
    mounted.render(<Shown id="r2" />)
    expect(mounted.text).toBe('8 1')
  })

  test('leaves the state of a machine reactive', () => {
    const machine = defineMachine({
      id: 'door',
      initial: 'CLOSED',
      context: {},
      types: {} as { events: { type: 'OPEN' } },
      states: { CLOSED: { on: { OPEN: 'OPENED' } }, OPENED: {} },
    })
    const { Door } = compiled(
      `function Door({ store }) {
        const [state, send] = useMachine(store)
        return createElement('button', { onClick: () => send('OPEN') }, state.current)
      }`,
      {},
    )
    const Shown = Door as React.ComponentType<{ store: unknown }>
    const mounted = mount(<Shown store={createMachineStore(machine)} />)
    act(() => mounted.container.querySelector('button')?.click())
    expect(mounted.text).toBe('OPENED')
  })

  test('memoizes what is read of a store without a hook, as docs/ui.md warns', () => {
    const robots = collection([['r1', { battery: 9 }]])
    const store = createStore({ robots })
    const { Read } = compiled(
      `function Read({ id }) {
        useSnapshot(store)
        const robot = store.state.robots.get(id)
        return createElement('b', null, robot.battery)
      }`,
      { store },
    )
    const Shown = Read as React.ComponentType<{ id: string }>
    const mounted = mount(<Shown id="r1" />)
    act(() => store.set({ robots: robots.set('r1', { battery: 4 }) }))
    expect(mounted.text).toBe('9')
  })
})
