import { defineMachine } from './define-machine.ts'
import type { EventNamed } from './definition.ts'
import type { Machine } from './machine.ts'

/** The events of the Q-Core agent. */
export type QCoreEvent =
  | { type: 'BOOT_COMPLETE' }
  | { type: 'BIOS_ERROR'; message: string }
  | { type: 'PROPOSALS_RECEIVED'; count: number }
  | { type: 'NO_PROPOSALS' }
  | { type: 'ERROR_CLEARED' }
  | { type: 'GUARD_EVENT'; severity: 'info' | 'warning' | 'critical'; message: string }
  | { type: 'SHUTDOWN' }

/** The context of the Q-Core agent. */
export interface QCoreContext {
  biosOk: boolean
  /** Proposals of the batch being worked on. */
  proposals: number
  /** What brought the agent into ERROR_STATE; `''` when nothing did. */
  error: string
}

interface QCoreCell<Name extends string, Types extends QCoreEvent['type']> {
  readonly state: Name
  readonly event: EventNamed<QCoreEvent, Types | 'GUARD_EVENT' | 'SHUTDOWN'>
}

/** The states of the Q-Core agent, each with the events that it handles. */
export type QCoreCells =
  | QCoreCell<'BOOTING', 'BOOT_COMPLETE' | 'BIOS_ERROR'>
  | QCoreCell<'IDLE', 'PROPOSALS_RECEIVED'>
  | QCoreCell<'ACTIVE', 'NO_PROPOSALS'>
  | QCoreCell<'ERROR_STATE', 'ERROR_CLEARED'>
  | { readonly state: 'SHUTDOWN'; readonly event: never }

const context: QCoreContext = { biosOk: false, proposals: 0, error: '' }

/**
 * The state machine of a robot's Q-Core agent: it boots, waits for proposals, works on them, and goes to
 * ERROR_STATE on a BIOS error while booting, or on a critical guard event from anywhere.
 */
export const qCoreMachine: Machine<QCoreContext, QCoreCells> = defineMachine({
  id: 'q-core',
  initial: 'BOOTING',
  context,
  types: {} as { events: QCoreEvent },
  states: {
    BOOTING: {
      on: {
        BOOT_COMPLETE: {
          target: 'IDLE',
          update: (draft) => {
            draft.biosOk = true
          },
        },
        BIOS_ERROR: {
          target: 'ERROR_STATE',
          update: (draft, event) => {
            draft.error = event.message
          },
        },
      },
    },
    IDLE: {
      on: {
        PROPOSALS_RECEIVED: {
          target: 'ACTIVE',
          guard: (_context, event) => event.count > 0,
          update: (draft, event) => {
            draft.proposals = event.count
          },
        },
      },
    },
    ACTIVE: {
      exit: (draft) => {
        draft.proposals = 0
      },
      on: { NO_PROPOSALS: 'IDLE' },
    },
    ERROR_STATE: {
      on: {
        ERROR_CLEARED: {
          target: 'IDLE',
          update: (draft) => {
            draft.error = ''
          },
        },
      },
    },
    SHUTDOWN: { type: 'final' },
  },
  on: {
    GUARD_EVENT: {
      target: 'ERROR_STATE',
      guard: (_context, event) => event.severity === 'critical',
      update: (draft, event) => {
        draft.error = event.message
      },
    },
    SHUTDOWN: 'SHUTDOWN',
  },
})
