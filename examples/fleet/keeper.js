// @ts-check
/**
 * Keeps the processes of a fleet running, and settles the account when it ends: have all members the same, and is all
 * in it that they were told is committed?
 */
import { fork } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/**
 * @typedef {import('./member.js').Told} Told
 * @typedef {import('./member.js').Asked} Asked
 * @typedef {Extract<Told, { type: 'ended' }>} Ended
 * @typedef {{ name: string, process: import('node:child_process').ChildProcess, isJoined: boolean }} Child
 */

const AGAIN_MS = 1_000
/** A server stays away long enough to be missed. */
const SERVER_AGAIN_MS = 3_000
const TURN_MS = 100
const KEYS = '123tabc'

/** @param {string} file */
const pathOf = (file) => fileURLToPath(new URL(file, import.meta.url))

export class Keeper {
  #server
  #agents
  #robots
  /** @type {Map<string, Child>} */
  #children = new Map()
  /** The ticks that each agent was told are committed, over all its lives. @type {Map<string, number[]>} */
  #committed = new Map()
  #isEnding = false

  /**
   * @param {import('headgate/testing').NatsServer} server
   * @param {readonly string[]} agents
   * @param {number} robots
   */
  constructor(server, agents, robots) {
    this.#server = server
    this.#agents = agents
    this.#robots = robots
  }

  /** Resolves when all have joined. */
  async start() {
    for (const node of this.#server.nodes) void this.#keepServer(node)
    const [first = '', ...others] = this.#agents
    this.#fork(first) // it makes the streams
    await this.#joined()
    for (const name of [...others, 'table']) this.#fork(name)
    await this.#joined()
    const all = this.#names.map((name, at) => `[${KEYS[at]}] ${name} ${this.#pidOf(name)}`)
    this.#say(`Kill any: by its key, or its number with kill -9; q ends all.\n${all.join('  ')}`)
  }

  /** What a key kills. @param {string} key */
  nameOf(key) {
    return this.#names[KEYS.indexOf(key)]
  }

  /** Ends a process as kill -9 does. @param {string} name */
  kill(name) {
    const pid = this.#pidOf(name)
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
  }

  /** Ends all, and says whether all have the same and nothing is lost. */
  async end() {
    await this.#joined()
    this.#isEnding = true
    const stopped = await this.#ask({ type: 'stop' }, 'stopped')
    const version = Math.max(...stopped.map((each) => each?.version ?? 0))
    return this.#settle(await this.#ask({ type: 'reach', version }, 'ended'))
  }

  get #names() {
    return [...this.#agents, 'table', ...this.#server.nodes.map(({ name }) => name)]
  }

  /** @param {string} name */
  #pidOf(name) {
    return this.#children.get(name)?.process.pid ?? this.#server.nodes.find((node) => node.name === name)?.pid
  }

  async #joined() {
    while (![...this.#children.values()].every(({ isJoined }) => isJoined)) await pause(TURN_MS)
  }

  /** @param {string} name */
  #fork(name) {
    const file = pathOf(name === 'table' ? 'table.js' : 'agent.js')
    const words = [name, this.#server.servers.join(','), this.#agents.join(','), String(this.#robots)]
    /** @type {Child} */
    const child = { name, process: fork(file, words), isJoined: false }
    this.#children.set(name, child)
    child.process.on('message', (/** @type {Told} */ told) => {
      if (told.type === 'joined') child.isJoined = true
      if (told.type === 'committed') {
        const ticks = this.#committed.get(name) ?? []
        ticks.push(told.tick)
        this.#committed.set(name, ticks)
      }
    })
    child.process.on('exit', async (code, signal) => {
      if (this.#isEnding) return
      child.isJoined = false
      this.#say(`${name} has ended: ${signal ?? code}.`)
      await pause(AGAIN_MS)
      this.#fork(name)
      this.#say(`${name} is started again: ${this.#pidOf(name)}.`)
    })
  }

  /** @param {import('headgate/testing').NatsNode} node */
  async #keepServer(node) {
    while (!this.#isEnding) {
      if (node.pid === undefined) {
        this.#say(`${node.name} has ended.`)
        await pause(SERVER_AGAIN_MS)
        await node.start()
        this.#say(`${node.name} is started again: ${node.pid}.`)
      }
      await pause(TURN_MS)
    }
  }

  /**
   * Asks all, and waits for what they tell; undefined for one that has ended instead.
   *
   * @template {Told['type']} Type
   * @param {Asked} asked
   * @param {Type} type
   * @returns {Promise<(Extract<Told, { type: Type }> | undefined)[]>}
   */
  #ask(asked, type) {
    return Promise.all(
      [...this.#children.values()].map(
        ({ process: child }) =>
          new Promise((resolve) => {
            child.on('message', (/** @type {Told} */ told) => {
              if (told.type === type) resolve(told)
            })
            child.on('exit', () => resolve(undefined))
            if (child.connected) child.send(asked)
            else resolve(undefined)
          }),
      ),
    )
  }

  /** @param {(Ended | undefined)[]} ended */
  #settle(ended) {
    const [first] = ended
    const isSame = first !== undefined && ended.every((each) => each?.digest === first.digest)
    const versions = [...this.#children.keys()].map((name, at) => `${name} ${ended[at]?.version ?? 'gone'}`)
    console.log(`${isSame ? 'All have the same' : 'NOT the same'}: ${versions.join(', ')}.`)
    let acknowledged = 0
    let kept = 0
    for (const [name, ticks] of this.#committed) {
      acknowledged += ticks.length
      // Two updates of one agent that make the same tick: the first one was lost.
      kept += new Set(ticks.filter((tick) => tick <= (first?.ticks[name] ?? 0))).size
    }
    console.log(`${acknowledged} updates were acknowledged, ${acknowledged - kept} of them lost.`)
    return isSame && kept === acknowledged
  }

  /** Below the table, where one is shown. @param {string} text */
  #say(text) {
    const table = this.#children.get('table')
    if (process.stdout.isTTY && table?.isJoined === true) table.process.send({ type: 'say', text })
    else console.log(text)
  }
}
