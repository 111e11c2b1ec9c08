/** Mirrors over a network that takes its time: they come one by one, and are gone when the server says so. */
import type { Store } from '../../src/index.ts'
import { mirror, type SyncServer, type SyncSocket } from '../../src/sync/index.ts'
import { type Scenario, type ScenarioOptions, turn } from './scenario.ts'

/** Waits until it holds, by time of its own: what is waited for may need timers and turns. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((done) => setTimeout(done, 1))
}

/** Mirrors that connect, get a state and are closed; a twin keeps them open. */
export function mirrorsThatClose<S>(
  { store, server }: { readonly store: Store<S>; readonly server: SyncServer },
  connect: () => SyncSocket,
  { leak, witness }: ScenarioOptions,
): Pick<Scenario, 'act' | 'release'> {
  const kept: unknown[] = [store, server]
  let open: { close(): void }[] = []
  return {
    async act(count) {
      for (let index = 0; index < count; index += 1) {
        const held = witness()
        const mirrored = mirror<S>(connect, { onFault: () => {}, backoffMs: { least: 0, most: 0 } })
        mirrored.store.subscribe(() => {
          held.seen += 1
        })
        open.push(mirrored)
        if (leak) kept.push(mirrored)
        await until(() => mirrored.store.published.version >= 0)
      }
    },
    async release() {
      if (!leak) {
        for (const mirrored of open) mirrored.close()
        await until(() => server.metrics().connections === 0)
      }
      open = []
      await turn()
    },
  }
}
