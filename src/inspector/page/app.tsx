/** @jsxImportSource preact */
import type { Signal } from '@preact/signals'
import type { JSX } from 'preact'
import type { StoreFacts } from '../facts.ts'
import type { Feed } from './feed.ts'
import { clock, count } from './format.ts'
import { GraphView } from './graph-view.tsx'
import { MachineView } from './machine-view.tsx'
import { Overview } from './overview.tsx'
import { Dot } from './parts.tsx'
import type { Place, View } from './place.ts'
import { RecordView } from './record-view.tsx'
import { useSession } from './session.ts'
import { StoreView } from './store-view.tsx'
import { levelOf } from './trouble.ts'

export interface AppProps {
  readonly feed: Signal<Feed>
  readonly place: Place
  /** Opens a recording. @throws Error with a sentence, for what is none */
  readonly open: (text: string) => void
}

const NEXT_THEME = { auto: 'dark', dark: 'light', light: 'auto' } as const

const TABS: readonly (readonly [View, string])[] = [
  ['overview', 'Overview'],
  ['graph', 'Graph'],
  ['record', 'Record'],
]

export function App({ feed: current, place, open }: AppProps): JSX.Element {
  const { theme } = useSession()
  const feed = current.value
  const { view, id } = place
  const facts = feed.facts.value
  const store = facts?.stores.find((each) => each.id === id.value)
  const isStore = view.value === 'store' || view.value === 'machine'
  return (
    <div class="app" data-theme={theme.value}>
      <header>
        <button type="button" class="brand" onClick={() => place.go('overview')}>
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M2 3h12M2 13h12M5 3v10M11 3v10M5 8h6" />
          </svg>
          <b>headgate</b>
        </button>
        <nav>
          {TABS.map(([name, label]) => (
            <button
              key={name}
              type="button"
              aria-current={view.value === name ? 'page' : undefined}
              onClick={() => place.go(name)}
            >
              {label}
            </button>
          ))}
        </nav>
        {view.value === 'overview' || view.value === 'graph' ? (
          <input
            type="search"
            placeholder="Filter  /"
            aria-label="Filter stores"
            value={place.filter.value}
            onInput={({ currentTarget }) => {
              place.filter.value = currentTarget.value
            }}
          />
        ) : null}
        <Status feed={feed} />
        <button
          type="button"
          class="theme"
          title={`Colours: ${theme.value}`}
          onClick={() => {
            theme.value = NEXT_THEME[theme.value]
          }}
        >
          {theme.value === 'auto' ? '◐' : theme.value === 'dark' ? '●' : '○'}
        </button>
      </header>
      {isStore && store !== undefined ? (
        <nav class="sub">
          <Dot level={levelOf(store)} label={store.status} />
          <b>{store.name}</b>
          {store.current === '' ? null : <span class="state">{store.current}</span>}
          <button
            type="button"
            aria-current={view.value === 'store' ? 'page' : undefined}
            onClick={() => place.go('store')}
          >
            Store
          </button>
          {store.kind === 'machine' ? (
            <button
              type="button"
              aria-current={view.value === 'machine' ? 'page' : undefined}
              onClick={() => place.go('machine')}
            >
              Machine
            </button>
          ) : null}
          {store.ended ? <span class="warn">ended</span> : null}
        </nav>
      ) : null}
      {isStore && store !== undefined
        ? sentencesOf(store, view.value).map(({ code, message, severity }) => (
            <p
              key={code + message}
              class={`sentence ${severity === 'error' || levelOf(store) === 'bad' ? 'bad' : 'warn'}`}
            >
              <code>{code}</code> {message}
            </p>
          ))
        : null}
      {facts === undefined || facts.problem === '' ? null : <p class="sentence warn">{facts.problem}</p>}
      {feed.playback === undefined ? null : <Player playback={feed.playback} />}
      <Content feed={feed} place={place} open={open} />
    </div>
  )
}

/** What health says of a store; of its subscribers only where these are not listed with it. */
const sentencesOf = ({ issues }: StoreFacts, view: View): StoreFacts['issues'] =>
  view === 'store' ? issues.filter(({ subscriberId }) => subscriberId === undefined) : issues

function Content({ feed, place, open }: { readonly feed: Feed } & Omit<AppProps, 'feed'>): JSX.Element {
  const facts = feed.facts.value
  const look = feed.look.value
  const { view, id } = place
  if (view.value === 'record') return <RecordView feed={feed} open={open} />
  if (facts === undefined) return <p class="empty">Waiting for the program…</p>
  if (view.value === 'overview') return <Overview facts={facts} place={place} />
  if (view.value === 'graph') return <GraphView facts={facts} place={place} />
  const store = facts.stores.find((each) => each.id === id.value)
  if (store === undefined) return <p class="empty">This store is not watched any more.</p>
  if (look?.id !== store.id) return <p class="empty">Looking…</p>
  if (view.value === 'machine' && look.machine !== null) {
    const { machine } = look
    return (
      <MachineView
        store={store}
        look={look}
        machine={machine}
        feed={feed}
        allowControl={facts.allowControl}
      />
    )
  }
  return <StoreView store={store} look={look} place={place} feed={feed} />
}

function Status({ feed }: { readonly feed: Feed }): JSX.Element {
  const status = feed.status.value
  const missed = feed.missed.value
  return (
    <span class={`status ${status}`} role="status">
      <i class={`dot ${status === 'live' ? 'good' : status === 'recording' ? 'over' : 'warn'}`} /> {status}
      <span class="program"> · {feed.facts.value?.program}</span>
      {missed > 0 ? (
        <small title="States that newer ones replaced before this page took them">
          , {count(missed)} missed
        </small>
      ) : null}
    </span>
  )
}

function Player({ playback }: { readonly playback: NonNullable<Feed['playback']> }): JSX.Element {
  const { steps, step } = playback
  const at = steps[step.value] ?? 0
  return (
    <p class="player">
      <span>recording</span>
      <input
        type="range"
        aria-label="Time"
        min={0}
        max={steps.length - 1}
        value={step.value}
        onInput={({ currentTarget }) => {
          step.value = Number(currentTarget.value)
        }}
      />
      <time>{clock(at)}</time>
    </p>
  )
}
