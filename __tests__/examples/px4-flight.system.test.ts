import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openArchive } from '../../src/journal/index.ts'
import { BUILD_MS_MAX, BuiltCommand, finished } from '../cli/support/built-command.ts'
import { engineOf, journalFolder } from '../cli/support/journal-folder.ts'
import { KILLER, KILLS, killedAndFinished } from './kills.ts'

const DATA = join(import.meta.dirname, '../../../shared/data/px4-flight.ndjson')
const MODULE = 'examples/px4-flight/px4-flight.js'

interface FlightRecord {
  readonly t: number
  readonly topic: string
  readonly data: Record<string, unknown>
}

interface Flight {
  readonly transitions: readonly Record<string, unknown>[]
  readonly summary: Record<string, unknown>
  /** How many versions were written for each reason. */
  readonly commits: Record<string, number>
  readonly context: unknown
}

/** The module with one more subscriber, which notes why each version was written, and says so at the end. */
const AUDITED = `
export * from './${MODULE}'
const commits = {}
let context
export const subscribers = [{
  id: 'audit',
  policy: 'direct',
  next: ({ reason, state }) => {
    commits[reason] = (commits[reason] ?? 0) + 1
    context = state.context
  },
  complete: () => console.error(JSON.stringify({ commits, context })),
}]
`

let command: BuiltCommand

beforeAll(() => {
  command = new BuiltCommand()
  command.copy('examples/px4-flight')
  command.write('audited.js', AUDITED)
  command.write('killed.js', `export * from './${MODULE}'\n${KILLER}`)
}, BUILD_MS_MAX)

afterAll(() => command.remove())

/** Flies some records: what became of them, and what the audit says. */
async function fly(words: readonly string[], input?: string): Promise<Flight> {
  const { status, stdout, stderr } = await command.run(['run', 'audited.js', '--json', ...words], input)
  expect(status).toBe(0)
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  return { transitions: lines.slice(0, -1), summary: lines.at(-1), ...JSON.parse(stderr) }
}

/** Every version that a journal holds, but for its times. */
async function flightIn(folder: string): Promise<unknown[]> {
  const archive = await openArchive<{ current: string; context: unknown }>(engineOf(folder))
  const versions: unknown[] = []
  for await (const { version, reason, state } of archive.commits()) {
    versions.push([version, reason, state.current, state.context])
  }
  await archive.close()
  return versions
}

const ndjson = (records: readonly unknown[]): string =>
  records.map((one) => `${JSON.stringify(one)}\n`).join('')

const status = (nav_state: number, arming_state: number, failsafe = false) => ({
  t: 0,
  topic: 'vehicle_status',
  data: { nav_state, arming_state, failsafe },
})
const ready = { t: 0, topic: 'log', data: { level: '6', text: '[commander] Ready for takeoff!' } }

