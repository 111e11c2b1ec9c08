/**
 * What every dashboard shows, whichever framework draws it. The policies are here, so that all draw the same:
 *
 *   fleet, 1 000 commits a second ──┬─ frame()         ─> screen: the robots and the figures
 *                                   ├─ throttle 100 ms ─> chart
 *                                   ├─ throttle 250 ms ─> log: a line a delivery, and what it missed
 *                                   └─ latest()        ─> slow: each delivery takes 700 ms
 *
 * The name of the selected robot is typed into the fleet itself, and the field reads it from there: what is typed must
 * be there at once, not with the next frame.
 */
import { createStore, frame, latest, paced, type Store, throttle, type View } from 'headgate'
import { tap, timer } from 'rxjs'
import { type Fleet, type Simulation, simulate } from './simulate.ts'

export interface LogLine {
  readonly version: number
  readonly text: string
  /** How many versions were passed over before it. */
  readonly missed: number
}

export interface Log {
  /** Newest first. */
  readonly lines: readonly LogLine[]
  readonly missed: number
}

/** What the slow panel has got to. */
export interface Slow {
  readonly version: number
  readonly missed: number
  readonly busy: boolean
}

/** What the buttons change. */
export interface Controls {
  readonly running: boolean
  readonly selected: string
}

export interface Dashboard {
  readonly fleet: Store<Fleet>
  /** For the robots and the figures. */
  readonly screen: View<Fleet>
  readonly chart: View<Fleet>
  readonly log: Store<Log>
  readonly slow: Store<Slow>
  readonly controls: Store<Controls>
  readonly simulation: Simulation
  toggle(): void
  select(id: string): void
  rename(id: string, name: string): void
  /** Stops everything; no timer is left. */
  destroy(): void
}

const LOG_LENGTH = 12
const SLOW_MS = 700

export interface DashboardOptions {
  readonly robots?: number
  readonly seed?: number
  /** Commits a second while it runs. */
  readonly rate?: number
  /** Whether it runs from the start; default true. */
  readonly running?: boolean
}

export function createDashboard(options: DashboardOptions = {}): Dashboard {
  const { rate = 1_000, running = true } = options
  const simulation = simulate(options)
  const fleet = simulation.store
  const log = createStore<Log>({ lines: [], missed: 0 }, { name: 'log' })
  const slow = createStore<Slow>({ version: 0, missed: 0, busy: false }, { name: 'slow' })
  const controls = createStore<Controls>({ running, selected: 'r001' }, { name: 'controls' })

  const handles = [
    fleet.subscribe(
      ({ version, reason, source }, { missed }) => {
        const line = { version, text: `${source} ${reason}`, missed }
        log.set({
          lines: [line, ...log.state.lines].slice(0, LOG_LENGTH),
          missed: log.state.missed + missed,
        })
      },
      { id: 'log', policy: throttle({ ms: 250 }) },
    ),
    fleet.subscribe(
      ({ version }, { missed }) => {
        slow.set({ version, missed: slow.state.missed + missed, busy: true })
        // Busy until this has ended; to unsubscribe ends it.
        return timer(SLOW_MS).pipe(tap(() => slow.set({ ...slow.state, busy: false })))
      },
      { id: 'slow panel', policy: latest() },
    ),
  ]

  let stop = running ? simulation.start(rate) : (): void => {}
  return {
    fleet,
    screen: paced(fleet, frame()),
    chart: paced(fleet, throttle({ ms: 100 })),
    log,
    slow,
    controls,
    simulation,
    toggle() {
      stop()
      stop = controls.state.running ? () => {} : simulation.start(rate)
      controls.set({ ...controls.state, running: !controls.state.running })
    },
    select: (id) => void controls.set({ ...controls.state, selected: id }),
    rename(id, name) {
      const { robots } = fleet.state
      const robot = robots.get(id)
      if (robot !== undefined)
        fleet.set({ ...fleet.state, robots: robots.set(id, { ...robot, name }) }, 'RENAMED')
    },
    destroy() {
      stop()
      for (const handle of handles) handle.unsubscribe()
      for (const store of [fleet, log, slow, controls]) store.destroy()
    },
  }
}

/** The points of a line chart, for an SVG of that size. */
export function chartPoints(history: readonly number[], max: number, width: number, height: number): string {
  const step = width / Math.max(1, history.length - 1)
  return history
    .map((value, index) => `${(index * step).toFixed(1)},${(height - (value / max) * height).toFixed(1)}`)
    .join(' ')
}
