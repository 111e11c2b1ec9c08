// @ts-check
/** The page, the crew that it mirrors, and the inspector beside it. */
import { createServer } from 'node:http'
import { join } from 'node:path'
import { build } from 'esbuild'
import { serveInspector } from 'headgate/inspector'
import { serve, sseHandler } from 'headgate/sync'
import { isSame } from './token.js'

/**
 * @typedef {object} Served
 * @property {import('headgate/actors').ActorSystem<typeof import('./machines.js').crew>} system
 * @property {import('./watchers.js').CrewStore} store
 * @property {import('headgate/journal').Journal<import('headgate/actors').SystemSnapshot>} journal
 * @property {number} port
 * @property {string} token what whoever looks, or answers, must know
 */

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  // A page that has this one in a frame could have its buttons pressed.
  'x-frame-options': 'DENY',
}

/**
 * Serves all that a person needs, on this machine, to whoever has the address that was printed: it has the token, for the
 * page, for what it mirrors, and for the inspector. What is served does not have it: the page reads its own address.
 *
 * @param {Served} served
 */
export async function serveCrew({ system, store, journal, port, token }) {
  const inspector = await serveInspector([store, system], {
    program: 'crew',
    journals: new Map([[store, journal]]),
    token,
  })
  // A page sees all, writes nothing, and may answer.
  const feed = serve(
    { crew: store, desk: system.get('root') },
    {
      authorize: (hello) => (isSame(hello.token, token) ? { read: true, write: true } : undefined),
      write: () => 'The crew is read only.',
      send: ({ event }) => isAnswer(event) || 'Only an answer is taken.',
    },
  )
  const page = await pageOf(new URL(inspector.url).origin)
  const http = createServer(
    sseHandler(feed, { path: '/sync' }, ({ url = '/' }, response) => {
      const [path, query] = url.split('?', 2)
      const isAllowed = isSame(new URLSearchParams(query).get('token'), token)
      const status = !isAllowed ? 403 : path === '/' ? 200 : 404
      response.writeHead(status, PAGE_HEADERS)
      response.end(status === 200 ? page : '')
    }),
  )
  await new Promise((resolve, reject) => {
    http.once('error', reject).listen(port, '127.0.0.1', () => resolve(undefined))
  })
  const { port: actual } = /** @type {import('node:net').AddressInfo} */ (http.address())
  return {
    url: `http://127.0.0.1:${actual}/?token=${token}`,
    inspector: inspector.url,
    async close() {
      feed[Symbol.dispose]()
      await inspector.close()
      http.close()
      http.closeAllConnections()
    },
  }
}

/** @param {unknown} event */
const isAnswer = (event) => /** @type {{ type?: unknown }} */ (event)?.type === 'ANSWER'

/** @param {string} inspector its origin */
async function pageOf(inspector) {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'page.tsx')],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    outdir: 'out',
    // The package itself, as an application has it.
    tsconfigRaw: {},
    define: { 'process.env.NODE_ENV': '"production"', INSPECTOR: JSON.stringify(inspector) },
  })
  const part = (/** @type {string} */ end) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? ''
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A crew at work</title>
<link rel="icon" href="data:,">
<style>${part('.css')}</style>
<body>
<script type="module">${part('.js').replaceAll('</script', '<\\/script')}</script>
</body>
</html>`
}
