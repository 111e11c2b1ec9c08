import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Lets this test file collect garbage, as Node's `--expose-gc` does: figures of the heap are then exact. */
export function exposeGc(): void {
  setFlagsFromString('--expose-gc')
  globalThis.gc = runInNewContext('gc') as NodeJS.GCFunction
}
