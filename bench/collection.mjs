/**
 * What it costs to write one entity among 1 000 and 100 000, and to keep a version: the collection, alone and
 * in a store, beside what one writes by hand.
 *
 *     node scripts/build.mjs --esm && node --expose-gc bench/collection.mjs       about a minute
 *     … bench/collection.mjs --quick                                              rougher
 *
 * Each measurement is a process of its own, in processor time, and the implementations take turns. Before it is timed, each must
 * have changed the one entity, and no other, and have left the version before as it was. Compare the ratios:
 * each is of two measurements of the same round.
 */
import { equal, notEqual } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { Immer } from 'immer'
import { collection, createStore } from '../dist/esm/index.js'

const entityOf = (n) => ({ id: `r${n}`, battery: n, pose: { x: 0, y: 0 } })
const entriesOf = (count) => Array.from({ length: count }, (_, n) => [`r${n}`, entityOf(n)])
const nothing = () => {}

/** Something with a current version, one write, and a look at an entity. */
const made = (first, write, look) => {
  let state = first
  return {
    write: (id, n) => {
      state = write(state, id, n)
    },
    state: () => state,
    look,
  }
}

const stored = (count, write, follow = nothing) => {
  const store = createStore({ robots: collection(entriesOf(count)), tick: 0 })
  let woken = 0
  follow(store, () => {
    woken += 1
  })
  return {
    write: (id, n) => write(store, id, n),
    state: () => store.state.robots,
    look: (robots, id) => robots.get(id),
    woken: () => woken,
  }
}

const changed = (robot, n) => ({ ...robot, battery: n })
const recipe = (n) => (draft) => {
  draft.battery = n
}
const setInStore = (store, id, n) => {
  const { state } = store
  store.set({ ...state, robots: state.robots.set(id, changed(state.robots.get(id), n)) })
}
const updateInStore = (store, id, n) =>
  store.update((draft) => {
    draft.robots = draft.robots.update(id, recipe(n))
  })
const followEach = (store, wake) => {
  for (const id of store.state.robots.ids()) store.select('robots', id).subscribe(wake)
}

const immer = new Immer({ autoFreeze: true })
const get = (robots, id) => robots.get(id)
const property = (robots, id) => robots[id]

const IMPLEMENTATIONS = {
  'collection.set': (count) =>
    made(collection(entriesOf(count)), (robots, id, n) => robots.set(id, changed(robots.get(id), n)), get),
  'collection.update': (count) =>
    made(collection(entriesOf(count)), (robots, id, n) => robots.update(id, recipe(n)), get),
  'store.set': (count) => stored(count, setInStore),
  'store.update': (count) => stored(count, updateInStore),
  'store.set, a subscriber on each': (count) => stored(count, setInStore, followEach),
  'store.update, a subscriber on each': (count) => stored(count, updateInStore, followEach),
  'object, spread': (count) =>
    made(
      Object.fromEntries(entriesOf(count)),
      (robots, id, n) => ({ ...robots, [id]: changed(robots[id], n) }),
      property,
    ),
  'object, immer': (count) =>
    made(
      immer.produce({}, (draft) => Object.assign(draft, Object.fromEntries(entriesOf(count)))),
      (robots, id, n) =>
        immer.produce(robots, (draft) => {
          draft[id].battery = n
        }),
      property,
    ),
  'Map, copied': (count) =>
    made(
      new Map(entriesOf(count)),
      (robots, id, n) => new Map(robots).set(id, changed(robots.get(id), n)),
      get,
    ),
}
const BASELINE = 'collection.set'

function check({ write, state, look, woken }, name) {
  const before = state()
  const [one, other] = [look(before, 'r3'), look(before, 'r4')]
  const wokenBefore = woken?.()
  write('r3', -1)
  equal(look(state(), 'r3').battery, -1)
  equal(look(state(), 'r4'), other)
  equal(look(before, 'r3'), one)
  equal(one.battery, 3)
  notEqual(state(), before)
  if (name.endsWith('each')) equal(woken() - wokenBefore, 1)
}

/** Milliseconds of processor time so far, the collector's threads included: others share the machine. */
function spentMs() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

