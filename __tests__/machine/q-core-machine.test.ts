import { describe, expect, test } from '@jest/globals'
import { initialState, type QCoreEvent, qCoreMachine, toMermaid, transition } from '../../src/index.ts'
import { instant } from './support.ts'

type Name = 'BOOTING' | 'IDLE' | 'ACTIVE' | 'ERROR_STATE' | 'SHUTDOWN'

/** The way to each state from the start. */
const WAYS: Record<Name, QCoreEvent[]> = {
  BOOTING: [],
  IDLE: [{ type: 'BOOT_COMPLETE' }],
  ACTIVE: [{ type: 'BOOT_COMPLETE' }, { type: 'PROPOSALS_RECEIVED', count: 2 }],
  ERROR_STATE: [{ type: 'BIOS_ERROR', message: 'no disk' }],
  SHUTDOWN: [{ type: 'SHUTDOWN' }],
}

/** Every event, those with a guard once for each answer. */
const EVENTS: readonly QCoreEvent[] = [
  { type: 'BOOT_COMPLETE' },
  { type: 'BIOS_ERROR', message: 'bad checksum' },
  { type: 'PROPOSALS_RECEIVED', count: 3 },
  { type: 'PROPOSALS_RECEIVED', count: 0 },
  { type: 'NO_PROPOSALS' },
  { type: 'ERROR_CLEARED' },
  { type: 'GUARD_EVENT', severity: 'critical', message: 'collision' },
  { type: 'GUARD_EVENT', severity: 'warning', message: 'close' },
  { type: 'GUARD_EVENT', severity: 'info', message: 'all well' },
  { type: 'SHUTDOWN' },
]

/** What each state makes of each event, in the order above: the state it leads to, or why it is refused. */
const OUTCOMES: Record<Name, string[]> = {
  BOOTING: [
    'IDLE',
    'ERROR_STATE',
    'unhandled',
    'unhandled',
    'unhandled',
    'unhandled',
    'ERROR_STATE',
    'guard',
    'guard',
    'SHUTDOWN',
  ],
  IDLE: [
    'unhandled',
    'unhandled',
    'ACTIVE',
    'guard',
    'unhandled',
    'unhandled',
    'ERROR_STATE',
    'guard',
    'guard',
    'SHUTDOWN',
  ],
  ACTIVE: [
    'unhandled',
    'unhandled',
    'unhandled',
    'unhandled',
    'IDLE',
    'unhandled',
    'ERROR_STATE',
    'guard',
    'guard',
    'SHUTDOWN',
  ],
  ERROR_STATE: [
    'unhandled',
    'unhandled',
    'unhandled',
    'unhandled',
    'unhandled',
    'IDLE',
    'ERROR_STATE',
    'guard',
    'guard',
    'SHUTDOWN',
  ],
  SHUTDOWN: EVENTS.map(() => 'final'),
}

/** The state of an agent that has gone the way to a state. */
function at(name: Name) {
  return WAYS[name].reduce(
    (state, event) => transition(qCoreMachine, state, event, instant(0)).state,
    initialState(qCoreMachine),
  )
}

describe('qCoreMachine', () => {
  const cases = (Object.keys(OUTCOMES) as Name[]).flatMap((name) =>
    EVENTS.map((event, n) => [name, JSON.stringify(event), OUTCOMES[name][n] as string, event] as const),
  )

  test.each(cases)('%s on %s: %s', (name, _event, outcome, event) => {
    const state = at(name)
    expect(state.current).toBe(name)
    const result = transition(qCoreMachine, state, event, instant(1))
    expect(result.handled ? result.state.current : result.reason).toBe(outcome)
  })

  test('has no other state', () => {
    expect([...qCoreMachine.states.keys()]).toEqual(Object.keys(OUTCOMES))
    expect(cases).toHaveLength(50)
  })

  test.each<[Name, QCoreEvent, object]>([
    ['BOOTING', { type: 'BOOT_COMPLETE' }, { biosOk: true, proposals: 0, error: '' }],
    ['BOOTING', { type: 'BIOS_ERROR', message: 'x' }, { biosOk: false, proposals: 0, error: 'x' }],
    ['IDLE', { type: 'PROPOSALS_RECEIVED', count: 3 }, { biosOk: true, proposals: 3, error: '' }],
    ['ACTIVE', { type: 'NO_PROPOSALS' }, { biosOk: true, proposals: 0, error: '' }],
    ['ERROR_STATE', { type: 'ERROR_CLEARED' }, { biosOk: false, proposals: 0, error: '' }],
    [
      'ACTIVE',
      { type: 'GUARD_EVENT', severity: 'critical', message: 'y' },
      { biosOk: true, proposals: 0, error: 'y' },
    ],
    [
      'ERROR_STATE',
      { type: 'GUARD_EVENT', severity: 'critical', message: 'y' },
      { biosOk: false, proposals: 0, error: 'y' },
    ],
    ['ACTIVE', { type: 'SHUTDOWN' }, { biosOk: true, proposals: 0, error: '' }],
  ])('keeps its context: %s on %j', (name, event, context) => {
    expect(transition(qCoreMachine, at(name), event, instant(1)).state.context).toEqual(context)
  })

  test('notes a critical event that comes in ERROR_STATE without leaving it', () => {
    const state = at('ERROR_STATE')
    const event = { type: 'GUARD_EVENT', severity: 'critical', message: 'y' } as const
    const next = transition(qCoreMachine, state, event, instant(1)).state
    expect(next.attempts).toBe(state.attempts)
    expect(next.history).toBe(state.history)
  })

  test('is drawn', () => {
    expect(toMermaid(qCoreMachine).split('\n')).toEqual([
      'stateDiagram-v2',
      '  [*] --> BOOTING',
      '  BOOTING --> IDLE : BOOT_COMPLETE',
      '  BOOTING --> ERROR_STATE : BIOS_ERROR',
      '  BOOTING --> ERROR_STATE : GUARD_EVENT [guard]',
      '  BOOTING --> SHUTDOWN : SHUTDOWN',
      '  IDLE --> ACTIVE : PROPOSALS_RECEIVED [guard]',
      '  IDLE --> ERROR_STATE : GUARD_EVENT [guard]',
      '  IDLE --> SHUTDOWN : SHUTDOWN',
      '  ACTIVE --> IDLE : NO_PROPOSALS',
      '  ACTIVE --> ERROR_STATE : GUARD_EVENT [guard]',
      '  ACTIVE --> SHUTDOWN : SHUTDOWN',
      '  ERROR_STATE --> IDLE : ERROR_CLEARED',
      '  ERROR_STATE --> ERROR_STATE : GUARD_EVENT [guard]',
      '  ERROR_STATE --> SHUTDOWN : SHUTDOWN',
      '  SHUTDOWN --> [*]',
    ])
  })
})
