/** @jsxImportSource preact */
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { KeptVersion, Look, StoreFacts } from '../facts.ts'
import { type Difference, differences } from './differences.ts'
import type { Feed } from './feed.ts'
import { clock, count, duration } from './format.ts'
import type { Place } from './place.ts'
import { useSession } from './session.ts'
import { Subscribers } from './subscribers.tsx'
import { Timeline } from './timeline.tsx'
import { Tree } from './tree.tsx'

interface Props {
  readonly store: StoreFacts
  readonly look: Look
  readonly place: Place
  readonly feed: Feed
}

function useVersion(feed: Feed, id: string, version: number | undefined): KeptVersion | 'gone' | undefined {
  const session = useSession()
  const { fetched } = session
  const key = `${id} ${version}`
  const known = version === undefined ? undefined : fetched.value.get(key)
  useEffect(() => {
    if (version === undefined || version < 0 || fetched.peek().has(key)) return
    feed.version(id, version).then(
      (kept) => session.remember(key, kept ?? 'gone'),
      () => {},
    )
  }, [feed, id, key, version, session, fetched])
  return known
}

export function StoreView({ store, look, place, feed }: Props): JSX.Element {
  const { id } = store
  const at = place.version.value
  const pinned = place.pinned.value
  const live = useSession().beforeNewest(look)
  const shown = useVersion(feed, id, at)
  const previous = useVersion(feed, id, pinned ?? (at === undefined ? undefined : at - 1))
  const isGone = shown === 'gone'
  const current = at === undefined || shown === undefined || shown === 'gone' ? look : shown
  const compared = pinned === undefined && at === undefined ? live : previous
  const before = isKept(compared) ? compared.state : compared === live ? live : current.state
  const changed = differences(before, current.state)
  return (
    <main class="store">
      <section class="panel subs">
        <h2>
          Subscribers <small>{count(look.subscribers.length)}</small>
        </h2>
        <Subscribers subscribers={look.subscribers} />
        {look.faults.length > 0 ? <Faults look={look} /> : null}
      </section>
      <section class="panel state">
        <h2>
          State
          <small>
            {count(current.head.version)} · {current.head.reason} · {current.head.source} ·{' '}
            {clock(current.head.at)}
          </small>
        </h2>
        {isGone ? (
          <p class="empty">Version {at} is not kept any more.</p>
        ) : (
          <Tree value={current.state} before={before} />
        )}
        <Changed
          changed={changed}
          title={
            pinned === undefined ? 'Changed' : `Between ${count(pinned)} and ${count(current.head.version)}`
          }
        />
        {Object.keys(current.metadata).length > 0 ? (
          <p class="metadata">
            {Object.entries(current.metadata).map(([key, value]) => (
              <span key={key}>
                {key} <b>{value}</b>
              </span>
            ))}
          </p>
        ) : null}
      </section>
      <section class="panel commits">
        <h2>
          Commits
          <small>
            {count(store.commits)}
            {look.latencyMs === null
              ? ''
              : ` · p50 ${duration(look.latencyMs.p50)} · p99 ${duration(look.latencyMs.p99)} · max ${duration(look.latencyMs.max)}`}
            {store.journals.map(
              (journal) =>
                ` · journal ${journal.name}: ${journal.status}, on the disk to ${count(journal.durableVersion)}`,
            )}
          </small>
        </h2>
        <Timeline look={look} place={place} />
      </section>
    </main>
  )
}

const isKept = (value: unknown): value is KeptVersion =>
  typeof value === 'object' && value !== null && 'head' in value && 'state' in value

function Changed({
  changed,
  title,
}: {
  readonly changed: readonly Difference[]
  readonly title: string
}): JSX.Element | null {
  if (changed.length === 0) return null
  return (
    <div class="changes">
      <h3>
        {title} <small>{changed.length}</small>
      </h3>
      {changed.slice(0, 50).map(({ path, before, after }) => (
        <p key={path}>
          <code>{path === '' ? 'state' : path}</code>
          {before === undefined ? null : <del>{before}</del>}
          {after === undefined ? null : <ins>{after}</ins>}
        </p>
      ))}
    </div>
  )
}

const Faults = ({ look }: { readonly look: Look }): JSX.Element => (
  <div class="faults">
    <h3>Faults</h3>
    {[...look.faults].reverse().map(({ number, at, subscriberId, phase, version, message }) => (
      <p key={number}>
        <time>{clock(at)}</time> <b>{subscriberId}</b> in {phase} at {version}:{' '}
        <span class="bad">{message}</span>
      </p>
    ))}
  </div>
)
