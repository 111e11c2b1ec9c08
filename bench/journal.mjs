/**
 * What a journal costs: beside the bare engine, beside a store without one, and beside others who keep a state.
 *
 *     npm run bench:journal
 *
 * LevelDB through classic-level, each write synced, without compression. Whoever is compared does the same work: a
 * change of one of 1 000 entities is on the disk before the next one. RxDB is not: of its storages
 * for Node the one on SQLite is a trial without a licence, others are servers, or keep what they hold in memory. The last table is what Headgate holds itself to. COMMITS=1000000 starts
 * at as many commits as J5 names, ROUNDS=3 makes it shorter.
 */
import { cpus } from 'node:os'
import { promisify } from 'node:util'
import { installPeers } from './support/install.mjs'
import {
  bytesIn,
  createStore,
  elapsed,
  engineAt,
  inFolder,
  levelAt,
  memoryEngine,
  openJournal,
  robot,
  robots,
} from './support/journal.mjs'
import { median } from './support/statistics.mjs'

installPeers()
const [
  { createStore: createXStateStore },
  { persist, rehydrateStore },
  { createStore: createRedux },
  { persistReducer, persistStore },
] = await Promise.all([
  import('@xstate/store'),
  import('@xstate/store/persist'),
  import('redux'),
  import('redux-persist'),
])
const ROUNDS = Number(process.env.ROUNDS ?? 5)
const IN_FLIGHT = 64
const COMMITS = Number(process.env.COMMITS ?? 100_000)
const nextTurn = promisify(setImmediate)
const rate = (count, ms) => Math.round((count * 1_000) / ms)
const number = (value) => value.toLocaleString('en').replaceAll(',', ' ')
const targets = []
const target = (name, text, value, holds) =>
  targets.push(`| ${name} | ${text} | ${value} | ${holds ? 'yes' : 'no'} |`)

console.log(`Node ${process.version}, ${cpus()[0]?.model}, ${cpus().length} cores.\n`)

/** One who waits for a write of an engine without anything else; those who come while it writes go together. */
function grouped(db) {
  let waiting = []
  let isWriting = false
  const work = async () => {
    await undefined
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      await db.batch(
        group.map(({ put }) => put),
        { sync: true },
      )
      for (const { resolve } of group) resolve()
    }
    isWriting = false
  }
  return (key, value) =>
    new Promise((resolve) => {
      waiting.push({ put: { type: 'put', key, value }, resolve })
      if (!isWriting) work()
      isWriting = true
    })
}

/** As many as given write at once, each again when its own is on the disk; tells the time and the processor's, a commit. */
async function writersOf(writers, count, write) {
  let step = 0
  const one = async () => {
    while (step < count) {
      step += 1
      await write(step)
    }
  }
  const began = process.cpuUsage()
  const ms = await elapsed(() => Promise.all(Array.from({ length: writers }, one)))
  const { user, system } = process.cpuUsage(began)
  return { rate: rate(count, ms), cpuUs: (user + system) / count }
}

/**
 * J3: how many commits a second are on the disk, one by one and with 64 who wait.
 *
 * The best of many short rounds: whatever else the machine does only takes from them.
 */
