/** What a bundle for production leaves out is missed by nobody: the library as an application ships it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { build } from 'esbuild'
import type * as headgate from '../../src/index.ts'

const ROOT = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'headgate-'))
let production: typeof headgate

beforeAll(async () => {
  const outfile = join(folder, 'bundle.cjs')
  await build({
    entryPoints: [join(ROOT, 'src/index.ts')],
    absWorkingDir: ROOT,
    bundle: true,
    format: 'cjs',
    define: { 'process.env.NODE_ENV': '"production"' },
    minify: true,
    outfile,
  })
  production = await import(pathToFileURL(outfile).href)
})

afterAll(() => rmSync(folder, { recursive: true }))

/** What a call throws. */
function thrownBy(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  throw new Error('Expected the call to throw.')
}

describe('the library in production', () => {
  test('writes, delivers, counts and ends as it does in development', async () => {
    const { buffer, createStore } = production
    const store = createStore({ robots: { r1: { battery: 90 } } }, { name: 'fleet' })
    const seen: unknown[] = []
    store.subscribe(({ version, state }) => void seen.push([version, state.robots.r1.battery]))
    store.select('robots', 'r1', 'battery').subscribe((battery) => seen.push(battery))
    store.select(({ robots }) => robots.r1.battery > 50).subscribe((well) => seen.push(well))
    const buffered = store.subscribe(() => new Promise(() => {}), { policy: buffer({ capacity: 1 }) })
    const tick = { reason: 'TICK', metadata: { by: 'r1' } }
    store.update((draft) => {
      draft.robots.r1.battery = 40
    }, tick)
    store.set({ robots: { r1: { battery: 30 } } })
    await store.modify(async ({ robots }) => ({ robots: { r1: { battery: robots.r1.battery - 1 } } }))
    expect(seen).toIncludeSameMembers(
      [
        [
          [0, 90],
          [1, 40],
          [2, 30],
          [3, 29],
        ],
        [90, 40, 30, 29],
        [true, false],
      ].flat(),
    )
    expect(buffered.stats()).toMatchObject({ published: 4, delivered: 1, dropped: 2, pending: 1 })
    expect(store.metrics()).toMatchObject({ commits: 3, subscriberCount: 4, selectionCount: 2 })
    expect(Object.isFrozen(store.state.robots.r1)).toBeTrue()
    store.destroy()
    expect(store.metrics().subscriberCount).toBe(0)
  })

  test('follows collections by id', () => {
    const { collection, createStore } = production
    const store = createStore({ robots: collection([['r1', { battery: 90 }]]) })
    const seen: unknown[] = []
    store.select('robots', 'r1', 'battery').subscribe((battery) => seen.push(battery))
    store.update((draft) => {
      draft.robots = draft.robots.set('r2', { battery: 1 }).set('r1', { battery: 80 })
    })
    expect(seen).toEqual([90, 80])
  })

  test('drives machines', () => {
    const { createMachineStore, defineMachine } = production
    const lamp = defineMachine({
      id: 'lamp',
      initial: 'OFF',
      context: { switched: 0 },
      types: {} as { events: { type: 'PRESS' } },
      states: {
        OFF: {
          on: {
            PRESS: {
              target: 'ON',
              update(context) {
                context.switched += 1
              },
            },
          },
        },
        ON: { on: { PRESS: 'OFF' } },
      },
    })
    const store = createMachineStore(lamp)
    expect(store.send('PRESS')).toMatchObject({ handled: true, transition: { from: 'OFF', to: 'ON' } })
    expect(store.context).toEqual({ switched: 1 })
  })

  test('refuses what would harm the state, with the same codes and details', () => {
    const { createStore, isHeadgateError } = production
    const store = createStore({ n: 0 }, { name: 'arm' })
    const conflict = thrownBy(() => store.set({ n: 1 }, { expectedVersion: 7 }))
    expect(isHeadgateError(conflict, 'VERSION_CONFLICT')).toBeTrue()
    expect(conflict).toMatchObject({
      details: { store: 'arm', expected: 7, actual: 0 },
      message:
        'VERSION_CONFLICT {"store":"arm","expected":7,"actual":0} https://github.com/headgate/headgate/blob/main/docs/errors.md#version_conflict',
    })
    const cyclic: { n: number; self?: unknown } = { n: 1 }
    cyclic.self = cyclic
    expect(thrownBy(() => store.set(cyclic))).toMatchObject({
      code: 'STATE_INVALID',
      details: { problem: 'cyclic', path: 'state.self' },
    })
    expect(thrownBy(() => store.put({} as never))).toMatchObject({ code: 'SNAPSHOT_INVALID' })
    expect(thrownBy(() => store.subscribe({} as never))).toMatchObject({ code: 'CONSUMER_INVALID' })
    expect(store.state).toEqual({ n: 0 })
  })

  test('looks at what comes from outside of the program: labels of policies, configurations of machines', () => {
    const { fromXState, parsePolicy } = production
    const labels = [
      'throttle:x',
      'sample:0',
      'buffer:0',
      'buffer:4:drop-latest',
      'batch::',
      'frame:-1',
      'debounce',
    ]
    for (const label of labels) {
      expect(thrownBy(() => parsePolicy(label))).toMatchObject({ code: 'POLICY_INVALID' })
    }
    expect(parsePolicy('throttle:5:leading')).toMatchObject({ ms: 5, leading: true, trailing: false })
    const config = { id: 'lamp', initial: 'OFF', states: { OFF: { on: { PRESS: 'ON' } } } }
    expect(thrownBy(() => fromXState(config))).toMatchObject({ code: 'MACHINE_INVALID' })
  })

  test('does not look at the options of policies', () => {
    expect(production.throttle({ ms: 5, trailing: 1 } as never)).toMatchObject({ kind: 'throttle' })
  })

  test('does not look at the options of stores, subscriptions and writes', () => {
    const { createStore } = production
    const store = createStore({ n: 0 }, { nmae: 'arm' } as never)
    store.subscribe(() => {}, { polcy: 1 } as never)
    expect(store.set({ n: 1 }, { reasn: 'X' } as never)).toMatchObject({ version: 1, reason: 'SET' })
  })
})
