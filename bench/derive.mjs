/**
 * What a write costs whose result is derived: in five shapes, beside signals, mobx, jotai, nanostores and
 * `combineLatest`.
 *
 *     node scripts/build.mjs --esm && npm ci --prefix bench && node bench/derive.mjs     some minutes
 *     … bench/derive.mjs --quick                                                         rougher
 *
 * Each peer is the same graph: sources, derived values, and a follower for each value at the end of it. Before it is
 * timed, its last value is checked, and its runs and tellings a write are counted. Each measurement has a process of
 * its own, so that none is slowed by what another has left behind, and is the lesser of the clock and of the
 * processor's time; peers take turns, and the figure is the median of the rounds. A write to a store of Headgate
 * stamps and freezes a version, which a write to a signal does not: so `its write` is measured too, with a follower
 * and nothing derived, and taken out.
 */
import { equal } from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import {
  computed as preactComputed,
  effect as preactEffect,
  signal as preactSignal,
} from '@preact/signals-core'
import { computed as alienComputed, effect as alienEffect, signal as alienSignal } from 'alien-signals'
import { atom, createStore as createJotai } from 'jotai/vanilla'
import { autorun, configure, computed as mobxComputed, observable } from 'mobx'
import { atom as nanoAtom, computed as nanoComputed } from 'nanostores'
import { BehaviorSubject, combineLatest, distinctUntilChanged, map } from 'rxjs'
import { Derived, Source } from './peers/by-hand-promises/derived.mjs'
import { nanosecondsAnOperation } from './support/clock.mjs'
import { headgate } from './support/headgate.mjs'

const ROUNDS = process.argv.includes('--quick') ? 1 : 5
const SAMPLING = { warmMs: 150, budgetMs: 100 }
const { createStore, derive } = headgate
configure({ enforceActions: 'never' })

/** A peer: `source(n)`, `derived(sources, project)`, `follow(one, tell)`, each of its own kind; and `set(source, n)`. */
const PEERS = {
  Headgate: {
    source: (n) => createStore(n),
    derived: (sources, project) => derive(sources, project),
    follow: (one, tell) => one.subscribe(({ state }) => tell(state)),
    set: (source, n) => source.set(n),
  },
  'by hand': {
    source: (n) => new Source(n),
    derived: (sources, project) => new Derived(sources, project),
    follow: (one, tell) => one.subscribe(({ state }) => tell(state)),
    set: (source, n) => source.set(n),
  },
  'alien-signals': {
    source: (n) => alienSignal(n),
    derived: (sources, project) => alienComputed(() => project(...sources.map((source) => source()))),
    follow: (one, tell) => alienEffect(() => tell(one())),
    set: (source, n) => source(n),
  },
  'preact signals': {
    source: (n) => preactSignal(n),
    derived: (sources, project) => preactComputed(() => project(...sources.map((source) => source.value))),
    follow: (one, tell) => preactEffect(() => tell(one.value)),
    set: (source, n) => {
      source.value = n
    },
  },
  mobx: {
    source: (n) => observable.box(n),
    derived: (sources, project) => mobxComputed(() => project(...sources.map((source) => source.get()))),
    follow: (one, tell) => autorun(() => tell(one.get())),
    set: (source, n) => source.set(n),
  },
  jotai: (() => {
    const store = createJotai()
    return {
      source: (n) => atom(n),
      derived: (sources, project) => atom((get) => project(...sources.map((source) => get(source)))),
      follow: (one, tell) => {
        tell(store.get(one))
        return store.sub(one, () => tell(store.get(one)))
      },
      set: (source, n) => store.set(source, n),
    }
  })(),
  nanostores: {
    source: (n) => nanoAtom(n),
    derived: (sources, project) => nanoComputed(sources, project),
    follow: (one, tell) => one.subscribe(tell),
    set: (source, n) => source.set(n),
  },
  combineLatest: {
    source: (n) => new BehaviorSubject(n),
    derived: (sources, project) =>
      combineLatest(sources).pipe(
        map((states) => project(...states)),
        distinctUntilChanged(),
      ),
    follow: (one, tell) => one.subscribe(tell),
    set: (source, n) => source.next(n),
  },
}
const sum = (...states) => states.reduce((total, state) => total + state, 0)
const range = (count) => Array.from({ length: count }, (_, n) => n)

