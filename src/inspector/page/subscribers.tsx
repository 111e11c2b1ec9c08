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
            <th>Policy</th>
            <th class="bar">
              <FatesLegend />
            </th>
            <th class="n">Published</th>
            <th class="n">Missed</th>
            <th class="n">Pending</th>
            <th class="n">Busy</th>
            <th class="n">Faults</th>
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
  const { published, missed, pending, capacity, busyMs, errors } = of
  const share = published === 0 ? 0 : (of.dropped + of.conflated) / published
  return (
    <>
      <tr class={level} data-subscriber={of.id}>
        <td>
          <Dot level={level} />
        </td>
        <td class="name">
          {of.id}
          {of.from === null ? null : <small title={of.from}>{placeOf(of.from)}</small>}
        </td>
        <td>
          <code>{of.policy}</code>
        </td>
        <td class="bar">
          <FatesBar of={of} />
        </td>
        <td class="n">{count(published)}</td>
        <td class="n">
          {count(missed)} {share > 0 ? <small>{percent(share)}</small> : null}
        </td>
        <td class="n">
          {pending} <small>{capacity < 1e9 ? `of ${capacity}` : ''}</small>
        </td>
        <td class="n">{busyMs > 0 ? duration(busyMs) : 'idle'}</td>
        <td class={`n ${errors > 0 ? 'bad' : ''}`}>{errors > 0 ? count(errors) : ''}</td>
      </tr>
      {of.issue === null ? null : (
        <tr class={`issue ${level}`}>
          <td />
          <td colSpan={8}>{of.issue}</td>
        </tr>
      )}
    </>
  )
}

/** The last parts of a path, with line and column: what a terminal opens. */
const placeOf = (from: string): string => (/[^/\\(]+[/\\][^/\\)]+:\d+:\d+/.exec(from) ?? [from])[0]