async function acknowledged() {
  const text = JSON.stringify({
    version: 1,
    from: 0,
    reason: 'STEP',
    ops: [{ op: 'replace', path: '/r1/pose/x', value: 1 }],
  }).padEnd(320)
  const bare = (writers, count) =>
    inFolder(async (folder) => {
      const db = levelAt(folder)
      await db.open()
      const put = grouped(db)
      const found = await writersOf(writers, count, (n) =>
        put(`fleet!c!${String(n).padStart(16, '0')}`, text),
      )
      await db.close()
      return found
    })
  const headgate = (writers, count) =>
    inFolder(async (folder) => {
      const store = createStore({ n: 0, ballast: '' }, { name: 'fleet' })
      const journal = await openJournal(store, engineAt(folder))
      const found = await writersOf(writers, count, (n) => {
        store.set({ n, ballast: `${n}`.padStart(100) })
        return journal.durable()
      })
      const { batches } = journal.stats()
      await journal.close()
      return { ...found, batches }
    })
  const rows = {
    'bare engine, one by one': () => bare(1, 200),
    'headgate, one by one': () => headgate(1, 200),
    'bare engine, 64 wait for a write of all': () => bare(IN_FLIGHT, 6_400),
    'headgate, 64 wait': () => headgate(IN_FLIGHT, 6_400),
  }
  const found = Object.fromEntries(Object.keys(rows).map((name) => [name, []]))
  for (let round = 0; round < ROUNDS * 3; round += 1) {
    for (const [name, run] of Object.entries(rows)) found[name].push(await run())
  }
  const best = (name) => Math.max(...found[name].map((one) => one.rate))
  const processor = (name) => median(found[name].map(({ cpuUs }) => cpuUs))
  console.log('Commits a second that are on the disk, and the processor that one takes.\n')
  console.log('| | a second | µs |\n|---|---:|---:|')
  for (const name of Object.keys(rows)) {
    console.log(`| ${name} | ${number(best(name))} | ${processor(name).toFixed(1)} |`)
  }
  const [bareOne, one, group, many] = Object.keys(rows).map(best)
  const { batches } = found['headgate, 64 wait'].at(-1)
  console.log(
    `\nThe bare engine: ${(group / bareOne).toFixed(1)} × one by one. 6 400 commits were ${batches} writes.`,
  )
  target('J3', '64 in flight ≥ 15 × one by one', `${(many / one).toFixed(1)} ×`, many >= 15 * one)
  target('J3', '≥ 0.7 of the bare engine with groups', (many / group).toFixed(2), many >= 0.7 * group)
}

/** J4: what a write takes with a journal beside the store, and without. */
async function writing() {
  const times = { without: [], with: [] }
  const stores = {
    without: createStore(robots(), { name: 'fleet' }),
    with: createStore(robots(), { name: 'fleet' }),
  }
  const journal = await openJournal(stores.with, memoryEngine())
  for (let round = 0; round < 400; round += 1) {
    for (const kind of ['without', 'with']) {
      const beganMs = performance.now()
      for (let n = 0; n < 50; n += 1) {
        stores[kind].update((draft) => {
          draft[`r${n}`].pose.x = round
        })
      }
      if (round >= 100) times[kind].push((performance.now() - beganMs) / 50)
      await journal.durable()
      await nextTurn()
    }
  }
  await journal.close()
  const ratio = median(times.with) / median(times.without)
  console.log(
    `\nA write of one of 1 000 entities: ${(median(times.without) * 1_000).toFixed(1)} µs without a journal, ${(median(times.with) * 1_000).toFixed(1)} µs with one.`,
  )
  target('J4', 'store.update with a journal ≤ 1.2 × without', `${ratio.toFixed(2)} ×`, ratio <= 1.2)
}

/** J5 and J7: how long a start takes, and what is on the disk. */
async function starting() {
  const made = async (commits, folder) => {
    const store = createStore({ count: 0, note: '' }, { name: 'fleet' })
    const journal = await openJournal(store, engineAt(folder, { durability: 'relaxed' }), {
      keep: Number.POSITIVE_INFINITY,
      pendingMax: 100_000,
    })
    for (let count = 1; count <= commits; count += 1) {
      store.set({ count, note: `commit ${count}` })
      if (count % 10_000 === 0) await journal.durable()
      if (count % 100_000 === 0) console.error(`${number(count)} commits are on the disk`)
    }
    await journal.durable()
    const { bytes, skipped } = journal.stats()
    await journal.close()
    if (skipped > 0) throw new Error(`${skipped} versions were skipped`)
    return bytes
  }
  // LevelDB sorts what was written last while nobody waits for it; a process that is opened and closed at once never lets it.
  const settle = async (folder) => {
    const db = levelAt(folder)
    await db.open()
    await db.compactRange('', '~')
    await db.close()
  }
  const start = async (folder) => {
    const store = createStore({ count: 0, note: '' }, { name: 'fleet' })
    let journal
    const ms = await elapsed(async () => {
      journal = await openJournal(store, engineAt(folder))
    })
    await journal.close()
    return ms
  }
  const times = { few: [], many: [] }
  const share = await inFolder(async (folder) => {
    const bytes = await made(2_000, folder)
    const onDisk = bytesIn(folder)
    await settle(folder)
    await inFolder(async (other) => {
      await made(COMMITS, other)
      await settle(other)
      for (let round = 0; round < ROUNDS * 4; round += 1) {
        times.few.push(await start(folder))
        times.many.push(await start(other))
      }
    })
    return onDisk / bytes
  })
  const [few, many] = [Math.min(...times.few), Math.min(...times.many)]
  console.log(
    `\nA start: ${few.toFixed(1)} ms at 2 000 commits, ${many.toFixed(1)} ms at ${number(COMMITS)}.`,
  )
  target(
    'J5',
    `start at ${number(COMMITS)} commits ≤ 1.5 × start at 2 000`,
    `${(many / few).toFixed(2)} ×`,
    many <= 1.5 * few,
  )
  target('J7', 'bytes on the disk ≤ 1.3 × bytes of records', `${share.toFixed(2)} ×`, share <= 1.3)
}

