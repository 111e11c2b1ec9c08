/** @jsxImportSource preact */
import type { JSX } from 'preact'
import type { Facts, StoreFacts } from '../facts.ts'
import { Drawing } from './drawing.tsx'
import { plural, short } from './format.ts'
import { type Layout, layOut } from './layout.ts'
import { rateOf } from './parts.tsx'
import type { Place } from './place.ts'
import { type Session, useSession } from './session.ts'
import { byTrouble, levelOf } from './trouble.ts'

/** Stores that are drawn: those that feed others first. */
const STORES_MAX = 60
/** Room for the line below a name. */
const NOTE_WIDTH = 112

/** Laid out anew only where who feeds whom has changed. */
function layoutOf(session: Session, stores: readonly StoreFacts[], { edges }: Facts): Layout {
  const ids = new Set(stores.map(({ id }) => id))
  const arrows = edges
    .filter(({ from, to }) => ids.has(from) && ids.has(to))
    .map((edge) => ({ ...edge, label: '' }))
  const journals = stores.flatMap(({ id, journals }) => journals.map(({ name }) => ({ id, name })))
  const mirrors = stores.filter(({ kind }) => kind === 'mirror')
  const served = stores.filter(({ clients }) => clients > 0)
  const followers = stores.filter(({ subscriberCount }) => subscriberCount > 0)
  const boxes = [
    ...stores.map(({ id, name }) => ({ id, label: `  ${name}  `, parent: '', widthMin: NOTE_WIDTH })),
    ...mirrors.map(({ id }) => ({ id: `from ${id}`, label: 'its server', parent: '', widthMin: NOTE_WIDTH })),
    ...served.map(({ id }) => ({ id: `to ${id}`, label: '999 mirrors', parent: '', widthMin: NOTE_WIDTH })),
    ...journals.map(({ id, name }) => ({
      id: `journal ${id} ${name}`,
      label: `journal ${name}`,
      parent: '',
    })),
    ...followers.map(({ id }) => ({ id: `subs ${id}`, label: '999 subscribers', parent: '' })),
  ]
  const all = [
    ...arrows,
    ...journals.map(({ id, name }) => ({ from: id, to: `journal ${id} ${name}`, label: '' })),
    ...followers.map(({ id }) => ({ from: id, to: `subs ${id}`, label: '' })),
    ...mirrors.map(({ id }) => ({ from: `from ${id}`, to: id, label: '' })),
    ...served.map(({ id }) => ({ from: id, to: `to ${id}`, label: '' })),
  ]
  return session.layout(JSON.stringify([boxes, all]), () => layOut(boxes, all, 'LR'))
}

export function GraphView({ facts, place }: { readonly facts: Facts; readonly place: Place }): JSX.Element {
  const session = useSession()
  const wanted = place.filter.value.trim().toLowerCase()
  const linked = new Set(facts.edges.flatMap(({ from, to }) => [from, to]))
  for (const { id, kind, clients } of facts.stores) if (kind === 'mirror' || clients > 0) linked.add(id)
  const stores = facts.stores
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .sort((a, b) => Number(linked.has(b.id)) - Number(linked.has(a.id)) || byTrouble(a, b))
    .slice(0, STORES_MAX)
  if (stores.length === 0) return <p class="empty">There is nothing to draw.</p>
  const byId = new Map(stores.map((store) => [store.id, store]))
  const layout = layoutOf(session, stores, facts)
  /** What stands beside a store: those it feeds, and where a mirror is from. */
  const beside = (kind: 'subs' | 'from' | 'to', id: string): StoreFacts | undefined =>
    id.startsWith(`${kind} `) ? byId.get(id.slice(kind.length + 1)) : undefined
  const ofSubscribers = (id: string): StoreFacts | undefined => beside('subs', id)
  return (
    <main class="graph">
      <section class="panel">
        <h2>
          Who feeds whom{' '}
          <small>
            stores, what is derived from them, mirrors, journals and subscribers; with commits a second
          </small>
        </h2>
        <Drawing
          layout={{
            ...layout,
            boxes: layout.boxes.map((box) => {
              const { subscriberCount } = ofSubscribers(box.id) ?? {}
              const { clients } = beside('to', box.id) ?? {}
              if (subscriberCount !== undefined) {
                return { ...box, label: `${subscriberCount} ${plural(subscriberCount, 'subscriber')}` }
              }
              return clients === undefined
                ? box
                : { ...box, label: `${clients} ${plural(clients, 'mirror')}` }
            }),
          }}
          label="Who feeds whom"
          boxClass={({ id }) => {
            const store = byId.get(id) ?? ofSubscribers(id)
            const remote = beside('from', id) ?? beside('to', id)
            if (remote !== undefined) return `elsewhere ${remote.link === 'stale' ? 'warn' : ''}`
            if (store === undefined) return 'journal'
            return `${byId.has(id) ? store.kind : 'followers'} ${levelOf(store)}`
          }}
          arrowClass={() => ''}
          note={({ id }) => {
            const store = byId.get(id)
            if (store !== undefined) return `${store.kind} · ${short(rateOf(store.rates))}/s`
            const mirrored = beside('from', id)
            if (mirrored !== undefined) return mirrored.link
            if (beside('to', id) !== undefined) return 'elsewhere'
            const fed = ofSubscribers(id)
            return fed === undefined || fed.dropped === 0 ? '' : `${short(fed.dropped)} dropped`
          }}
          onBox={({ id }) => {
            const store = byId.get(id) ?? ofSubscribers(id) ?? beside('from', id) ?? beside('to', id)
            if (store !== undefined) place.open(store.id)
          }}
        />
      </section>
    </main>
  )
}
