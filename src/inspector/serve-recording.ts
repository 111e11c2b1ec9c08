import { answer, type LoopbackOptions, type LoopbackServer, serveLoopback } from './loopback-server.ts'

/**
 * Serves the page with a recording that it saved.
 *
 * @throws `OPTION_INVALID`; what `listen` fails with.
 */
export async function serveRecording(text: string, options: LoopbackOptions = {}): Promise<LoopbackServer> {
  const server = await serveLoopback(options, (request, response, { pathname }) => {
    if (request.method !== 'GET') answer(response, 405, '')
    else if (pathname === '/recording') answer(response, 200, text)
    else answer(response, 404, '')
  })
  server.url.searchParams.set('recording', '')
  return server
}
