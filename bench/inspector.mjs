/**
 * What watching costs: a writer without a page, with one that reads, and with one that never does, in alternating
 * rounds; 50 stores at 1 000 commits a second each; the time to the first facts of 100 stores with 100 subscribers each.
 * Pages are processes of their own, so that what they compute is not counted.
 *
 *     npm run bench:inspector
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { get, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { createStore } from '../dist/esm/index.js'
import { serveInspector } from '../dist/esm/inspector/index.js'
import { mirror, sseSocket } from '../dist/esm/sync/index.js'

const ENTITIES = 1_000
const WRITES = 3_000
const WRITES_A_TURN = 50
const ROUNDS = 5
/** Each of them takes three seconds. */
const ROUNDS_FIFTY = 3

const feedOf = (url) => {
  const address = new URL(url)
  address.pathname = '/feed'
  return address
}

// ---- a page ----

/** Reads all that it is told. */
function read(url) {
  for (const [store, clientId] of [
    ['facts', 'page'],
    ['looks', 's1 page'],
  ]) {
    mirror(() => sseSocket(feedOf(url).href), { store, clientId }).store.subscribe(() =>
      process.send?.('told'),
    )
  }
}

/** Says hello, and takes nothing from then on. */
function stick(url) {
  get(feedOf(url), (response) => {
    response.once('data', (text) => {
      response.pause()
      const address = feedOf(url)
      address.searchParams.set('session', /data: (.*)/.exec(String(text))?.[1] ?? '')
      const hellos = ['facts', 'looks'].map((store) =>
        JSON.stringify({ t: 'hello', protocol: 1, clientId: 's1 stuck', store }),
      )
      request(address, { method: 'POST' }, () => process.send?.('told')).end(hellos.join('\n'))
    })
  })
}

if (process.argv[2] !== undefined) {
  const [, , kind, url] = process.argv
  if (kind === 'reads') read(url)
  else stick(url)
} else await measure()

async function openPage(kind, url) {
  const page = fork(import.meta.filename, [kind, url])
  await once(page, 'message')
  page.on('message', () => {})
  return async () => {
    page.kill()
    await once(page, 'exit')
  }
}

// ---- the program ----

/** Processor time of this process, in milliseconds. */
async function cpuOf(work) {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

async function writes(kind) {
  const robots = Object.fromEntries(
    Array.from({ length: ENTITIES }, (_, n) => [`r${n}`, { battery: 90, x: n }]),
  )
  const store = createStore({ robots }, { name: 'fleet' })
  const inspector = kind === 'none' ? undefined : await serveInspector([store])
  const close = inspector && (await openPage(kind, inspector.url))
  const ms = await cpuOf(async () => {
    for (let write = 0; write < WRITES; ) {
      for (let turn = 0; turn < WRITES_A_TURN; turn += 1, write += 1) {
        store.update((draft) => {
          draft.robots[`r${write % ENTITIES}`].battery -= 1
        })
      }
      await delay(0)
    }
  })
  await close?.()
  await inspector?.close()
  store.destroy()
  return ms
}

/** The share of a core that 50 stores at 1 000 commits a second each cost, without a page and with one. */
async function fifty(kind) {
  const stores = Array.from({ length: 50 }, (_, n) => createStore({ n, value: 0 }, { name: `store ${n}` }))
  const inspector = kind === 'none' ? undefined : await serveInspector(stores)
  const close = inspector && (await openPage(kind, inspector.url))
  const startedAt = performance.now()
  let done = 0
  const ms = await cpuOf(async () => {
    while (done < 3_000) {
      const due = Math.min(3_000, performance.now() - startedAt)
      for (; done < due; done += 1) for (const store of stores) store.set({ n: done, value: 1 })
      await delay(5)
    }
  })
  const share = ms / (performance.now() - startedAt)
  await close?.()
  await inspector?.close()
  return share
}

async function firstFacts() {
  const stores = Array.from({ length: 100 }, (_, n) => {
    const store = createStore({ n }, { name: `store ${n}` })
    for (let s = 0; s < 100; s += 1) store.subscribe(() => {}, { id: `s${s}` })
    return store
  })
  const inspector = await serveInspector(stores)
  const times = []
  for (let round = 0; round < 7; round += 1) {
    const startedAt = performance.now()
    const page = mirror(() => sseSocket(feedOf(inspector.url).href), { store: 'facts' })
    await page.store.waitFor(() => true)
    times.push(performance.now() - startedAt)
    page.close()
  }
  await inspector.close()
  return times
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
}

async function rounds(cases, run, count) {
  const results = Object.fromEntries(cases.map((name) => [name, []]))
  for (let round = 0; round <= count; round += 1) {
    for (const name of cases) {
      const result = await run(name)
      // The first round warms up.
      if (round > 0) results[name].push(result)
    }
  }
  return (name) => median(results[name])
}

async function measure() {
  const cpu = await rounds(['none', 'reads', 'sticks'], writes, ROUNDS)
  for (const name of ['reads', 'sticks']) {
    console.log(
      `a page that ${name.padEnd(6)}  ${(cpu(name) / cpu('none')).toFixed(2)} of the writer without one`,
    )
  }
  const share = await rounds(['none', 'reads'], fifty, ROUNDS_FIFTY)
  const extra = 100 * (share('reads') - share('none'))
  console.log(`50 stores × 1 000 commits/s: ${extra.toFixed(1)} % of a core for watching`)
  console.log(`100 stores × 100 subscribers: ${median(await firstFacts()).toFixed(0)} ms to the first facts`)
}
