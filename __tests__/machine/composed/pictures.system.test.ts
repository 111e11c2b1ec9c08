/** Drawings and XState's form of machines with states inside of states. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { createMachine, initialTransition, transition as xstateTransition } from 'xstate'
import { createMachineStore, fromXState, toMermaid, toXState } from '../../../src/index.ts'
import { defineLoose, problemsOf } from '../support.ts'
import { dice, ourDefinition, planOf } from '../xstate/random-program.ts'

const ROBOT = {
  id: 'robot.v1',
  initial: 'IDLE',
  context: {},
  states: {
    IDLE: { on: { GO: 'ACTIVE', FAR: '#deep' } },
    ACTIVE: {
      type: 'parallel',
      tags: ['busy'],
      on: { STOP: { target: 'IDLE', reenter: true } },
      onDone: 'IDLE',
      states: {
        arm: {
          initial: 'down',
          states: {
            down: { on: { UP: 'up' }, after: { 5: '#robot\\.v1.IDLE' } },
            up: { type: 'final' },
            h: { type: 'history', history: 'deep', target: 'down' },
          },
        },
        base: {
          initial: 'on',
          states: {
            on: { id: 'deep', always: { target: 'off' }, on: { '*': {} } },
            off: { on: { BACK: '#robot\\.v1.ACTIVE.arm.h' } },
          },
        },
      },
    },
  },
}

describe('toMermaid', () => {
  const drawn = toMermaid(defineLoose(ROBOT))

  test('draws states inside of states, regions side by side, and what crosses a border outside of it', () => {
    expect(drawn.split('\n')).toEqual([
      'stateDiagram-v2',
      '  [*] --> IDLE',
      '  IDLE --> ACTIVE : GO',
      '  ACTIVE --> IDLE : STOP',
      '  ACTIVE --> IDLE : done',
      '  state ACTIVE {',
      '    state "arm" as s2',
      '    state "base" as s6',
      '    state s2 {',
      '      state "down" as s3',
      '      state "up" as s4',
      '      state "h" as s5',
      '      [*] --> s3',
      '      s3 --> s4 : UP',
      '      s4 --> [*]',
      '      s5 --> s3',
      '    }',
      '    --',
      '    state s6 {',
      '      state "on" as s7',
      '      state "off" as s8',
      '      [*] --> s7',
      '      s7 --> s7 : #42;',
      '      s7 --> s8 : always',
      '    }',
      '  }',
      '  IDLE --> s7 : FAR',
      '  s3 --> IDLE : after 5 ms',
      '  s8 --> s5 : BACK',
    ])
  })

  const child = defineLoose({ id: 'child', initial: 'ON', context: {}, states: { ON: {} } })
  const keys = (): string[] => []
  const whole = toMermaid(
    defineLoose({
      id: 'm',
      type: 'parallel',
      context: {},
      on: { LIFT: { target: '.arm.up' }, NOTE: {} },
      states: { arm: { initial: 'down', states: { down: {}, up: {} } }, base: {} },
      children: { log: { machine: child, keys, onFault: '.arm.down' } },
    }),
  )
  const family = toMermaid(
    defineLoose({
      id: 'm',
      initial: 'ON',
      context: {},
      states: {
        ON: {
          initial: 'slow',
          on: { GO: 'DONE', OFF: 'OFF' },
          states: { slow: { on: { FAST: 'fast' } }, fast: {} },
        },
        OFF: {},
        DONE: { type: 'final' },
      },
      children: {
        load: {
          machine: child,
          keys,
          in: ['ON.slow'],
          onDone: { target: '.ON.fast', guard: () => true },
          onFault: 'OFF',
        },
        log: { machine: child, keys, onDone: { update: () => {} } },
      },
    }),
  )

  test('draws what a parallel machine handles itself from the whole of it', () => {
    expect(whole.split('\n')).toEqual([
      'stateDiagram-v2',
      '  state "m" as machine {',
      '    state arm {',
      '      state "down" as s1',
      '      state "up" as s2',
      '      [*] --> s1',
      '    }',
      '    --',
      '    state base',
      '  }',
      '  machine --> machine : NOTE',
      '  machine --> s2 : LIFT',
      '  machine --> s1 : log fails',
    ])
  })

  test('draws where children lead, from the states they live in', () => {
    expect(family.split('\n')).toEqual([
      'stateDiagram-v2',
      '  [*] --> ON',
      '  ON --> DONE : GO',
      '  ON --> OFF : OFF',
      '  ON --> ON : log done',
      '  OFF --> OFF : log done',
      '  DONE --> [*]',
      '  state ON {',
      '    state "slow" as s1',
      '    state "fast" as s2',
      '    [*] --> s1',
      '    s1 --> s2 : FAST',
      '    s1 --> s2 : load done [guard]',
      '  }',
      '  s1 --> OFF : load fails',
    ])
  })

  test("draws what Mermaid's own parser reads", () => {
    const reader = join(import.meta.dirname, '../../support/parse-mermaid.mjs')
    const plans = Array.from({ length: 20 }, (_one, seed) => {
      const definition = ourDefinition(planOf(dice(seed)))
      const lost = problemsOf(definition).map((problem) => /^State (\S+) is/.exec(problem)?.[1])
      const on = Object.fromEntries(lost.map((path) => [`never ${path}`, path]))
      return toMermaid(defineLoose(lost.length === 0 ? definition : { ...definition, on }))
    })
    const input = JSON.stringify([drawn, whole, family, ...plans])
    const { stdout, status } = spawnSync(process.execPath, [reader], { input, encoding: 'utf8' })
    expect(status).toBe(0)
    expect((JSON.parse(stdout) as { error?: string }[]).filter(({ error }) => error !== undefined)).toEqual(
      [],
    )
  })
})

describe('toXState and fromXState', () => {
  const written = JSON.parse(JSON.stringify(toXState(defineLoose(ROBOT))))

  test('go to and fro without a difference', () => {
    expect(JSON.parse(JSON.stringify(toXState(fromXState(written))))).toEqual(written)
  })

  test("write what XState's createMachine runs in the same way", () => {
    for (const config of [
      written,
      {
        ...written,
        type: 'parallel',
        initial: undefined,
        states: written.states.ACTIVE.states,
        on: { X: '.arm.up' },
      },
    ]) {
      const machine = createMachine(
        JSON.parse(
          JSON.stringify(config)
            .replaceAll('.ACTIVE.arm', config === written ? '.ACTIVE.arm' : '.arm')
            .replaceAll(/"#robot[^"]*IDLE"/g, config === written ? '"#robot\\\\.v1.IDLE"' : '"up"'),
        ),
      )
      const store = createMachineStore(fromXState(machine.config as never))
      let [state] = initialTransition(machine)
      for (const type of ['GO', 'UP', 'BACK', 'X', 'STOP', 'FAR']) {
        state = xstateTransition(machine, state, { type })[0]
        store.send({ type })
        expect(flat(store.current)).toEqual(flat(state.value))
      }
    }
  })

  test('refuse the names of functions', () => {
    expect(() =>
      fromXState({ id: 'm', initial: 'A', states: { A: { on: { GO: { guard: 'isReady' } } } } }),
    ).toThrow('expected "guard" to be a function, got "isReady" (string)')
  })
})

/** The leaves of a value, however it is written. */
function flat(value: unknown, path = ''): string[] {
  if (typeof value === 'string') return [`${path}${value}`]
  const entries = Object.entries(value as object)
  return entries.length === 0
    ? [path]
    : entries.flatMap(([key, inner]) => flat(inner, `${path}${key}.`)).sort()
}
