// @ts-check
/**
 * 300 robots that drive through a hall, a tenth of a second at a time. Where a robot goes next follows from its id and
 * from how often it has gone somewhere, so who takes a robot over drives it on as the one before would have.
 *
 * @typedef {'driving' | 'charging'} Task
 * @typedef {{ x: number, y: number, heading: number, speed: number, battery: number, trip: number, task: Task }} Robot
 *   Metres, radians, metres a second, percent; `trip` is how often it has gone somewhere.
 * @typedef {{ robots: Record<string, Robot>, ticks: Record<string, number> }} Fleet
 *   `ticks` counts the updates of each agent: what an agent was told is committed must be in it.
 */

const HALL = { width: 120, depth: 80 }
const SPEED_MAX = 1.6
const ACCELERATION = 0.8
/** Radians a second. */
const TURN_MAX = 1.4
const NEAR = 0.6
const DRAIN = 0.02
const CHARGE = 4
const LOW = 20
const FULL = 96

/** @param {number} index */
const idOf = (index) => `r${String(index).padStart(4, '0')}`

/**
 * The robots of one agent of three.
 *
 * @param {number} agent From 0.
 * @param {number} each How many an agent has.
 */
export const robotsOf = (agent, each) =>
  Array.from({ length: each }, (_, index) => idOf(agent * each + index))

/**
 * The fleet before anything has moved.
 *
 * @param {readonly string[]} agents
 * @param {number} each
 * @returns {Fleet}
 */
export function firstFleet(agents, each) {
  /** @type {Fleet} */
  const fleet = { robots: {}, ticks: {} }
  for (const [agent, name] of agents.entries()) {
    fleet.ticks[name] = 0
    for (const id of robotsOf(agent, each)) {
      const { x, y } = dockOf(id)
      fleet.robots[id] = {
        x,
        y,
        heading: 0,
        speed: 0,
        battery: 30 + 66 * chance(id, 0),
        trip: 0,
        task: 'driving',
      }
    }
  }
  return fleet
}

/**
 * Drives a robot for some time.
 *
 * @param {Robot} robot A draft.
 * @param {string} id
 * @param {number} seconds
 */
export function drive(robot, id, seconds) {
  if (robot.task === 'charging') {
    robot.battery = Math.min(100, round(robot.battery + CHARGE * seconds))
    if (robot.battery >= FULL) setOff(robot, 'driving')
    return
  }
  const goal = robot.battery < LOW ? dockOf(id) : goalOf(id, robot.trip)
  const [dx, dy] = [goal.x - robot.x, goal.y - robot.y]
  const distance = Math.hypot(dx, dy)
  if (distance < NEAR) {
    setOff(robot, robot.battery < LOW ? 'charging' : 'driving')
    return
  }
  // The shorter way round; slower the more it turns, and so that it can stop in time.
  const wanted = Math.atan2(dy, dx) - robot.heading
  const turn = Math.atan2(Math.sin(wanted), Math.cos(wanted))
  const most = TURN_MAX * seconds
  const heading = robot.heading + Math.min(most, Math.max(-most, turn))
  const bend = Math.max(0, Math.cos(turn))
  const target = Math.min(SPEED_MAX * bend, Math.sqrt(2 * ACCELERATION * distance))
  const change = ACCELERATION * seconds
  robot.speed = round(robot.speed + Math.min(change, Math.max(-change, target - robot.speed)))
  robot.heading = round(Math.atan2(Math.sin(heading), Math.cos(heading)))
  robot.x = round(robot.x + robot.speed * Math.cos(heading) * seconds)
  robot.y = round(robot.y + robot.speed * Math.sin(heading) * seconds)
  robot.battery = round(Math.max(0, robot.battery - DRAIN * (1 + robot.speed) * seconds))
}

/** @param {Robot} robot @param {Task} task */
function setOff(robot, task) {
  robot.speed = 0
  robot.trip += 1
  robot.task = task
}

/** @param {string} id @param {number} trip */
const goalOf = (id, trip) => ({
  x: HALL.width * chance(id, trip * 2 + 1),
  y: HALL.depth * chance(id, trip * 2 + 2),
})

/** The docks stand along two walls. @param {string} id */
function dockOf(id) {
  const index = Number(id.slice(1))
  return { x: round((index * 0.8) % HALL.width), y: index % 2 === 0 ? 1 : HALL.depth - 1 }
}

/** Millimetres are enough, and make short records. @param {number} value */
const round = (value) => Math.round(value * 1_000) / 1_000

/** A number from 0 to 1 that is always the same for the same robot and time (mulberry32). @param {string} id @param {number} time */
function chance(id, time) {
  const seed = Math.imul(Number(id.slice(1)) + 1, 0x9e3779b1) + Math.imul(time, 0x6d2b79f5)
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
}