/** A storage of texts, as the peers want it; it tells how much it was given. */
async function storageAt(folder) {
  const db = levelAt(folder)
  await db.open()
  const given = { bytes: 0, writes: 0 }
  let told = () => {}
  return {
    given,
    db,
    next: () =>
      new Promise((resolve) => {
        told = resolve
      }),
    getItem: async (key) => (await db.get(key)) ?? null,
    removeItem: (key) => db.del(key),
    async setItem(key, text) {
      given.bytes += text.length
      given.writes += 1
      await db.put(key, text, { sync: true })
      told()
    },
  }
}

/** One change of one of 1 000 entities, on the disk before the next one. */
const PEERS = {
  async headgate(folder, changes) {
    const store = createStore(robots(), { name: 'fleet' })
    const journal = await openJournal(store, engineAt(folder))
    const before = journal.stats().bytes
    const ms = await elapsed(async () => {
      for (let step = 1; step <= changes; step += 1) {
        store.update((draft) => {
          draft.r500 = robot(500, step)
        })
        await journal.durable()
      }
    })
    const { bytes } = journal.stats()
    await journal.close()
    return { ms, bytes: bytes - before }
  },
  async 'redux-persist'(folder, changes) {
    const storage = await storageAt(folder)
    const reducer = (state = { robots: robots() }, action) =>
      action.type === 'SET' ? { ...state, robots: { ...state.robots, r500: action.robot } } : state
    const store = createRedux(persistReducer({ key: 'fleet', storage, throttle: 0 }, reducer))
    const persistor = await new Promise((resolve) => {
      const made = persistStore(store, null, () => resolve(made))
    })
    await persistor.flush()
    const before = storage.given.bytes
    const ms = await elapsed(async () => {
      for (let step = 1; step <= changes; step += 1) {
        store.dispatch({ type: 'SET', robot: robot(500, step) })
        await persistor.flush()
      }
    })
    persistor.pause()
    await storage.db.close()
    return { ms, bytes: storage.given.bytes - before }
  },
  async "@xstate/store's persist"(folder, changes) {
    const storage = await storageAt(folder)
    const store = createXStateStore({
      context: { robots: robots() },
      on: { set: (context, { robot: next }) => ({ ...context, robots: { ...context.robots, r500: next } }) },
    }).with(persist({ name: 'fleet', storage }))
    await rehydrateStore(store) // until then it writes nothing to a storage that is asynchronous
    const before = storage.given.bytes
    const ms = await elapsed(async () => {
      for (let step = 1; step <= changes; step += 1) {
        const written = storage.next()
        store.trigger.set({ robot: robot(500, step) })
        await written
      }
    })
    await storage.db.close()
    return { ms, bytes: storage.given.bytes - before }
  },
}

async function peers() {
  const CHANGES = 200
  const found = Object.fromEntries(Object.keys(PEERS).map((name) => [name, []]))
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, run] of Object.entries(PEERS))
      found[name].push(await inFolder((folder) => run(folder, CHANGES)))
  }
  console.log('\nOne of 1 000 entities changes, and is on the disk before the next change.\n')
  console.log('| | bytes a change | ms a change | history | told of damage |\n|---|---:|---:|---|---|')
  for (const [name, runs] of Object.entries(found)) {
    const [history, told] = name === 'headgate' ? ['yes', 'yes'] : ['no', 'no']
    console.log(
      `| ${name} | ${number(Math.round(runs[0].bytes / CHANGES))} | ${(median(runs.map(({ ms }) => ms)) / CHANGES).toFixed(2)} | ${history} | ${told} |`,
    )
  }
}

await acknowledged()
await writing()
await peers()
await starting()
console.log(`\n| | target | this run | met |\n|---|---|---:|---|\n${targets.join('\n')}`)
