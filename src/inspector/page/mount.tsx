/** @jsxImportSource preact */
/** Puts the page into an element, over any feed. */
import { signal } from '@preact/signals'
import { render } from 'preact'
import { App } from './app.tsx'
import type { Feed } from './feed.ts'
import { onKey } from './keys.ts'
import { Place } from './place.ts'
import { openRecording } from './recording.ts'

/** Returns what takes it away again, with all that it holds. */
export function mountPage(root: HTMLElement | ShadowRoot, feed: Feed): () => void {
  const current = signal(feed)
  const place: Place = new Place(() => current.value)
  const open = (text: string): void => {
    const opened = openRecording(text)
    current.value.close()
    current.value = opened
    place.id.value = undefined
    place.go('overview')
  }
  const keys = (event: Event): void => onKey(event as KeyboardEvent, place, current.value)
  root.addEventListener('keydown', keys)
  const node = root instanceof ShadowRoot ? root.host.ownerDocument : root.ownerDocument
  // Keys count on the whole page where it is all that the page is.
  const isAll = node.body === root
  if (isAll) node.addEventListener('keydown', keys)
  render(<App feed={current} place={place} open={open} />, root)
  return () => {
    root.removeEventListener('keydown', keys)
    node.removeEventListener('keydown', keys)
    render(null, root)
    current.value.close()
  }
}
