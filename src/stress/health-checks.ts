import type { HealthReport } from '../health/index.ts'
import type { AnyContext } from './workload.ts'

/** What a health report says, in a few words. */
const inWords = ({ status, issues }: HealthReport): string =>
  [status, ...issues.map(({ code }) => code)].join(' ')

/** Checks that the store calls itself healthy. */
export function checkHealthy(context: AnyContext, fact: string): void {
  checkHealth(context, fact, ({ healthy }) => healthy)
}

/** Checks that the store has noticed that it is not well. */
export function checkNotHealthy(context: AnyContext, fact: string): void {
  checkHealth(context, fact, ({ healthy }) => !healthy)
}

function checkHealth(context: AnyContext, fact: string, holds: (report: HealthReport) => boolean): void {
  const report = context.store.health?.()
  if (report === undefined) context.skip(fact, 'the store does not report its health')
  else context.check(fact, holds(report), inWords(report))
}

/** Checks that nobody follows the store. */
export function checkNobodyLeft(context: AnyContext, fact: string): void {
  const count = context.store.subscriberCount?.()
  if (count === undefined) context.skip(fact, 'the store does not count its subscribers')
  else context.check(fact, count === 0, `${count} left`)
}
