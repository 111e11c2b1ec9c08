/**
 * What a journal loses: processes killed with SIGKILL while they write as fast as they can, files that are damaged, and
 * a disk that is full.
 *
 *     npm run bench:journal -- or: node bench/journal-faults.mjs 200        that many kills
 *
 * A child says each version that was acknowledged on its standard output, and is killed at a random moment. What it said
 * must be there, and what is there must be a state that was written. The full disk is a tmpfs of 48 MiB, which needs the
 * right to mount it; else it is left out.
 */
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createStore, engineAt, inFolder, openJournal } from './support/journal.mjs'

const stateOf = (n) => ({ n, first: `${n}`, ballast: `${n}`.padStart(400, '.'), last: `${n}` })
const isWhole = ({ state }) => JSON.stringify(state) === JSON.stringify(stateOf(state.n))

async function child(folder) {
  const store = createStore(stateOf(0), { name: 'fleet' })
  const journal = await openJournal(store, engineAt(folder), { snapshotEvery: 100 })
  let n = store.state.n
  const write = async () => {
    for (;;) {
      n += 1
      const snapshot = store.set(stateOf(n))
      await journal.durable(snapshot)
      process.stdout.write(`${snapshot.state.n}\n`)
    }
  }
  process.stdout.write('ready\n')
  await Promise.all(Array.from({ length: 16 }, write))
}

