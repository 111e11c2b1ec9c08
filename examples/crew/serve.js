// @ts-check
/** The page, the crew that it mirrors, and the inspector beside it. */
import { createServer } from 'node:http'
import { join } from 'node:path'
import { build } from 'esbuild'
import { serveInspector } from 'headgate/inspector'
import { serve, sseHandler } from 'headgate/sync'

/**
 * @typedef {object} Served
 * @property {import('headgate/actors').ActorSystem<typeof import('./machines.js').crew>} system
 * @property {import('./watchers.js').CrewStore} store
 * @property {import('headgate/journal').Journal<import('headgate/actors').SystemSnapshot>} journal
 * @property {number} port
 */

/**
 * Serves all that a person needs, on this machine only.
 *
 * @param {Served} served
 */
export async function serveCrew({ system, store, journal, port }) {
  const inspector = await serveInspector([store, system], {
    program: 'crew',
    journals: new Map([[store, journal]]),
  })
  // A page sees all, writes nothing, and may answer.
  const feed = serve(
    { crew: store, desk: system.get('root') },
    {
      authorize: () => ({ read: true, write: true }),
      write: () => 'The crew is read only.',
      send: ({ event }) => isAnswer(event) || 'Only an answer is taken.',
    },
  )
  const page = await pageOf(inspector.url)
  const http = createServer(
    sseHandler(feed, { path: '/sync' }, (request, response) => {
      response.writeHead(request.url === '/' ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' })
      response.end(request.url === '/' ? page : '')
    }),
  )
  await new Promise((resolve, reject) => {
    http.once('error', reject).listen(port, '127.0.0.1', () => resolve(undefined))
  })
  const { port: actual } = /** @type {import('node:net').AddressInfo} */ (http.address())
  return {
    url: `http://127.0.0.1:${actual}/`,
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

/** @param {string} inspector */
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
