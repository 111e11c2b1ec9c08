/** @jsxImportSource preact */
import type { JSX } from 'preact'
import type { Chart, EventFacts, Look, MachineFacts, StoreFacts, TrackFacts } from '../facts.ts'
import { Drawing } from './drawing.tsx'
import type { Feed } from './feed.ts'
import { clock, duration } from './format.ts'
import { type Layout, layOut } from './layout.ts'
import { Actors, Sequence } from './sequence.tsx'
import { type Session, useSession } from './session.ts'

interface Props {
  readonly store: StoreFacts
  readonly look: Look
  readonly machine: MachineFacts
  readonly feed: Feed
  readonly allowControl: boolean
}

const ANY = '*'
/** What a drawing is known by: made once for each object. */
const keys = new WeakMap<Chart, string>()

function keyOf(chart: Chart): string {
  const key = keys.get(chart) ?? JSON.stringify(chart)
  keys.set(chart, key)
  return key
}

/** The drawing of a machine, by what it is: it does not change. */
const layoutOf = (session: Session, chart: Chart): Layout =>
  session.layout(keyOf(chart), () => layOutChart(chart))

function layOutChart(chart: Chart): Layout {
  const hasAny = chart.arrows.some(({ from, to }) => from === '' && to !== '')
  const boxes = chart.nodes.map(({ id, name, parent, kind, isInitial }) => ({
    id,
    label: kind === 'history' ? 'H' : `${isInitial ? '▸ ' : ''}${name}${kind === 'final' ? ' ◉' : ''}`,
    parent,
  }))
  return layOut(
    hasAny ? [{ id: ANY, label: 'any state', parent: '' }, ...boxes] : boxes,
    chart.arrows
      .filter(({ from, to }) => from !== '' || to !== '')
      .map(({ from, to, label, guarded }) => ({
        from: from === '' ? ANY : from,
        to,
        label: guarded ? `${label} [guard]` : label,
      })),
    'TB',
  )
}

export function MachineView({ store, look, machine, feed, allowControl }: Props): JSX.Element {
  const session = useSession()
  const active = new Set(machine.active)
  const last = machine.track.at(-1)
  const kinds = new Map(machine.chart.nodes.map(({ id, kind }) => [id, kind]))
  return (
    <main class="machine">
      <section class="panel chart">
        <h2>
          {machine.id} <small>{store.current}</small>
        </h2>
        <Drawing
          layout={layoutOf(session, machine.chart)}
          label={`The machine ${machine.id}, in ${store.current}`}
          boxClass={({ id }) =>
            `${id === ANY ? 'any' : (kinds.get(id) ?? '')} ${active.has(id) ? 'active' : ''}`
          }
          arrowClass={({ from, to, label }) =>
            isLast(last?.event, label) && active.has(to) && (from === ANY || !active.has(from) || from === to)
              ? 'last'
              : ''
          }
        />
      </section>
      <section class="panel events">
        <h2>
          Events{' '}
          <small>
            {allowControl ? 'lit: handled now' : 'read only: start with allowControl to send them'}
          </small>
        </h2>
        <Events events={machine.events} id={store.id} feed={feed} allowControl={allowControl} />
        <h2>Transitions</h2>
        <Track track={machine.track} />
      </section>
      {look.actors.length > 0 ? (
        <section class="panel actors">
          <h2>
            Actors <small>{look.actors.length}</small>
          </h2>
          <Actors actors={look.actors} />
          <h2>
            Messages <small>newest {look.messages.length}</small>
          </h2>
          <Sequence messages={look.messages} />
        </section>
      ) : null}
    </main>
  )
}

/** Whether a label names the event of the last transition; timers have names of their own. */
function isLast(event: string | undefined, label: string): boolean {
  if (event === undefined) return false
  const drawn = event.replace(/^after\.(\d+)$/, 'after $1 ms').replace(/^(done|error|next)\..*$/, '$1')
  // What a child leads to has its name before it, which the event has not.
  const ending = { 'done.child': ' done', 'error.child': ' fails' }[event]
  return label
    .split('\n')
    .map((line) => line.replace(' [guard]', ''))
    .some((line) => (ending === undefined ? line === drawn : line.endsWith(ending)))
}

/** Once, when it is drawn. */
const focusOn = (field: HTMLElement | null): void => field?.focus()

function Events({
  events,
  id,
  feed,
  allowControl,
}: {
  readonly events: readonly EventFacts[]
  readonly id: string
  readonly feed: Feed
  readonly allowControl: boolean
}): JSX.Element {
  const { form, answer } = useSession()
  const send = (type: string, text: string): void => {
    const fields = fieldsOf(text)
    if (fields === undefined) {
      answer.value = 'The fields are an object of JSON, such as {"count": 3}.'
      return
    }
    form.value = undefined
    feed.send(id, { ...fields, type }).then(
      (result) => {
        answer.value = `${type}: ${result}`
      },
      (error: unknown) => {
        answer.value = `${type}: ${String(error)}`
      },
    )
  }
  return (
    <div class="buttons">
      {events.map(({ type, can }) => (
        <span key={type}>
          <button
            type="button"
            class={can ? 'on' : ''}
            disabled={!allowControl}
            onClick={() => send(type, '')}
          >
            {type}
          </button>
          <button
            type="button"
            disabled={!allowControl}
            aria-label={`${type} with fields`}
            onClick={() => {
              form.value = { type, text: '{ }' }
            }}
          >
            …
          </button>
        </span>
      ))}
      {form.value === undefined ? null : (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (form.value !== undefined) send(form.value.type, form.value.text)
          }}
        >
          <b>{form.value.type}</b>
          <textarea
            aria-label="Fields of the event, as JSON"
            rows={3}
            value={form.value.text}
            onKeyDown={(event) => {
              event.stopPropagation()
              if (event.key === 'Escape') form.value = undefined
            }}
            ref={focusOn}
            onInput={({ currentTarget }) => {
              if (form.value !== undefined) form.value = { ...form.value, text: currentTarget.value }
            }}
          />
          <button type="submit" class="on">
            Send
          </button>
        </form>
      )}
      {answer.value === '' ? null : <p role="status">{answer.value}</p>}
    </div>
  )
}

function fieldsOf(text: string): Record<string, unknown> | undefined {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** The newest first. */
function Track({ track }: { readonly track: readonly TrackFacts[] }): JSX.Element {
  if (track.length === 0) return <p class="empty">It is where it began.</p>
  const newestFirst = [...track].reverse()
  return (
    <ol class="track">
      {newestFirst.map(({ number, from, to, event, status, error, at }, i) => {
        const stayed = i === 0 ? Date.now() - at : (newestFirst[i - 1]?.at ?? at) - at
        return (
          <li key={number} class={status === 'FAILED' ? 'bad' : status === 'PENDING' ? 'warn' : ''}>
            <time>{clock(at)}</time>
            <b>{event}</b>
            <small title="How long it has been there">{duration(Math.max(0, stayed))}</small>
            <span>
              {from} <i>→</i> {to}
            </span>
            {error === '' ? null : <span class="bad">{error}</span>}
          </li>
        )
      })}
    </ol>
  )
}
