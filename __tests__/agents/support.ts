/** An agent that thinks, asks a person, and pays: small, and with everything that a client can see. */
import type { AgUiMapping, AgUiMessage } from '../../src/agents/index.ts'
import {
  createMachineStore,
  type Immutable,
  type Machine,
  type MachineState,
  type MachineStore,
  type MachineStoreOptions,
} from '../../src/index.ts'
import { defineLoose } from '../machine/support.ts'

interface Message {
  readonly id: string
  readonly role: 'assistant'
  content: string
  streaming: boolean
}

export interface RefundContext {
  messages: Message[]
  paid: number
  error: string
}

interface LooseCell {
  readonly state: string
  readonly event: { readonly type: string } & Readonly<Record<string, unknown>>
}

export type Refund = MachineStore<RefundContext, LooseCell>
export type RefundState = Immutable<MachineState<string, RefundContext>>

// The cast says that an event may carry anything.
export const refundAgent: Machine<RefundContext, LooseCell> = defineLoose<RefundContext>({
  id: 'refund',
  initial: 'THINKING',
  context: { messages: [], paid: 0, error: '' },
  states: {
    THINKING: {
      entry: ({ messages }: RefundContext) => {
        messages.push({ id: `m${messages.length}`, role: 'assistant', content: '', streaming: true })
      },
      on: {
        TOKEN: {
          update: ({ messages }: RefundContext, { token }: { token: string }) => {
            const message = messages.at(-1)
            if (message !== undefined) message.content += token
          },
        },
        THOUGHT: {
          target: 'AWAITING',
          update: ({ messages }: RefundContext) => {
            const message = messages.at(-1)
            if (message !== undefined) message.streaming = false
          },
        },
        FAIL: {
          update: (draft: RefundContext, { why }: { why: string }) => {
            draft.error = why
          },
        },
      },
    },
    AWAITING: {
      waiting: { expiresMs: 60_000, schema: { type: 'object', required: ['approved'] } },
      on: {
        ANSWER: [
          {
            guard: (_context: unknown, { approved }: { approved: boolean }) => approved,
            target: 'PAID',
            update: (draft: RefundContext) => {
              draft.paid = 80
            },
          },
          { target: 'REFUSED' },
        ],
        MORE: 'THINKING',
      },
      after: { 60000: 'REFUSED' },
    },
    PAID: { type: 'final', output: ({ paid }: RefundContext) => ({ paid }) },
    REFUSED: { type: 'final', output: () => ({ paid: 0 }) },
  },
}) as never

export const createRefund = (options: MachineStoreOptions = {}): Refund =>
  createMachineStore(refundAgent, options)

export const mapping: AgUiMapping<RefundState, LooseCell['event']> = {
  view: ({ current, context }) => ({ phase: current, paid: context.paid }),
  messages: ({ context }) => context.messages as readonly AgUiMessage[],
  failed: ({ context }) => context.error || undefined,
  interrupt: () => ({ message: 'Refund 80 €?' }),
  answer: ({ status, payload }) => {
    if (status === 'cancelled') return { type: 'ANSWER', approved: false }
    return typeof payload?.approved === 'boolean' ? { type: 'ANSWER', approved: payload.approved } : undefined
  },
  start: ({ messages }) => (messages.length > 0 ? { type: 'MORE' } : undefined),
}

/** Tokens in an order that a seed decides. */
export function tokensOf(count: number, seed = 1): string[] {
  let state = seed
  return Array.from({ length: count }, () => {
    state = (state * 48_271) % 2_147_483_647
    return `w${state % 1_000} `
  })
}
