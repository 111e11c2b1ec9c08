/** What keys do, where no field is being written in. */
import type { Feed } from './feed.ts'
import type { Place } from './place.ts'

export function onKey(event: KeyboardEvent, place: Place, feed: Feed): void {
  if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return
  const target = event.composedPath()[0]
  const isWriting =
    target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type === 'search')
  if (isWriting) {
    if (event.key === 'Escape') (target as HTMLElement).blur()
    return
  }
  const action = actions(place, feed)[event.key]
  if (action === undefined) return
  event.preventDefault()
  action()
}

function actions(place: Place, feed: Feed): Readonly<Record<string, () => void>> {
  const head = feed.look.value?.head.version ?? 0
  const oldest = feed.look.value?.oldest ?? 0
  const scrub = (by: number): void => {
    if (place.view.value !== 'store') return
    const to = Math.max(oldest, (place.version.value ?? head) + by)
    place.version.value = to >= head ? undefined : to
  }
  return {
    '/': () => {
      place.go('overview')
      document.querySelector<HTMLInputElement>('input[type=search]')?.focus()
    },
    o: () => place.go('overview'),
    g: () => place.go('graph'),
    r: () => place.go('record'),
    s: () => place.id.value !== undefined && place.go('store'),
    m: () => feed.look.value?.machine && place.go('machine'),
    Escape: () => place.go('overview'),
    ArrowLeft: () => scrub(-1),
    ArrowRight: () => scrub(1),
    End: () => {
      place.version.value = undefined
    },
  }
}
