/** @jsxImportSource preact */
import type { JSX } from 'preact'
import type { CommitFacts, Look } from '../facts.ts'
import { clock, count, duration } from './format.ts'
import type { Place } from './place.ts'

/** Commits that are listed. */
const LISTED_MAX = 100

/** The commits of a store, and a way to any of them that is kept. */
export function Timeline({ look, place }: { readonly look: Look; readonly place: Place }): JSX.Element {
  const { head, oldest, timeline } = look
  const shown = place.version.value ?? head.version
  const go = (version: number): void => {
    const to = Math.min(head.version, Math.max(oldest, version))
    place.version.value = to === head.version ? undefined : to
  }
  return (
    <section class="timeline">
      <div class="scrub">
        <button type="button" title="One version back (←)" onClick={() => go(shown - 1)}>
          ◂
        </button>
        <input
          type="range"
          aria-label="Version"
          min={Math.max(0, oldest)}
          max={Math.max(0, head.version)}
          value={shown}
          onInput={(event) => go(Number(event.currentTarget.value))}
        />
        <button type="button" title="One version on (→)" onClick={() => go(shown + 1)}>
          ▸
        </button>
        <button
          type="button"
          class={place.version.value === undefined ? 'on' : ''}
          title="Follow the newest (End)"
          onClick={() => go(head.version)}
        >
          live
        </button>
      </div>
      <Columns timeline={timeline} shown={shown} go={go} />
      <div class="scroll">
        <table class="commits">
          <thead>
            <tr>
              <th class="n">Version</th>
              <th>Reason</th>
              <th class="mid">Source</th>
              <th class="n" title="Places of the state that it changed">
                Changes
              </th>
              <th class="n" title="Until all that are told at once were told">
                Told in
              </th>
              <th class="n mid">Time</th>
              <th title="Compare with this version">≠</th>
            </tr>
          </thead>
          <tbody>
            {timeline
              .slice(-LISTED_MAX)
              .reverse()
              .map((commit) => (
                <tr
                  key={commit.version}
                  class={commit.version === shown ? 'shown' : ''}
                  tabIndex={0}
                  onClick={() => go(commit.version)}
                  onKeyDown={(event) => {
                    // Not what is pressed on the button in it.
                    if (event.key === 'Enter' && event.target === event.currentTarget) go(commit.version)
                  }}
                >
                  <td class="n">{count(commit.version)}</td>
                  <td>
                    <b>{commit.reason}</b>
                  </td>
                  <td class="mid">{commit.source}</td>
                  <td class="n">{commit.changes ?? ''}</td>
                  <td class="n">{commit.toldMs > 0 ? duration(commit.toldMs) : ''}</td>
                  <td class="n mid">{clock(commit.at)}</td>
                  <td>
                    <Pin version={commit.version} place={place} />
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Pin({ version, place }: { readonly version: number; readonly place: Place }): JSX.Element {
  const isOn = place.pinned.value === version
  const toggle = (event: Event): void => {
    event.stopPropagation()
    place.pinned.value = isOn ? undefined : version
  }
  return (
    <button
      type="button"
      class={`pin ${isOn ? 'on' : ''}`}
      aria-label={`Compare with ${version}`}
      onClick={toggle}
    >
      ≠
    </button>
  )
}

const HEIGHT = 30

/** A column a commit, as high as it took to tell it. */
function Columns({
  timeline,
  shown,
  go,
}: {
  readonly timeline: readonly CommitFacts[]
  readonly shown: number
  readonly go: (version: number) => void
}): JSX.Element {
  const most = Math.max(0.05, ...timeline.map(({ toldMs }) => toldMs))
  return (
    <svg class="columns" viewBox={`0 0 ${Math.max(1, timeline.length)} ${HEIGHT}`} preserveAspectRatio="none">
      <title>How long each commit took to be told, in at most {duration(most)}</title>
      {timeline.map(({ version, toldMs }, i) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: the list below is the way for keys
        <rect
          key={version}
          class={version === shown ? 'shown' : ''}
          x={i}
          y={HEIGHT - 2 - (toldMs / most) * (HEIGHT - 3)}
          width={0.8}
          height={2 + (toldMs / most) * (HEIGHT - 3)}
          onClick={() => go(version)}
        />
      ))}
    </svg>
  )
}
