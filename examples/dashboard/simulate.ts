/** A fleet of robots, one commit for each thing that happens to one of them. The same seed gives the same fleet. */
import { type Collection, collection, createStore, type Immutable, type Store } from 'headgate'

export type RobotStatus = 'moving' | 'charging' | 'lost'

export interface Robot {
  readonly id: string
  readonly name: string
  readonly battery: number
  readonly status: RobotStatus
}

export interface Fleet {
  readonly robots: Collection<Robot>
  readonly moving: number
  readonly lost: number
  /** How many were moving, each fifty commits; the newest last. */
  readonly history: readonly number[]
}

const HISTORY_LENGTH = 120
const COMMITS_PER_SAMPLE = 50
/** As often as a browser's timers are on time. */
const TICK_MS = 10

export interface Simulation {
  readonly store: Store<Fleet>
  /** Lets so many things happen, at once. */
  step(count: number): void
  /** Goes on by itself; returns what stops it. */
  start(commitsPerSecond: number): () => void
}

/** Numbers from 0 to 1 (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** What happens to a robot next, and why. */
function next(robot: Immutable<Robot>, chance: number): [reason: string, Robot] {
  if (robot.status === 'lost') {
    return chance < 0.2 ? ['FOUND', { ...robot, status: 'moving' }] : ['SEARCHED', { ...robot }]
  }
  if (robot.status === 'charging') {
    const battery = Math.min(100, robot.battery + 4)
    if (battery === 100) return ['CHARGED', { ...robot, battery, status: 'moving' }]
    return ['CHARGING', { ...robot, battery }]
  }
  if (chance < 0.002) return ['LOST', { ...robot, status: 'lost' }]
  const battery = Math.max(0, robot.battery - 1)
  if (battery < 15) return ['LOW_BATTERY', { ...robot, battery, status: 'charging' }]
  return ['MOVED', { ...robot, battery }]
}

export function simulate({ robots = 200, seed = 1 } = {}): Simulation {
  const random = randomNumbers(seed)
  const ids = Array.from({ length: robots }, (_, index) => `r${String(index + 1).padStart(3, '0')}`)
  const first = ids.map((id): [string, Robot] => {
    const battery = 15 + Math.floor(random() * 85)
    return [id, { id, name: `Robot ${id.slice(1)}`, battery, status: random() < 0.3 ? 'charging' : 'moving' }]
  })
  const moving = first.filter(([, { status }]) => status === 'moving').length
  const store = createStore<Fleet>(
    { robots: collection(first), moving, lost: 0, history: [moving] },
    { name: 'fleet' },
  )
  let commits = 0

  const once = (): void => {
    commits += 1
    const id = ids[Math.floor(random() * ids.length)] ?? ''
    const state = store.state
    const before = state.robots.get(id)
    if (before === undefined) return
    const [reason, after] = next(before, random())
    const differs = (status: RobotStatus): number =>
      Number(after.status === status) - Number(before.status === status)
    const nowMoving = state.moving + differs('moving')
    const sampled = commits % COMMITS_PER_SAMPLE === 0
    store.set(
      {
        robots: state.robots.set(id, after),
        moving: nowMoving,
        lost: state.lost + differs('lost'),
        history: sampled ? [...state.history, nowMoving].slice(-HISTORY_LENGTH) : state.history,
      },
      { reason, source: id },
    )
  }
  const step = (count: number): void => {
    for (let done = 0; done < count; done += 1) once()
  }
  const start = (commitsPerSecond: number): (() => void) => {
    const timer = setInterval(() => step(Math.round((commitsPerSecond * TICK_MS) / 1_000)), TICK_MS)
    return () => clearInterval(timer)
  }
  return { store, step, start }
}
