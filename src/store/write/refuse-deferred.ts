import { deferredOf, HeadgateError } from '../../kit/index.ts'

declare const process: { readonly env: { readonly NODE_ENV?: string } } | undefined

function refuse(state: unknown): void {
  const received = deferredOf(state)
  if (received === undefined) return
  const expected = 'a state; await a promise first, or write in modify()'
  throw new HeadgateError('OPTION_INVALID', { option: 'the state of set()', expected, received })
}

/** Refuses a promise or a generator where a state was meant; undefined in production, see check-keys.ts in kit. */
export const refuseDeferred: ((state: unknown) => void) | undefined =
  typeof process === 'object' && process.env.NODE_ENV !== 'production' ? refuse : undefined
