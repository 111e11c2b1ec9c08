/**
 * Builds the site into dist/, without a network; with --serve, serves it while the pages are edited.
 *
 *     npm run docs
 *     npm run docs:dev
 */
import { parseArgs } from 'node:util'
import { build, createServer } from 'vitepress'
import { brokenAnchors } from './broken-anchors.mjs'
import { writeReference } from './reference.mjs'

const { values } = parseArgs({ options: { serve: { type: 'boolean', default: false } } })

await writeReference()
if (values.serve) {
  const server = await createServer(import.meta.dirname)
  await server.listen()
  server.printUrls()
} else {
  await build(import.meta.dirname) // fails on a link to a page that is not there
  const broken = brokenAnchors()
  for (const anchor of broken) console.error(anchor)
  if (broken.length > 0) process.exitCode = 1
}
