// @ts-check
/**
 * The flight of a PX4 autopilot as a state machine, for `headgate run`.
 *
 *   BOOTING ──"Ready for takeoff!"──> IDLE ──armed──> TAKEOFF <──> HOLD <──> RETURN ──disarmed──> IDLE
 *
 * A record is `{ t, topic, data }`, `t` in microseconds. Two kinds of records are events: the log line that
 * ends the boot, and every `vehicle_status`. Whether a status changes the state is for the machine to say: it
 * tries the rules below in order, and where none applies it only stores the status. So no status is unhandled.
 * All other records are observations: each puts its data into the context, in a commit of its own.
 *
 * `data` is stored as it came, as a new object each time. So a record commits also where its numbers are the
 * same as before: that they were measured again is news.
 */
import { defineMachine } from 'headgate'

/**
 * @typedef {{ nav_state: number, arming_state: number, failsafe: boolean }} VehicleStatus
 * @typedef {{ voltage_v: number, current_a: number, remaining: number, discharged_mah: number }} Battery
 * @typedef {{ x: number, y: number, z: number, vx: number, vy: number, vz: number, heading: number }} Position
 * @typedef {{ q: number[] }} Attitude
 * @typedef {{ latitude_deg: number, longitude_deg: number, altitude_msl_m: number, fix_type: number,
 *   satellites_used: number }} Gps
 * @typedef {{ gyro_rad: number[], accelerometer_m_s2: number[] }} Imu
 * @typedef {{ level: string, text: string }} LogLine
 *
 * @typedef {object} FlightContext What is known of the vehicle; null until it was first heard of.
 * @property {VehicleStatus | null} status
 * @property {Battery | null} battery
 * @property {Position | null} position Metres north, east and down of the start.
 * @property {Attitude | null} attitude
 * @property {Gps | null} gps
 * @property {Imu | null} imu
 * @property {LogLine | null} log The newest line of the log.
 * @property {Record<string, unknown>} other The newest data of every other topic.
 *
 * @typedef {{ type: 'READY_FOR_TAKEOFF', log: LogLine } | { type: 'VEHICLE_STATUS', status: VehicleStatus }} FlightEvent
 * @typedef {{ t: number, topic: string, data: unknown }} FlightRecord
 *
 * @typedef {(status: VehicleStatus) => boolean} Rule
 */

// The numbers of PX4's message VehicleStatus.
const ARMED = 2
const SHUT_DOWN = 4
const HOLD = 4
const RETURN = 5
const TERMINATION = 13
const TAKEOFF = 17

/** @type {Rule} */
const isShutDown = (status) => status.arming_state === SHUT_DOWN
/** @type {Rule} */
const hasFailed = (status) => status.failsafe || status.nav_state === TERMINATION
/** @type {Rule} */
const isDisarmed = (status) => status.arming_state !== ARMED
/** @type {(mode: number) => Rule} */
const flies = (mode) => (status) => status.arming_state === ARMED && status.nav_state === mode

/** @type {(draft: FlightContext, event: { status: VehicleStatus }) => void} */
const storeStatus = (draft, { status }) => {
  draft.status = status
}

/**
 * A transition for a status that satisfies a rule.
 *
 * @template {string} Name
 * @param {Name} target
 * @param {Rule} rule
 */
const when = (target, rule) => ({
  target,
  /** @type {(context: unknown, event: { status: VehicleStatus }) => boolean} */
  guard: (_context, event) => rule(event.status),
  update: storeStatus,
})

/** What may always happen. */
const ALWAYS = [when('SHUTDOWN', isShutDown), when('ERROR_STATE', hasFailed)]
/** Where the flight mode leads, once the vehicle is armed. */
const FLIGHT = [when('TAKEOFF', flies(TAKEOFF)), when('HOLD', flies(HOLD)), when('RETURN', flies(RETURN))]
/** The last resort: the status changes no state and is only stored. */
const STORE = { update: storeStatus }

const FLYING = { on: { VEHICLE_STATUS: [...ALWAYS, when('IDLE', isDisarmed), ...FLIGHT, STORE] } }

/** @type {FlightContext} */
const context = {
  status: null,
  battery: null,
  position: null,
  attitude: null,
  gps: null,
  imu: null,
  log: null,
  other: {},
}

export const machine = defineMachine({
  id: 'px4-flight',
  initial: 'BOOTING',
  context,
  types: /** @type {{ events: FlightEvent }} */ ({}),
  states: {
    BOOTING: {
      on: {
        READY_FOR_TAKEOFF: {
          target: 'IDLE',
          update: (draft, event) => {
            draft.log = event.log
          },
        },
        VEHICLE_STATUS: [...ALWAYS, STORE],
      },
    },
    IDLE: { on: { VEHICLE_STATUS: [...ALWAYS, ...FLIGHT, STORE] } },
    TAKEOFF: FLYING,
    HOLD: FLYING,
    RETURN: FLYING,
    ERROR_STATE: {
      on: {
        VEHICLE_STATUS: [
          when('SHUTDOWN', isShutDown),
          when('IDLE', (status) => !hasFailed(status) && isDisarmed(status)),
          STORE,
        ],
      },
    },
    SHUTDOWN: { type: 'final' },
  },
})

/** @type {import('headgate/cli').TimeUnit} */
export const timeUnit = 'us'

/** @type {import('headgate/cli').Ingest<FlightRecord, FlightEvent>} */
export const ingest = ({ topic, data }) => {
  if (topic === 'vehicle_status') {
    return { type: 'VEHICLE_STATUS', status: /** @type {VehicleStatus} */ (data) }
  }
  if (topic === 'log') {
    const log = /** @type {LogLine} */ (data)
    if (log.text.includes('Ready for takeoff!')) return { type: 'READY_FOR_TAKEOFF', log }
  }
  return undefined
}

/** Where the context keeps the newest data of a topic. */
const FIELDS = new Map(
  Object.entries({
    battery_status: 'battery',
    vehicle_local_position: 'position',
    vehicle_attitude: 'attitude',
    vehicle_gps_position: 'gps',
    sensor_combined: 'imu',
    log: 'log',
  }),
)

/** @type {import('headgate/cli').Observe<FlightContext, FlightRecord>} */
export const observe = (draft, { topic, data }) => {
  const field = FIELDS.get(topic)
  const place = /** @type {Record<string, unknown>} */ (field === undefined ? draft.other : draft)
  place[field ?? topic] = data
}
