/** Tests that need nats-server: they skip, and say so, where it is not installed. */
import { describe, test } from '@jest/globals'
import { natsVersion } from '../../src/testing/index.ts'

export const NATS: string | undefined = natsVersion()

/** `describe` where nats-server is installed. */
export function describeNats(name: string, tests: () => void): void {
  if (NATS === undefined) describe.skip(`${name} (skipped: nats-server is not installed)`, tests)
  else describe(name, tests)
}

/** `test` where nats-server is installed. */
export const testNats: (name: string, run: () => Promise<void>) => void =
  NATS === undefined ? (name, run) => test.skip(`${name} (skipped: nats-server is not installed)`, run) : test
