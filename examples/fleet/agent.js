// @ts-check
/** Drives a hundred robots: one update for all of them each tick, so that agents seldom meet. */
import { setTimeout as pause } from 'node:timers/promises'
import { isHeadgateError } from 'headgate'
import { agents, each, member, name, serve, tell } from './member.js'
import { drive, robotsOf } from './robots.js'

const TICK_MS = 200

const ids = robotsOf(agents.indexOf(name), each)
let isOn = true

async function work() {
  let last = performance.now()
  while (isOn) {
    await pause(TICK_MS)
    const now = performance.now()
    const seconds = Math.min(1, (now - last) / 1_000) // robots that nobody could drive have stood still
    last = now
    let tick = 0
    try {
      const { committed } = await member.update(
        (draft) => {
          for (const id of ids) {
            const robot = draft.robots[id]
            if (robot !== undefined) drive(robot, id, seconds)
          }
          tick = (draft.ticks[name] ?? 0) + 1
          draft.ticks[name] = tick
        },
        { reason: 'DRIVEN' },
      )
      if (committed) tell({ type: 'committed', tick })
    } catch (error) {
      if (!isHeadgateError(error, 'NATS_DISCONNECTED')) throw error
    }
  }
}

const working = work()
serve(() => {
  isOn = false
  return working
})