/** Nanoseconds a write: the median of samples of about 3 ms; ids are picked from all over. */
function timed({ write }, count, budgetMs) {
  const ids = Array.from({ length: 1_024 }, (_, n) => `r${(n * 7_919) % count}`)
  let n = 0
  const sample = (writes) => {
    const begin = spentMs()
    for (let i = 0; i < writes; i += 1, n += 1) write(ids[n & 1_023], n)
    return spentMs() - begin
  }
  let writes = 1
  const warmUntil = performance.now() + budgetMs
  while (performance.now() < warmUntil) {
    writes = Math.max(1, Math.min(100_000, Math.round((writes * 3) / Math.max(sample(writes), 0.01))))
  }
  const samples = []
  const until = performance.now() + budgetMs
  while (performance.now() < until || samples.length < 5) samples.push((sample(writes) * 1e6) / writes)
  return samples.sort((a, b) => a - b)[samples.length >> 1]
}

/** Bytes of a version that is kept, with one entity changed in each. */
function bytesOfVersion({ write, state }, count) {
  const versions = 1_000
  const kept = []
  let n = count
  const keep = () => {
    kept.length = 0
    for (let i = 0; i < versions; i += 1, n += 1) {
      write(`r${(n * 7_919) % count}`, n)
      kept.push(state())
    }
  }
  keep()
  kept.fill(undefined) // the list stays as long as it will be
  for (let i = 0; i < 3; i += 1) globalThis.gc()
  const before = process.memoryUsage().heapUsed
  keep()
  for (let i = 0; i < 3; i += 1) globalThis.gc()
  return (process.memoryUsage().heapUsed - before) / versions
}

const [, , task, name, countWord, budgetWord] = process.argv
if (task === '--one') {
  const count = Number(countWord)
  const subject = IMPLEMENTATIONS[name](count)
  check(subject, name)
  const figure =
    budgetWord === 'bytes' ? bytesOfVersion(subject, count) : timed(subject, count, Number(budgetWord))
  process.stdout.write(`${figure}`)
} else {
  report(process.argv.includes('--quick'))
}

function measure(...words) {
  const child = ['--expose-gc', import.meta.filename ?? process.argv[1], '--one', ...words.map(String)]
  return Number(execFileSync(process.execPath, child, { encoding: 'utf8' }))
}

function report(quick) {
  const [rounds, budgetMs] = quick ? [2, 60] : [5, 150]
  const names = Object.keys(IMPLEMENTATIONS)
  const median = (figures) => [...figures].sort((a, b) => a - b)[figures.length >> 1]
  console.log(`One entity written. Node ${process.versions.node}, ${cpus()[0].model.trim()};`)
  console.log(`medians of ${rounds} rounds, each measurement a process of its own.\n`)
  for (const count of [1_000, 100_000]) {
    const figures = Object.fromEntries(names.map((each) => [each, []]))
    for (let round = 0; round < rounds; round += 1) {
      const turn = round % 2 === 0 ? names : [...names].reverse()
      for (const each of turn) figures[each].push(measure(each, count, budgetMs))
    }
    console.log(`| among ${count} | a write | to ${BASELINE} |\n|---|---:|---:|`)
    for (const each of names) {
      const ratio = median(figures[each].map((ns, round) => ns / figures[BASELINE][round]))
      console.log(`| ${each} | ${time(median(figures[each]))} | ${ratio.toPrecision(3)} |`)
    }
    console.log()
  }
  console.log('| a version of 1 000 kept, one entity changed | bytes | to immer |\n|---|---:|---:|')
  const immers = measure('object, immer', 1_000, 'bytes')
  for (const each of [
    'collection.set',
    'collection.update',
    'object, spread',
    'object, immer',
    'Map, copied',
  ]) {
    const bytes = measure(each, 1_000, 'bytes')
    console.log(`| ${each} | ${bytes.toFixed(0)} | ${(bytes / immers).toPrecision(2)} |`)
  }
}

function time(ns) {
  return ns >= 1e6
    ? `${(ns / 1e6).toFixed(1)} ms`
    : ns >= 1e4
      ? `${(ns / 1e3).toFixed(1)} µs`
      : `${ns.toFixed(0)} ns`
}
