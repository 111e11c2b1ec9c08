/** How a member stands, as its parts ask it. */
import type { NatsStatus } from './nats-member.ts'

export interface MemberFacts {
  readonly status: NatsStatus
  /** The newest record that was read; 0 before the first. */
  readonly seen: number
  /** Whether it hears what comes. */
  readonly isReading: boolean
  /** Milliseconds that only rise. */
  now(): number
}
