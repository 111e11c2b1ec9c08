/** The page by itself: from a server, or opened as a file. */

import { emptyFeed } from './feed.ts'
import { mountPage } from './mount.tsx'
import { openRecording } from './recording.ts'
import { serverFeed } from './server-feed.ts'
import { openStream } from './stream.ts'

async function start(): Promise<void> {
  const address = new URL(location.href)
  const token = address.searchParams.get('token')
  // Opened as a file there is nobody to ask: it waits for a recording.
  if (token === null) {
    mountPage(document.body, emptyFeed())
    return
  }
  const feed = address.searchParams.has('recording')
    ? openRecording(await (await fetch(`recording?token=${token}`)).text())
    : serverFeed(token, openStream)
  mountPage(document.body, feed)
}

void start()
