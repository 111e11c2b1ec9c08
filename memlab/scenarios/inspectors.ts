/** Inspectors that are served and opened, and close, beside a store that lives on. */
import { createStore } from '../../src/index.ts'
import { type InspectorServer, serveInspector } from '../../src/inspector/index.ts'
import { mirror, sseSocket } from '../../src/sync/index.ts'
import type { Claim, ScenarioOptions } from '../support/scenario.ts'

export const claim =
  'An inspector that was closed leaves nothing in the program: no timer, no socket, no subscriber.'

export const noGrowth =
  'each operation opens a server and two sockets, whose buffers the platform keeps for the next ones'

interface Opened {
  readonly inspector: InspectorServer
  readonly page: { close(): void }
}

function create({ leak, witness }: ScenarioOptions) {
  const store = createStore({ tick: 0 }, { name: 'watched' })
  const kept: unknown[] = [store]
  let open: Opened[] = []
  let tick = 0
  return {
    async act(count: number) {
      for (let index = 0; index < count; index += 1) {
        const held = witness()
        const inspector = await serveInspector([store], {
          intervalMs: 10,
          sanitize: (state) => {
            held.seen += 1
            return state
          },
        })
        const address = new URL(inspector.url)
        address.pathname = '/feed'
        const page = mirror(() => sseSocket(address.href), {
          store: 'looks',
          clientId: `s1 ${index}`,
          onFault: () => {},
        })
        await page.store.waitFor((looks) => Object.keys(looks as object).length > 0)
        open.push({ inspector, page })
      }
    },
    async release() {
      for (const { inspector, page } of open) {
        page.close()
        // The twin forgets one.
        if (!leak) await inspector.close()
        else kept.push(inspector)
      }
      open = []
    },
    write() {
      tick += 1
      store.set({ tick })
    },
  }
}

export const claims: readonly Claim[] = [{ name: 'inspectors', count: 100, dear: true, create }]
