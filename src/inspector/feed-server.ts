/** Serves what pages are shown over the frames of sync; each page is a client at its own pace. */
import { type SyncServer, serve } from '../sync/index.ts'
import type { Inspector, Looks } from './inspector.ts'

/** Pages at a time. */
export const PAGES_MAX = 32

/** Runs the inspector while there is a page. */
export function serveFeed(inspector: Inspector): SyncServer {
  const { facts, looks } = inspector
  const server = serve(
    { facts, looks },
    {
      historyVersions: 1,
      window: 2,
      clientsMax: PAGES_MAX,
      authorize: () => {
        // Who begins to look is shown something before the interval is over.
        setTimeout(() => inspector.refresh(), 0)
        return { read: true, write: false }
      },
      view: (state, { clientId, store }) => (store === 'looks' ? shownTo(clientId, state as Looks) : state),
    },
  )
  inspector.pages = {
    areThere: () => server.metrics().connections > 0,
    lookAt: () =>
      server.clients.filter(({ store }) => store === 'looks').map(({ clientId }) => wantedBy(clientId)),
  }
  return server
}

/** A page says in its name which store it looks at, or `*` for all. */
const wantedBy = (clientId: string): string => clientId.slice(0, clientId.indexOf(' '))

/** The same object while nothing of it has changed, so that nothing is sent. */
const cut = new WeakMap<object, Looks>()

function shownTo(clientId: string, looks: Looks): Looks {
  const wanted = wantedBy(clientId)
  if (wanted === '*') return looks
  const look = looks[wanted]
  if (look === undefined) return NOTHING
  const shown = cut.get(look) ?? { [wanted]: look }
  cut.set(look, shown)
  return shown
}

const NOTHING: Looks = {}