/** Each builds its graph of a peer and returns what is written to, what is followed, and what a write of `n` makes. */
const SHAPES = {
  'its write': ({ source }) => {
    const a = source(0)
    return { writes: [a], ends: [a], expected: (n) => n }
  },
  'one source, one derived': ({ source, derived }, run) => {
    const a = source(0)
    return {
      writes: [a],
      ends: [
        derived(
          [a],
          run((n) => n + 1),
        ),
      ],
      expected: (n) => n + 1,
    }
  },
  diamond: ({ source, derived }, run) => {
    const a = source(0)
    const left = derived(
      [a],
      run((n) => n + 1),
    )
    const right = derived(
      [a],
      run((n) => n + 2),
    )
    return { writes: [a], ends: [derived([left, right], run(sum))], expected: (n) => 2 * n + 3 }
  },
  'chain of 50': ({ source, derived }, run) => {
    const a = source(0)
    const end = range(50).reduce(
      (below) =>
        derived(
          [below],
          run((n) => n + 1),
        ),
      a,
    )
    return { writes: [a], ends: [end], expected: (n) => n + 50 }
  },
  'fan of 100': ({ source, derived }, run) => {
    const a = source(0)
    return {
      writes: [a],
      ends: range(100).map((k) =>
        derived(
          [a],
          run((n) => n + k),
        ),
      ),
      expected: (n) => n + 99,
    }
  },
  '100 sources, one derived': ({ source, derived }, run) => {
    const sources = range(100).map(() => source(0))
    return { writes: sources, ends: [derived(sources, run(sum))], expected: undefined }
  },
}

function build(peer, shape) {
  const counts = { runs: 0, told: 0, last: undefined }
  const run =
    (project) =>
    (...states) => {
      counts.runs += 1
      return project(...states)
    }
  const { writes, ends, expected } = shape(peer, run)
  for (const end of ends) {
    peer.follow(end, (state) => {
      counts.told += 1
      counts.last = state
    })
  }
  let n = 0
  const write = () => {
    n += 1
    peer.set(writes[n % writes.length], n)
  }
  for (let k = 0; k < 200; k += 1) write()
  if (expected !== undefined) equal(counts.last, expected(n), 'the last value')
  const before = { ...counts }
  write()
  return { write, runs: counts.runs - before.runs, told: counts.told - before.told }
}

/** What a peer does in a shape; printed by the process that is started for it. */
function measure(name, title) {
  const { write, runs, told } = build(PEERS[name], SHAPES[title])
  const many = (count) => {
    for (let k = 0; k < count; k += 1) write()
  }
  return { ns: nanosecondsAnOperation(many, SAMPLING), runs, told }
}

function measureApart(name, title) {
  const words = ['--expose-gc', import.meta.filename, '--measure', name, title]
  return JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' }))
}

const median = (values) => values.toSorted((one, other) => one - other)[values.length >> 1]

function compare() {
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.versions.node}`)
  console.log('ns a write; without its own write; times alien-signals; (runs, told) a write')
  const own = {}
  for (const title of Object.keys(SHAPES)) {
    const results = Object.keys(PEERS).map((name) => ({ name, times: [], runs: 0, told: 0 }))
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const result of results) {
        const { ns, runs, told } = measureApart(result.name, title)
        result.times.push(ns)
        Object.assign(result, { runs, told })
      }
    }
    const isWrite = title === 'its write'
    const net = Object.fromEntries(
      results.map(({ name, times }) => [name, median(times) - (isWrite ? 0 : own[name])]),
    )
    if (isWrite) Object.assign(own, net)
    console.log(`\n${title}`)
    for (const { name, times, runs, told } of results) {
      const ratio = (net[name] / net['alien-signals']).toFixed(1)
      const columns = [Math.round(median(times)), Math.round(net[name]), ratio].map((each) =>
        `${each}`.padStart(9),
      )
      console.log(`  ${name.padEnd(15)}${columns.join('')}   (${runs}, ${told})`)
    }
  }
}

const [, , command, peer, shape] = process.argv
if (command === '--measure') console.log(JSON.stringify(measure(peer, shape)))
else compare()
