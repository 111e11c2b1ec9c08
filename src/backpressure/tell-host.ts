/** The end, as a mailbox tells it: foreign code, which may throw or reject. */
import { contain } from '../kit/index.ts'
import type { MailboxHost } from './mailbox-host.ts'
import type { Versioned } from './strategy.ts'

/** How a subscription ends. */
export type Terminal = { readonly kind: 'complete' } | { readonly kind: 'error'; readonly error: unknown }

/** Tells the consumer the end; an error that it does not hear is a fault. */
export function tellEnd<T extends Versioned>(host: MailboxHost<T>, terminal: Terminal): void {
  const { consumer } = host
  const report = (error: unknown): void => host.faulted({ error, phase: terminal.kind, version: -1 })
  if (terminal.kind === 'complete') contain(() => consumer.complete?.(), report)
  else if (consumer.error !== undefined) contain(() => consumer.error?.(terminal.error), report)
  else report(terminal.error)
}
