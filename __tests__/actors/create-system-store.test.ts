import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createSystemStore, type SystemSnapshot } from '../../src/actors/index.ts'
import { buffer } from '../../src/backpressure/index.ts'
import type { Store } from '../../src/store/index.ts'
import { runs } from '../support/runs.ts'
import { type Harness, parentMachine, partMachine, type StoreOptions, systemOf } from './support.ts'

type Stored = Harness<unknown> & { readonly whole: Store<SystemSnapshot> }

/** A system whose part `nest` has parts of its own. */
const nested = (child: object = {}) =>
  parentMachine({ machine: parentMachine(child, { context: { keys: ['x'], told: [] } }), ...child })

function storedOf(machine: unknown = parentMachine(), options: StoreOptions = {}): Stored {
  const harness = systemOf(machine, options)
  return { ...harness, whole: createSystemStore(harness.system as never) }
}

/** As it comes back from a disk; when it was taken aside. */
const persisted = ({ tsWall: _, ...rest }: object & { tsWall?: number }): unknown =>
  JSON.parse(JSON.stringify(rest))

describe('createSystemStore', () => {
  test('holds the newest snapshot of the system when it is idle; what happens in one go is one version', async () => {
    const { system, whole, want, say } = storedOf()
    expect([whole.name, whole.snapshot.version]).toEqual([`${system.get('root')?.name}:system`, 0])
    want('a', 'b')
    say('a', '1')
    say('b', '2')
    expect(whole.snapshot.version).toBe(0)
    await system.idle()
    expect([whole.snapshot.version, whole.snapshot.reason]).toEqual([1, 'SYSTEM'])
    expect(persisted(whole.state)).toEqual(persisted(system.snapshot()))
    expect(whole.state.root.children?.map(({ key }) => key)).toEqual(['a', 'b'])
  })

  test('keeps the identity of those who have not changed', async () => {
    const { system, whole, want, say } = storedOf()
    want('a', 'b')
    await system.idle()
    const before = whole.state.root.children
    say('a', '1')
    await system.idle()
    const after = whole.state.root.children
    expect(after?.[0]).not.toBe(before?.[0])
    expect(after?.[1]).toBe(before?.[1])
  })

  test('is what a snapshot is, whatever has happened', async () => {
    const key = fc.constantFrom('a', 'b', 'c')
    const step = fc.oneof(
      fc.record({ type: fc.constant('WANT'), keys: fc.uniqueArray(key) }),
      fc.record({ type: fc.constant('SAY'), text: fc.string({ maxLength: 2 }), key, below: fc.boolean() }),
      fc.record({
        type: fc.constantFrom('FAIL', 'WAIT', 'BACK', 'END', 'OFF', 'ON'),
        key,
        below: fc.boolean(),
      }),
      fc.record({ type: fc.constant('PASS'), ms: fc.integer({ min: 1, max: 120 }) }),
    )
    const supervise = fc.constantFrom(
      { strategy: 'stop' },
      { strategy: 'escalate' },
      { strategy: 'restart', maxRestarts: 2 },
      { strategy: 'restart', maxRestarts: 2, backoffMs: 30 },
    )
    const program = fc.array(fc.array(step as fc.Arbitrary<Record<string, unknown>>, { maxLength: 4 }), {
      maxLength: 8,
    })
    await fc.assert(
      fc.asyncProperty(program, supervise, async (rounds, supervision) => {
        const { system, whole, clock, send } = storedOf(nested({ supervise: supervision }))
        for (const round of rounds) {
          for (const { type, key: name, below, ms, ...more } of round) {
            if (type === 'PASS') clock.advance(ms as number)
            else if (type === 'WANT') send('root', { type, ...more })
            else send(`root/part:${name}${below ? '/part:x' : ''}`, { type, ...more })
          }
          await system.idle()
          expect(persisted(whole.state)).toEqual(persisted(system.snapshot()))
        }
        system.destroy()
        expect(whole.closed).toBe(true)
      }),
      { numRuns: runs(40) },
    )
  })

  test('restores what is written into it', async () => {
    const { system, whole, want, say, logOf } = storedOf()
    want('a')
    say('a', 'early')
    await system.idle()
    const early = whole.state
    say('a', 'late')
    want('a', 'b')
    await system.idle()
    whole.set(early as SystemSnapshot)
    expect([logOf('a'), logOf('b')]).toEqual([['early'], undefined])
    await system.idle()
    expect(persisted(whole.state)).toEqual(persisted(system.snapshot()))
    say('a', 'again')
    await system.idle()
    expect(logOf('a')).toEqual(['early', 'again'])
  })

  test('refuses what is no snapshot, and any in the middle of an event; nothing has changed then', async () => {
    const machine = partMachine({
      on: { WRITE: { update: () => void whole.set(whole.state as SystemSnapshot & object) } },
    })
    const { system, whole, faults, send } = storedOf(machine)
    expect(() => whole.set({ format: 2 } as never)).toThrow('"format" is 2')
    expect(() => whole.update((draft) => void Object.assign(draft.root, { inbox: 1 }))).toThrow(
      '"inbox" is not a list',
    )
    const before = whole.state
    const other = structuredClone(before) as SystemSnapshot
    send('root', 'WAIT')
    system.get('root')?.update(() => {
      expect(() => whole.set(other)).toThrow('in the middle of an event')
    })
    expect(whole.state).toBe(before)
    await system.idle()
    expect(whole.state.root.snapshot?.state.current).toBe('WAITING')
    expect(faults).toEqual([])
  })

  test('takes one version of all that happens while its writers are suspended', async () => {
    const { system, whole, want, say, logOf } = storedOf()
    want('a')
    await system.idle()
    let release = (): void => {}
    const seen: number[] = []
    whole.subscribe(
      ({ version }) => {
        seen.push(version)
        return new Promise<void>((resolve) => {
          release = resolve
        })
      },
      { policy: buffer({ capacity: 1, overflow: 'suspend' }) },
    )
    for (let n = 0; n < 5; n += 1) {
      say('a', `${n}`)
      await system.idle()
    }
    expect(logOf('a')).toHaveLength(5)
    for (let turn = 0; turn < 8; turn += 1) {
      release()
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(persisted(whole.state)).toEqual(persisted(system.snapshot()))
    expect(whole.snapshot.version).toBeLessThan(6)
    system.destroy()
  })

  test('has what was handled before the system is destroyed, and ends with it', async () => {
    const { system, whole, store } = storedOf(partMachine())
    store.send({ type: 'WAIT' })
    system.destroy()
    expect([whole.closed, whole.state.root.snapshot?.state.current]).toEqual([true, 'WAITING'])
  })

  test('may be destroyed while the system goes on', async () => {
    const { system, whole, store } = storedOf(partMachine())
    whole.destroy()
    store.send({ type: 'WAIT' })
    await system.idle()
    expect([store.current, whole.state.root.snapshot?.state.current]).toEqual(['WAITING', 'READY'])
  })

  test('is of a system', () => {
    expect(() => createSystemStore({} as never)).toThrow('a system that createSystem() returned')
    const { system } = systemOf(partMachine())
    expect(() => createSystemStore(system as never, { nmae: 'x' } as never)).toThrow('has no option "nmae"')
    system.destroy()
    expect(() => createSystemStore(system as never)).toThrow('destroyed')
  })
})
