/** The copy of Headgate that is measured: what the build made, as it stood when the run began. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const folder = process.env.HEADGATE_DIST ?? join(import.meta.dirname, '../../dist/esm')

export const headgate = await import(pathToFileURL(join(folder, 'index.js')).href)