/** Kills a child at a random moment after it was ready; returns the newest number that it had acknowledged. */
function killed(folder) {
  const process_ = spawn(process.execPath, [import.meta.filename, 'child', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  return new Promise((resolve, reject) => {
    process_.on('error', reject)
    process_.stdout.setEncoding('utf8').on('data', (chunk) => {
      if (text === '') delay(Math.random() * 150).then(() => process_.kill('SIGKILL'))
      text += chunk
    })
    process_.on('close', () => {
      const whole = text.slice(0, text.lastIndexOf('\n') + 1)
      resolve(
        whole
          .split('\n')
          .filter((line) => /^\d+$/.test(line))
          .map(Number),
      )
    })
  })
}

async function recovered(folder) {
  const store = createStore(stateOf(0), { name: 'fleet' })
  await (await openJournal(store, engineAt(folder))).close()
  return store
}

async function kills(count) {
  const tally = { acknowledged: 0, lost: 0, wrong: 0, refused: 0 }
  await inFolder(async (folder) => {
    for (let round = 0; round < count; round += 1) {
      const said = await killed(folder)
      tally.acknowledged += said.length
      try {
        const store = await recovered(folder)
        if (store.state.n < Math.max(0, ...said)) tally.lost += 1
        if (!isWhole(store)) tally.wrong += 1
      } catch (error) {
        tally.refused += 1
        console.error(error)
      }
    }
  })
  const { acknowledged, lost, wrong, refused } = tally
  console.log(
    `J1: ${count} kills, ${acknowledged} acknowledged: lost ${lost}, wrong states ${wrong}, refused ${refused}.`,
  )
}

const ROUNDS = 50
const RETRY_MS = 100

async function fullDisk(parent) {
  const mount = join(parent, 'small')
  mkdirSync(mount)
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', mount]).status !== 0) {
    console.log('J2: left out; a tmpfs cannot be mounted here.')
    return
  }
  try {
    const store = createStore(stateOf(0), { name: 'fleet' })
    const journal = await openJournal(store, engineAt(mount), {
      retryMs: RETRY_MS,
      keep: 100,
      snapshotEvery: 100,
    })
    const ballast = join(mount, 'ballast')
    let [n, refused, full, longestMs] = [0, 0, 0, 0]
    for (let round = 0; round < ROUNDS; round += 1) {
      fill(ballast)
      for (let write = 0; write < 200; write += 1) {
        n += 1
        try {
          store.set(stateOf(n))
        } catch {
          refused += 1
        }
        if (write % 20 === 0) await delay(1)
      }
      await delay(RETRY_MS)
      if (journal.status === 'degraded') full += 1
      rmSync(ballast)
      const beganMs = performance.now()
      await journal.durable()
      longestMs = Math.max(longestMs, performance.now() - beganMs)
    }
    await journal.close()
    const again = await recovered(mount)
    const lost = again.state.n < n || !isWhole(again)
    console.log(
      `J2: a disk filled and freed ${ROUNDS} times, full in ${full}: ${n} writes, ${refused} refused, ${lost ? 'something' : 'nothing'} lost; live again within ${longestMs.toFixed(0)} ms (2 × retryMs is ${2 * RETRY_MS}).`,
    )
  } finally {
    spawnSync('umount', [mount])
  }
}

/** Writes zeros until nothing fits: large pieces, then small ones. */
function fill(path) {
  for (const bytes of [1 << 20, 1 << 12]) {
    const piece = Buffer.alloc(bytes)
    try {
      for (;;) writeFileSync(path, piece, { flag: 'a' })
    } catch {
      // it is full for pieces of this size
    }
  }
}

/** The newest file of LevelDB, damaged at each of 100 places: told, or in the end that is gone. */
async function damages(how, change) {
  const tally = { opening: 0, verify: 0, end: 0, harmless: 0, wrong: 0, silent: 0 }
  const COMMITS = 200
  await inFolder(async (parent) => {
    const made = join(parent, 'made')
    const store = createStore(stateOf(0), { name: 'fleet' })
    const journal = await openJournal(store, engineAt(made), { snapshotEvery: 50 })
    for (let n = 1; n <= COMMITS; n += 1) {
      store.set(stateOf(n))
      if (n % 10 === 0) await journal.durable()
    }
    await journal.close()
    const outcome = async (folder) => {
      const again = createStore(stateOf(0), { name: 'fleet' })
      let opened
      try {
        opened = await openJournal(again, engineAt(folder))
      } catch {
        return 'opening'
      }
      try {
        const { n } = again.state
        const { damaged, gaps } = await opened.verify()
        const kept = []
        for await (const snapshot of opened.commits()) {
          if (!isWhole(snapshot) || snapshot.version !== snapshot.state.n) return 'wrong'
          kept.push(snapshot.version)
        }
        if (!isWhole(again) || again.snapshot.version !== n) return 'wrong'
        if (damaged.length > 0 || gaps.length > 0) return 'verify'
        if (kept.length <= n) return 'silent'
        return n < COMMITS ? 'end' : 'harmless'
      } finally {
        await opened.close()
      }
    }
    for (let place = 0; place < 100; place += 1) {
      const copy = join(parent, `copy-${place}`)
      cpSync(made, copy, { recursive: true })
      const log = readdirSync(join(copy, 'db'))
        .filter((name) => name.endsWith('.log'))
        .sort()
        .at(-1)
      const file = join(copy, 'db', log)
      writeFileSync(file, change(readFileSync(file), place / 100))
      tally[await outcome(copy)] += 1
      rmSync(copy, { recursive: true })
    }
  })
  const { opening, verify, end, harmless, wrong, silent } = tally
  console.log(
    `J6: 100 ${how}: told by opening ${opening}, by verify() ${verify}, in the end that is gone ${end}, of no consequence ${harmless}; wrong states ${wrong}, silent gaps ${silent}.`,
  )
}

const flipped = (bytes, at) => {
  const place = Math.floor(at * bytes.length)
  bytes[place] ^= 1 << (place % 8)
  return bytes
}
const cut = (bytes, at) => bytes.subarray(0, Math.floor(at * bytes.length))

const [, , first = '25', folder] = process.argv
if (first === 'child') await child(folder)
else {
  await kills(Number(first))
  await damages('flipped bits', flipped)
  await damages('cuts', cut)
  await inFolder(fullDisk)
}
