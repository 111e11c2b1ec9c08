/** @jsxImportSource preact */
/** Puts the page into an element, over any feed. */
import { effect, signal } from '@preact/signals'
import { render } from 'preact'
import { App } from './app.tsx'
import type { Feed } from './feed.ts'
import { listenForKeys } from './keys.ts'
import { Place } from './place.ts'
import { stopAndSave } from './record-view.tsx'
import { openRecording } from './recording.ts'
import { Session, SessionContext } from './session.ts'

/** Returns what takes it away again, with all that it holds. */
export function mountPage(root: HTMLElement | ShadowRoot, feed: Feed): () => void {
  const current = signal(feed)
  const session = new Session()
  const place: Place = new Place(() => current.value)
  const open = (text: string): void => {
    const opened = openRecording(text)
    // What was recorded until now is not lost.
    stopAndSave(session)
    current.value.close()
    current.value = opened
    session.forget()
    place.id.value = undefined
    place.go('overview')
  }
  const ends = [
    listenForKeys(root, place, () => current.value),
    // Versions of a program that has gone are not those of the next one.
    effect(() => {
      if (current.value.status.value === 'lost') session.forget()
    }),
  ]
  render(
    <SessionContext.Provider value={session}>
      <App feed={current} place={place} open={open} />
    </SessionContext.Provider>,
    root,
  )
  return () => {
    for (const end of ends) end()
    session.running.value?.stop()
    render(null, root)
    current.value.close()
  }
}
