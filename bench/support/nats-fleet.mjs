/** Members of one log, each with a connection of its own, for the benchmarks. */
import { connect } from '@nats-io/transport-node'
import { createStore } from '../../dist/esm/index.js'
import { joinNats } from '../../dist/esm/nats/index.js'
import { natsServer, natsVersion } from '../../dist/esm/testing/index.js'

export const median = (values) => percentile(values, 0.5)
export const percentile = (values, p) =>
  values.toSorted((one, other) => one - other)[Math.min(values.length - 1, Math.floor(values.length * p))]
export const round = (value, digits = 0) => Number(value.toFixed(digits))
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

export class Fleet {
  #ends = []

  /** @param nodes - 1, or a cluster of 3 */
  static async start(nodes = 1) {
    if (natsVersion() === undefined) {
      console.log('Skipped: nats-server is not installed.')
      process.exit(0)
    }
    console.warn = () => {} // that nothing is synced is known here
    return new Fleet(await natsServer({ nodes }))
  }

  constructor(server) {
    this.server = server
  }

  async connection() {
    const options = { maxReconnectAttempts: -1, reconnectTimeWait: 50, ignoreClusterUpdates: true }
    const made = await connect({ servers: this.server.servers, ...options })
    this.#ends.push(() => made.close())
    return made
  }

  async join(stream, state, options = {}) {
    const store = createStore(state, { name: stream })
    const member = await joinNats(store, await this.connection(), { stream, create: true, ...options })
    this.#ends.push(() => member.close())
    return { store, member }
  }

  async close() {
    for (const end of this.#ends.reverse()) await end()
    await this.server.close()
  }
}
