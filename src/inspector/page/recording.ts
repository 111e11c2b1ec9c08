/**
 * A recording: lines of JSON, the first of which says what it is. Each further line is what was shown from then on,
 * whole, or as what differs from the line before.
 */
import { signal } from '@preact/signals'
import type { Facts, KeptVersion, Look } from '../facts.ts'
import { type Feed, newFeedState, type RecordedChange } from './feed.ts'

const HEAD = { headgate: 'recording', format: 1 }
/** Lines that are kept; the oldest go first. */
export const LINES_MAX = 20_000

type Looks = Readonly<Record<string, Look>>

/** What is kept of a recording in progress. */
export class Recorder {
  readonly lines: string[] = []
  readonly startedAt: number = Date.now()
  #looks: Looks = {}

  add(change: RecordedChange): void {
    // Of the stores, those that have changed since.
    const line =
      'looks' in change
        ? { at: change.at, looks: changedOf(this.#looks, change.looks) }
        : { at: change.at, facts: change.facts }
    if ('looks' in change) this.#looks = change.looks
    if (this.lines.length < LINES_MAX) this.lines.push(JSON.stringify(line))
  }

  get text(): string {
    return [JSON.stringify({ ...HEAD, at: this.startedAt }), ...this.lines, ''].join('\n')
  }
}

const changedOf = (before: Looks, after: Looks): Looks =>
  Object.fromEntries(Object.entries(after).filter(([id, look]) => look !== before[id]))

interface Step {
  readonly at: number
  readonly facts: Facts | undefined
  readonly looks: Looks
}

/** @throws Error with a sentence, for what is no recording. */
export function openRecording(text: string): Feed {
  const steps = readSteps(text)
  const state = newFeedState('recording')
  const step = signal(steps.length - 1)
  const id = signal<string | undefined>(undefined)
  const show = (): void => {
    const shown = steps[step.value]
    state.facts.value = shown?.facts
    state.look.value = id.value === undefined ? undefined : shown?.looks[id.value]
  }
  const unsubscribe = step.subscribe(show)
  return {
    ...state,
    playback: { steps: steps.map(({ at }) => at), step },
    lookAt: (wanted) => {
      id.value = wanted
      show()
    },
    version: (wanted, version) => Promise.resolve(findVersion(steps, wanted, version)),
    send: () => Promise.resolve('this is a recording'),
    close: unsubscribe,
  }
}

function readSteps(text: string): Step[] {
  const [head, ...lines] = text.split('\n').filter((line) => line.trim() !== '')
  const { headgate, format } = parsed(head ?? '') as { headgate?: unknown; format?: unknown }
  if (headgate !== HEAD.headgate || format !== HEAD.format)
    throw new Error('This is no recording of the inspector: its first line says nothing of one.')
  const steps: Step[] = []
  let facts: Facts | undefined
  let looks: Looks = {}
  for (const line of lines) {
    const entry = parsed(line) as { at?: number; facts?: Facts; looks?: Looks }
    facts = entry.facts ?? facts
    looks = entry.looks === undefined ? looks : { ...looks, ...entry.looks }
    if (typeof entry.at === 'number' && facts !== undefined) steps.push({ at: entry.at, facts, looks })
  }
  if (steps.length === 0) throw new Error('The recording is empty.')
  return steps
}

function parsed(line: string): object {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // Said below.
  }
  throw new Error('This is no recording of the inspector: a line of it is no JSON.')
}

function findVersion(steps: readonly Step[], id: string, version: number): KeptVersion | undefined {
  for (const { looks } of steps) {
    const look = looks[id]
    if (look?.head.version === version) return { head: look.head, metadata: look.metadata, state: look.state }
  }
  return undefined
}
