/** What keys do, where no field is being written in. */
import type { Feed } from './feed.ts'
import type { Place } from './place.ts'

/**
 * Listens for keys. A page that is nothing else has all of them. One inside of somebody's own has those that are
 * pressed after it was clicked or focused, until something else is: also where what was clicked is gone, so that the
 * focus is nowhere.
 *
 * @returns what ends it
 */
export function listenForKeys(root: HTMLElement | ShadowRoot, place: Place, feed: () => Feed): () => void {
  const inside = root instanceof ShadowRoot ? root.host : root
  const page = inside.ownerDocument
  let isOurs = inside === page.body
  const listening = new AbortController()
  const { signal } = listening
  if (!isOurs) {
    const toWhom = (event: Event): void => {
      isOurs = event.composedPath().includes(inside)
    }
    page.addEventListener('pointerdown', toWhom, { capture: true, signal })
    page.addEventListener('focusin', toWhom, { capture: true, signal })
  }
  const onKey = (event: KeyboardEvent): void => {
    if (isOurs || event.composedPath().includes(inside)) press(event, root, place, feed())
  }
  page.addEventListener('keydown', onKey, { signal })
  return () => listening.abort()
}

/** What a slider that has the focus does with them is its own. */
const SLIDER_KEYS: ReadonlySet<string> = new Set(['ArrowLeft', 'ArrowRight', 'Home', 'End'])

function press(event: KeyboardEvent, root: ParentNode, place: Place, feed: Feed): void {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return
  const target = event.composedPath()[0]
  const isWriting =
    target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type === 'search')
  if (isWriting) {
    if (event.key === 'Escape') (target as HTMLElement).blur()
    return
  }
  const isSlider = target instanceof HTMLInputElement && target.type === 'range'
  if (isSlider && SLIDER_KEYS.has(event.key)) return
  const action = actions(root, place, feed)[event.key]
  if (action === undefined) return
  event.preventDefault()
  action()
}

function actions(root: ParentNode, place: Place, feed: Feed): Readonly<Record<string, () => void>> {
  const head = feed.look.value?.head.version ?? 0
  const oldest = feed.look.value?.oldest ?? 0
  const scrub = (by: number): void => {
    if (place.view.value !== 'store') return
    const to = Math.max(oldest, (place.version.value ?? head) + by)
    place.version.value = to >= head ? undefined : to
  }
  const toOverview = (): void => {
    const from = place.view.value
    place.go('overview')
    if (from !== 'store' && from !== 'machine') return
    // Back on the line that it came from, once that is drawn.
    const line = `tr.line[data-id=${JSON.stringify(place.id.value)}]`
    setTimeout(() => root.querySelector<HTMLElement>(line)?.focus(), 0)
  }
  return {
    '/': () => {
      place.go('overview')
      // The field is drawn with the view.
      setTimeout(() => root.querySelector<HTMLInputElement>('input[type=search]')?.focus(), 0)
    },
    o: toOverview,
    g: () => place.go('graph'),
    r: () => place.go('record'),
    s: () => place.id.value !== undefined && place.go('store'),
    m: () => feed.look.value?.machine && place.go('machine'),
    Escape: toOverview,
    ArrowLeft: () => scrub(-1),
    ArrowRight: () => scrub(1),
    End: () => {
      place.version.value = undefined
    },
  }
}
