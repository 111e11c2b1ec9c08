/** `node examples/dashboard/serve.js vue`: bundles a dashboard, shows it, and bundles it anew each time it is asked for. */
import { createServer } from 'node:http'
import { bundle } from './bundle.js'

const [framework = 'vue'] = process.argv.slice(2)

const server = createServer(async (_request, response) => {
  try {
    response.setHeader('content-type', 'text/html').end(await bundle(framework))
  } catch (error) {
    response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error))
  }
})
server.listen(5173, '127.0.0.1', () => console.log(`The dashboard in ${framework}: http://127.0.0.1:5173`))
