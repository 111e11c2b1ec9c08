import { deferredOf, HeadgateError } from '../../kit/index.ts'

declare const process: { readonly env: { readonly NODE_ENV?: string } } | undefined

const EXPECTED = {
  'the state': 'a state; await a promise first, or write in modify()',
  'work of modify()': 'a function that returns the next state, or a promise of it',
} as const

function refuse(option: keyof typeof EXPECTED, state: unknown): void {
  const received = deferredOf(state)
  if (received === undefined) return
  throw new HeadgateError('OPTION_INVALID', { option, expected: EXPECTED[option], received })
}

/** Refuses a promise or a generator where a state was meant; undefined in production, see check-keys.ts in kit. */
export const refuseDeferred: ((option: keyof typeof EXPECTED, state: unknown) => void) | undefined =
  typeof process === 'object' && process.env.NODE_ENV !== 'production' ? refuse : undefined
