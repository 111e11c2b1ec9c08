/** @jsxImportSource preact */
import type { JSX } from 'preact'
import type { Feed } from './feed.ts'
import { clock, count, duration } from './format.ts'
import { Recorder } from './recording.ts'
import { type Session, useSession } from './session.ts'

interface Props {
  readonly feed: Feed
  /** Opens a recording in the place of the feed. */
  readonly open: (text: string) => void
}

/** Saves a session as a file, and opens one. */
export function RecordView({ feed, open }: Props): JSX.Element {
  const session = useSession()
  const { running, problem } = session
  const read = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return
    try {
      open(await file.text())
      problem.value = ''
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error)
    }
  }
  const { playback } = feed
  return (
    <main class="record">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the field below is the way for keys */}
      <section
        class="panel"
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault()
          void read(event.dataTransfer?.files[0])
        }}
      >
        <h2>Record</h2>
        {feed.record === undefined ? (
          <p class="empty">
            This is a recording
            {playback === undefined
              ? ''
              : `, of ${duration((playback.steps.at(-1) ?? 0) - (playback.steps[0] ?? 0))}`}
            .
          </p>
        ) : (
          <p>
            {running.value === undefined ? (
              <button type="button" class="on" onClick={() => start(feed, session)}>
                ● Record
              </button>
            ) : (
              <button type="button" class="on bad" onClick={() => stopAndSave(session)}>
                ■ Stop and save
              </button>
            )}{' '}
            {running.value === undefined
              ? 'Every store is recorded: its figures, its state, its timeline.'
              : `${count(running.value.lines)} changes since ${clock(running.value.recorder.startedAt)}`}
          </p>
        )}
        <h2>Open</h2>
        <p>
          <input
            type="file"
            accept=".ndjson"
            aria-label="A recording"
            onChange={({ currentTarget }) => void read(currentTarget.files?.[0])}
          />{' '}
          or drop a file here. Nothing is sent anywhere.
        </p>
        {problem.value === '' ? null : (
          <p class="bad" role="alert">
            {problem.value}
          </p>
        )}
      </section>
    </main>
  )
}

function start(feed: Feed, { running }: Session): void {
  const recorder = new Recorder()
  const stop = feed.record?.((change) => {
    recorder.add(change)
    if (running.value !== undefined) running.value = { ...running.value, lines: recorder.lines.length }
  })
  running.value = { recorder, lines: recorder.lines.length, stop: stop ?? (() => {}) }
}

/** Ends a recording in progress, and saves it. */
export function stopAndSave({ running }: Session): void {
  const recording = running.value
  if (recording === undefined) return
  recording.stop()
  running.value = undefined
  const url = URL.createObjectURL(new Blob([recording.recorder.text], { type: 'application/x-ndjson' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `headgate-${new Date(recording.recorder.startedAt).toISOString().slice(0, 19).replaceAll(':', '-')}.ndjson`
  link.click()
  URL.revokeObjectURL(url)
}