describe('the flight', () => {
  const recorded = existsSync(DATA) ? test : test.skip
  const skipped = existsSync(DATA) ? '' : ' (skipped: ../shared/data/px4-flight.ndjson is absent)'
  let records: readonly FlightRecord[]
  let flight: Awaited<ReturnType<typeof fly>>

  beforeAll(async () => {
    if (!existsSync(DATA)) return
    records = readFileSync(DATA, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    flight = await fly(['--events', DATA])
  })

  recorded(`goes through its five transitions at their times${skipped}`, () => {
    const { transitions } = flight
    expect(transitions.map(({ t, from, to, event }) => [t, from, to, event])).toEqual([
      [10_884_000, 'BOOTING', 'IDLE', 'READY_FOR_TAKEOFF'],
      [15_156_000, 'IDLE', 'TAKEOFF', 'VEHICLE_STATUS'],
      [21_516_000, 'TAKEOFF', 'HOLD', 'VEHICLE_STATUS'],
      [22_356_000, 'HOLD', 'RETURN', 'VEHICLE_STATUS'],
      [30_360_000, 'RETURN', 'IDLE', 'VEHICLE_STATUS'],
    ])
  })

  recorded(`takes every record as an event or an observation, each in a commit of its own${skipped}`, () => {
    const statuses = records.filter(({ topic }) => topic === 'vehicle_status').length
    expect(records).toHaveLength(9_707)
    expect(flight.summary).toMatchObject({
      records: records.length,
      rejected: 0,
      unhandled: 0,
      // Also records whose data are the same as before: `data` is another object each time.
      metrics: { commits: records.length, noopWrites: 0, failedWrites: 0, currentVersion: records.length },
    })
    expect(flight.commits).toEqual({
      INIT: 1,
      READY_FOR_TAKEOFF: 1,
      VEHICLE_STATUS: statuses,
      OBSERVE: records.length - statuses - 1,
    })
  })

  recorded(
    `ends the same where it is killed at random moments${skipped}`,
    async () => {
      const [whole, killed] = [journalFolder(), journalFolder()]
      const run = (folder: string, killMs?: number) => {
        const module = killMs === undefined ? MODULE : 'killed.js'
        const process = command.startWith(
          { KILL_MS: String(killMs) },
          'run',
          module,
          '--events',
          DATA,
          '--journal',
          folder,
        )
        process.stdin.end()
        return finished(process)
      }
      const beganMs = performance.now()
      expect((await run(whole)).status).toBe(0)
      const wholeMs = performance.now() - beganMs
      const { last, kills } = await killedAndFinished(killed, wholeMs, (killMs) => run(killed, killMs))
      expect([kills, last.status]).toEqual([KILLS, 0])
      expect(last.stdout).toMatch(/Went on from version [\d ]+; [\d ]+ commits? kept\.$/m)
      const versions = await flightIn(whole)
      expect(versions).toHaveLength(9_708)
      expect(await flightIn(killed)).toEqual(versions)
    },
    300_000,
  )

  recorded(`ends with the newest data of each topic in its context${skipped}`, () => {
    const newest = Object.fromEntries(records.map(({ topic, data }) => [topic, data]))
    expect(flight.context).toEqual({
      status: newest.vehicle_status,
      battery: newest.battery_status,
      position: newest.vehicle_local_position,
      attitude: newest.vehicle_attitude,
      gps: newest.vehicle_gps_position,
      imu: newest.sensor_combined,
      log: newest.log,
      other: {
        vehicle_land_detected: newest.vehicle_land_detected,
        failsafe_flags: newest.failsafe_flags,
        cpuload: newest.cpuload,
      },
    })
  })
})

describe('the machine of the flight', () => {
  const [TAKEOFF, HOLD, RETURN, TERMINATION] = [17, 4, 5, 13]
  const [STANDBY, ARMED, SHUT_DOWN] = [1, 2, 4]

  /** The states after each change. */
  async function statesOf(...records: unknown[]): Promise<unknown[]> {
    const { transitions, summary } = await fly([], ndjson(records))
    expect(summary).toMatchObject({ rejected: 0 })
    return transitions.map(({ to }) => to)
  }

  test('stays where it is as long as the mode does, and stores each status', async () => {
    const { transitions, summary } = await fly([], ndjson([status(HOLD, STANDBY), status(HOLD, STANDBY)]))
    expect(transitions).toEqual([])
    expect(summary).toMatchObject({ unhandled: 0, metrics: { commits: 2 } })
  })

  test('does not take off while it boots', async () => {
    expect(await statesOf(status(TAKEOFF, ARMED))).toEqual([])
  })

  test('follows the mode of an armed vehicle, in any order', async () => {
    const modes = [RETURN, HOLD, TAKEOFF, RETURN].map((mode) => status(mode, ARMED))
    expect(await statesOf(ready, ...modes)).toEqual(['IDLE', 'RETURN', 'HOLD', 'TAKEOFF', 'RETURN'])
  })

  test('is idle once it is disarmed', async () => {
    expect(await statesOf(ready, status(HOLD, ARMED), status(HOLD, STANDBY))).toEqual([
      'IDLE',
      'HOLD',
      'IDLE',
    ])
  })

  test.each([
    ['a failsafe', status(RETURN, ARMED, true)],
    ['a termination', status(TERMINATION, ARMED)],
  ])('goes to ERROR_STATE on %s, from any state, and leaves it on the ground', async (_, failure) => {
    const cleared = [status(RETURN, ARMED), status(HOLD, STANDBY)]
    expect(await statesOf(failure, ...cleared)).toEqual(['ERROR_STATE', 'IDLE'])
    expect(await statesOf(ready, status(TAKEOFF, ARMED), failure, ...cleared)).toEqual([
      'IDLE',
      'TAKEOFF',
      'ERROR_STATE',
      'IDLE',
    ])
  })

  test.each([
    ['while it boots', []],
    ['when idle', [ready]],
    ['in flight', [ready, status(HOLD, ARMED)]],
    ['after an error', [status(HOLD, ARMED, true)]],
  ])('ends in SHUTDOWN %s', async (_, before) => {
    expect((await statesOf(...before, status(HOLD, SHUT_DOWN))).at(-1)).toBe('SHUTDOWN')
  })
})
