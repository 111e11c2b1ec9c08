/** @jsxImportSource preact */
import type { JSX } from 'preact'
import type { SubscriberFacts } from '../facts.ts'
import { count, duration, percent } from './format.ts'
import { Dot, FatesBar, FatesLegend } from './parts.tsx'
import { bySubscriberTrouble, subscriberLevel } from './trouble.ts'

/** Who gets what of this store, and who is slow. */
export function Subscribers({
  subscribers,
}: {
  readonly subscribers: readonly SubscriberFacts[]
}): JSX.Element {
  if (subscribers.length === 0) return <p class="empty">Nobody subscribes to this store.</p>
  const sorted = [...subscribers].sort(bySubscriberTrouble)
  return (
    <div class="scroll">
      <table class="subscribers">
        <thead>
          <tr>
            <th />
            <th>Subscriber</th>
            <th class="mid">Policy</th>
            <th class="bar">
              <FatesLegend />
            </th>
            <th class="n mid">Published</th>
            <th class="n" title="Versions that it was not given: dropped, or replaced by newer ones">
              Missed
            </th>
            <th class="n mid">Pending</th>
            <th class="n">Busy</th>
            <th class="n mid">Faults</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((each) => (
            <Row key={each.number} of={each} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ of }: { readonly of: SubscriberFacts }): JSX.Element {
  const level = subscriberLevel(of)
  const { published, pending, capacity, busyMs, errors } = of
  const missed = of.dropped + of.conflated
  const share = published === 0 ? 0 : missed / published
  return (
    <>
      <tr class={level} data-subscriber={of.id}>
        <td>
          <Dot level={level} />
        </td>
        <td class="name" title={of.id}>
          <bdi>{of.id}</bdi>
          <small class="narrow">{of.policy}</small>
          {of.from === null ? null : <small title={of.from}>{placeOf(of.from)}</small>}
        </td>
        <td class="mid">
          <code>{of.policy}</code>
        </td>
        <td class="bar">
          <FatesBar of={of} />
        </td>
        <td class="n mid">{count(published)}</td>
        <td class="n">
          {count(missed)} {share > 0 ? <small>{percent(share)}</small> : null}
        </td>
        <td class="n mid">
          {pending} <small>{capacity < 1e9 ? `of ${capacity}` : ''}</small>
        </td>
        <td class="n">{busyMs > 0 ? duration(busyMs) : 'idle'}</td>
        <td class={`n mid ${errors > 0 ? 'bad' : ''}`}>{errors > 0 ? count(errors) : ''}</td>
      </tr>
      {of.issues.map((issue) => (
        <tr key={issue} class={`issue ${level}`}>
          <td />
          <td colSpan={8}>{issue}</td>
        </tr>
      ))}
    </>
  )
}

/** The last parts of a path, with line and column: what a terminal opens. */
const placeOf = (from: string): string => (/[^/\\(]+[/\\][^/\\)]+:\d+:\d+/.exec(from) ?? [from])[0]
