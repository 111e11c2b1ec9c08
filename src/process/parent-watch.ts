import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** How often a child looks whether its parent is still there. */
const PARENT_WATCH_MS = 500

/**
 * The watch, as text: a thread of its own, since a process that loops hears nothing, neither that its channel is
 * closed nor a signal. `process.ppid` stays what it was in a thread, so the parent is asked for by a signal of 0.
 */
const WATCH = `
const { workerData: { parent, ms } } = require('node:worker_threads')
setInterval(() => {
  try {
    process.kill(parent, 0)
  } catch {
    process.kill(process.pid, 'SIGKILL')
  }
}, ms)
`

/** Ends this process when its parent is gone, however it ended; resolves once somebody watches. */
export async function endWithParent(): Promise<void> {
  const worker = new Worker(WATCH, { eval: true, workerData: { parent: process.ppid, ms: PARENT_WATCH_MS } })
  worker.unref()
  await once(worker, 'online')
}
