/** @jsxImportSource preact */
import type { JSX } from 'preact'
import type { Facts, StoreFacts } from '../facts.ts'
import { count, duration, plural, short } from './format.ts'
import { Dot, FatesBar, FatesLegend, rateOf, Sparkline } from './parts.tsx'
import type { Place } from './place.ts'
import { byTrouble, levelOf } from './trouble.ts'

/** Lines that are drawn at a time. */
const LINES_MAX = 300

export function Overview({ facts, place }: { readonly facts: Facts; readonly place: Place }): JSX.Element {
  const wanted = place.filter.value.trim().toLowerCase()
  const found = facts.stores.filter((store) => textOf(store).includes(wanted)).sort(byTrouble)
  return (
    <main class="overview">
      <Summary stores={facts.stores} />
      {facts.stores.length === 0 ? (
        <p class="empty">No store is watched yet. Whatever is added is shown here at once.</p>
      ) : (
        <div class="scroll">
          <table class="stores">
            <thead>
              <tr>
                <th />
                <th>Store</th>
                <th class="wide">State</th>
                <th class="n version">Version</th>
                <th class="n">Commits/s</th>
                <th class="mid">Last minute</th>
                <th class="n mid">Subscribers</th>
                <th class="bar">
                  <FatesLegend />
                </th>
                <th class="n wide">Busy</th>
                <th class="n mid">Faults</th>
              </tr>
            </thead>
            <tbody>
              {found.slice(0, LINES_MAX).map((store) => (
                <Line key={store.id} store={store} open={() => place.open(store.id)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {found.length === 0 && facts.stores.length > 0 ? (
        <p class="empty">Nothing is named “{wanted}”.</p>
      ) : null}
      {found.length > LINES_MAX ? (
        <p class="empty">{count(found.length - LINES_MAX)} more: filter them.</p>
      ) : null}
    </main>
  )
}

const textOf = ({ name, kind, current, issues }: StoreFacts): string =>
  `${name} ${kind} ${current} ${issues.map(({ subscriberId = '' }) => subscriberId).join(' ')}`.toLowerCase()

function Summary({ stores }: { readonly stores: readonly StoreFacts[] }): JSX.Element {
  const troubled = stores.filter((store) => ['bad', 'warn'].includes(levelOf(store))).length
  const rate = stores.reduce((sum, { rates }) => sum + rateOf(rates), 0)
  const subscribers = stores.reduce((sum, { subscriberCount }) => sum + subscriberCount, 0)
  return (
    <p class="summary">
      <b class={troubled > 0 ? 'bad' : 'good'}>
        {troubled > 0 ? `${troubled} in trouble` : stores.length > 0 ? 'All is well' : 'Nothing here yet'}
      </b>
      <span>
        <b>{count(stores.length)}</b> {plural(stores.length, 'store')}
      </span>
      <span>
        <b>{short(rate)}</b> commits/s
      </span>
      <span>
        <b>{count(subscribers)}</b> {plural(subscribers, 'subscriber')}
      </span>
    </p>
  )
}

function Line({ store, open }: { readonly store: StoreFacts; readonly open: () => void }): JSX.Element {
  const level = levelOf(store)
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') open()
  }
  return (
    <>
      <tr
        class={`line ${level}`}
        tabIndex={0}
        onClick={open}
        onKeyDown={onKey}
        data-store={store.name}
        data-id={store.id}
      >
        <td>
          <Dot level={level} label={store.ended ? 'ended' : store.status} />
        </td>
        <td class="name" title={store.name}>
          <bdi>{store.name}</bdi>
          <small>{store.ended ? 'ended' : store.kind}</small>
        </td>
        <td class="wide">{store.current === '' ? null : <span class="state">{store.current}</span>}</td>
        <td class="n version">{store.version < 0 ? '–' : count(store.version)}</td>
        <td class="n">{short(rateOf(store.rates))}</td>
        <td class="mid">
          <Sparkline rates={store.rates} />
        </td>
        <td class="n mid">{count(store.subscriberCount)}</td>
        <td class="bar">{store.published > 0 ? <FatesBar of={store} /> : null}</td>
        <td class="n wide">{store.busyMs > 0 ? duration(store.busyMs) : ''}</td>
        <td class={`n mid ${store.faults > 0 ? 'bad' : ''}`}>
          {store.faults > 0 ? count(store.faults) : ''}
        </td>
      </tr>
      {store.issues.slice(0, 3).map(({ code, message, subscriberId }) => (
        <tr key={code + subscriberId} class={`issue ${level}`} onClick={open}>
          <td />
          <td colSpan={9}>
            <code>{code}</code> {message}
          </td>
        </tr>
      ))}
    </>
  )
}
