/**
 * Collects garbage now.
 *
 * `globalThis.gc` is there where Node was started with `--expose-gc`, and `Bun.gc` under Bun. Elsewhere V8 is
 * told to expose it while it runs: it then does so to contexts that are made afterwards.
 */
import * as v8 from 'node:v8'
import * as vm from 'node:vm'
import { HeadgateError } from '../kit/index.ts'
import { turn } from './real-time.ts'

type Collect = () => unknown

interface GlobalWithGc {
  readonly gc?: Collect
  readonly Bun?: { gc?(synchronous: boolean): unknown }
}

let found: Collect | undefined

function findCollector(): Collect | undefined {
  const { gc, Bun } = globalThis as GlobalWithGc
  if (typeof gc === 'function') return gc
  if (Bun?.gc !== undefined) return () => Bun.gc?.(true)
  try {
    v8.setFlagsFromString('--expose-gc')
    const exposed: unknown = vm.runInNewContext('typeof gc === "function" ? gc : undefined')
    return typeof exposed === 'function' ? (exposed as Collect) : undefined
  } catch {
    return undefined
  }
}

/** Whether this runtime can be told to collect its garbage. */
export function canCollectGarbage(): boolean {
  found ??= findCollector()
  return found !== undefined
}

/**
 * Collects all garbage, between two turns of the event loop: what a weak reference has just read stays alive
 * until the turn is over, and finalizers run in turns of their own.
 *
 * @throws `GC_UNAVAILABLE` in a runtime that offers no way to.
 */
export async function collectGarbage(operation = 'collectGarbage()'): Promise<void> {
  if (!canCollectGarbage()) throw new HeadgateError('GC_UNAVAILABLE', { operation })
  await turn()
  found?.()
  await turn()
}
