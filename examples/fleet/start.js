// @ts-check
/**
 * Starts a fleet on three machines, as far as one machine can be three: three nats-servers, three agents with a hundred
 * robots each, and a table of who is behind. What ends is started again, so anything may be killed.
 *
 *   node examples/fleet/start.js [--robots 300] [--seconds N] [--kill NAME@SECONDS]…
 */
import { parseArgs } from 'node:util'
import { natsServer, natsVersion } from 'headgate/testing'
import { Keeper } from './keeper.js'

const AGENTS = ['agent-1', 'agent-2', 'agent-3']
const NAMES = [...AGENTS, 'table', 'n1', 'n2', 'n3']
const ABSENT = `nats-server is not installed. It is one program:
  Debian, Ubuntu: apt-get install nats-server
  macOS:          brew install nats-server
  others:         https://github.com/nats-io/nats-server/releases
`

/** @param {string} option @param {string} expected @param {string} received @returns {never} */
function refuse(option, expected, received) {
  process.stderr.write(`Expected ${option} to be ${expected}, got ${received}.\n`)
  process.exit(2)
}

/** How many robots, for how long, and what is killed when. */
function optionsOf() {
  const { values } = parseArgs({
    options: {
      robots: { type: 'string', default: '300' },
      seconds: { type: 'string', default: 'Infinity' },
      kill: { type: 'string', multiple: true, default: [] },
    },
  })
  const [robots, seconds] = [Number(values.robots), Number(values.seconds)]
  if (!(robots > 0 && robots % AGENTS.length === 0)) {
    refuse('--robots', 'a multiple of 3 above 0', values.robots)
  }
  if (!(seconds > 0)) refuse('--seconds', 'a number above 0', values.seconds)
  const kills = values.kill.map((text) => {
    const [name = '', at = ''] = text.split('@')
    if (!NAMES.includes(name) || !/^[\d.]+$/.test(at)) {
      refuse('--kill', `one of ${NAMES.join(', ')}, "@" and seconds`, text)
    }
    return { name, seconds: Number(at) }
  })
  return { robots, seconds, kills }
}

const { robots, seconds, kills } = optionsOf()
if (natsVersion() === undefined) {
  process.stderr.write(ABSENT)
  process.exit(1)
}
console.log('Starting three nats-servers …')
const server = await natsServer({ nodes: 3 })
const keeper = new Keeper(server, AGENTS, robots)

/** @type {NodeJS.Timeout[]} */
const timers = []
let isEnding = false
async function end() {
  if (isEnding) return
  isEnding = true
  for (const timer of timers) clearTimeout(timer)
  if (process.stdin.isTTY) process.stdin.setRawMode(false).unref()
  const isWhole = await keeper.end()
  await server.close()
  process.exitCode = isWhole ? 0 : 1
}
process.on('SIGINT', end)
process.on('SIGTERM', end)

await keeper.start()
if (Number.isFinite(seconds)) timers.push(setTimeout(end, seconds * 1_000))
for (const kill of kills) timers.push(setTimeout(() => keeper.kill(kill.name), kill.seconds * 1_000))
if (process.stdin.isTTY) {
  process.stdin.setRawMode(true).on('data', (bytes) => {
    const key = String(bytes)
    const name = keeper.nameOf(key)
    if (name !== undefined) keeper.kill(name)
    else if (key === 'q' || key === '\x03') end() // Ctrl-C comes as a key
  })
}
