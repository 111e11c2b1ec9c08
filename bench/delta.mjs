/**
 * What a delta costs: `headgate/delta` beside immer's patches, fast-json-patch, rfc6902 and jsondiffpatch.
 *
 *     npm run bench:delta
 *
 * Everyone is given the same two frozen states and must lead from the one to the other, or is not timed. Who writes
 * in place is given a copy, as it must be of a frozen state. The implementations take turns; compare ratios. The last
 * table is what Headgate holds itself to.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { applyPatches, enablePatches, freeze, produceWithPatches } from 'immer'
import { installPeers } from './support/install.mjs'
import { median } from './support/statistics.mjs'

installPeers()
const dist = (path) => pathToFileURL(join(import.meta.dirname, '../dist/esm', path)).href
const { collection } = await import(dist('index.js'))
const { applyDelta, deltaToJSON, diff } = await import(dist('delta/index.js'))
const fast = (await import('fast-json-patch')).default
const rfc6902 = await import('rfc6902')
const { diff: jsonDiff, patch: jsonPatch } = await import('jsondiffpatch')
enablePatches()

const COUNT = 1_000
const entity = (n) => ({
  id: `r${n}`,
  name: `robot ${n}`,
  battery: n % 100,
  mode: 'IDLE',
  pose: { x: n, y: 0, z: 0 },
  tags: ['a', 'b'],
})
const list = freeze(
  Array.from({ length: COUNT }, (_, n) => entity(n)),
  true,
)
const byId = freeze(Object.fromEntries(list.map((each) => [each.id, each])), true)
const change = (draft) => {
  draft.battery = 7
  draft.mode = 'ACTIVE'
  draft.pose.x = -1
}

/** Each takes a state, what the recipe makes of it, and the recipe; it returns its delta. */
const PEERS = {
  headgate: {
    make: (from, to) => diff(from, to),
    text: (delta) => JSON.stringify(deltaToJSON(delta)),
    apply: applyDelta,
    size: (delta) => delta.length,
  },
  "immer's patches": {
    make: (from, _, recipe) => produceWithPatches(from, recipe)[1],
    text: JSON.stringify,
    apply: (state, delta) => applyPatches(state, delta),
    size: (delta) => delta.length,
  },
  'fast-json-patch': {
    make: (from, to) => fast.compare(from, to),
    text: JSON.stringify,
    apply: (state, delta) => fast.applyPatch(fast.deepClone(state), delta).newDocument,
    size: (delta) => delta.length,
  },
  rfc6902: {
    make: (from, to) => rfc6902.createPatch(from, to),
    text: JSON.stringify,
    apply: (state, delta) => {
      const copy = structuredClone(state)
      rfc6902.applyPatch(copy, structuredClone(delta))
      return copy
    },
    size: (delta) => delta.length,
  },
  jsondiffpatch: {
    make: (from, to) => jsonDiff(from, to),
    text: JSON.stringify,
    apply: (state, delta) => jsonPatch(structuredClone(state), structuredClone(delta)),
    size: () => Number.NaN,
  },
}

/** Microseconds a call: medians of rounds in which all take turns. */
function timed(works, rounds = 31) {
  const samples = Object.fromEntries(Object.keys(works).map((name) => [name, []]))
  const names = Object.keys(works)
  for (let round = -5; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const begin = performance.now()
      for (let call = 0; call < 8; call += 1) works[name]()
      if (round >= 0) samples[name].push(((performance.now() - begin) * 1_000) / 8)
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(samples[name])]))
}

const kept = (from, to) => Object.keys(from).filter((key) => from[key] === to[key]).length
const us = (value) => (value < 100 ? value.toFixed(1) : value.toFixed(0))

function entities() {
  const recipe = (draft) => change(draft.r500)
  const [to] = produceWithPatches(byId, recipe)
  const deltas = Object.fromEntries(
    Object.entries(PEERS).map(([name, peer]) => [name, peer.make(byId, to, recipe)]),
  )
  for (const [name, peer] of Object.entries(PEERS)) deepStrictEqual(peer.apply(byId, deltas[name]), to, name)
  const each = (work) =>
    Object.fromEntries(Object.entries(PEERS).map(([name, peer]) => [name, () => work(peer, name)]))
  const stringify = 'JSON.stringify(state)'
  const made = timed({
    ...each((peer) => peer.make(byId, to, recipe)),
    [stringify]: () => JSON.stringify(to),
  })
  const applied = timed(each((peer, name) => peer.apply(byId, deltas[name])))
  const bytes = JSON.stringify(to).length
  console.log(
    `Three fields of one of ${COUNT} entities in a plain object; JSON of the state: ${bytes} bytes, ${us(made[stringify])} µs.\n`,
  )
  console.log(
    '| | delta, bytes | made, µs | beside JSON.stringify | applied, µs | entities that kept their identity |',
  )
  console.log('|---|---:|---:|---:|---:|---:|')
  for (const [name, peer] of Object.entries(PEERS)) {
    const ratio = (made[name] / made[stringify]).toFixed(3)
    const same = kept(byId, peer.apply(byId, deltas[name]))
    console.log(
      `| ${name} | ${peer.text(deltas[name]).length} | ${us(made[name])} | ${ratio} | ${us(applied[name])} | ${same} of ${COUNT} |`,
    )
  }
  return { size: PEERS.headgate.text(deltas.headgate).length / bytes, time: made.headgate / made[stringify] }
}

function inCollection() {
  const from = collection(list.map((each) => [each.id, each]))
  const to = from.update('r500', change)
  const text = () => JSON.stringify([...to])
  deepStrictEqual([...applyDelta(from, diff(from, to))], [...to])
  const spent = timed({ diff: () => diff(from, to), text, apply: () => applyDelta(from, diff(from, to)) })
  console.log(
    `\nThe same in a collection: made in ${us(spent.diff)} µs, ${(spent.diff / spent.text).toFixed(4)} of JSON.stringify; made and applied in ${us(spent.apply)} µs.\n`,
  )
  return spent.diff / spent.text
}

function lists() {
  const recipes = {
    unshift: (draft) => void draft.unshift(entity(-1)),
    shift: (draft) => void draft.shift(),
    'splice one out': (draft) => void draft.splice(500, 1),
    'splice one in': (draft) => void draft.splice(500, 0, entity(-1)),
    'shift, and change another': (draft) => {
      draft.shift()
      change(draft[700])
    },
    'the last to the front': (draft) => void draft.unshift(draft.pop()),
    reverse: (draft) => void draft.reverse(),
  }
  console.log(
    `A list of ${COUNT} entities; JSON of it: ${JSON.stringify(list).length} bytes. Operations, and bytes of JSON.\n`,
  )
  console.log(`| | ${Object.keys(PEERS).join(' | ')} |\n|---|${'---:|'.repeat(Object.keys(PEERS).length)}`)
  const counts = {}
  for (const [what, recipe] of Object.entries(recipes)) {
    const [to] = produceWithPatches(list, recipe)
    const cells = Object.entries(PEERS).map(([name, peer]) => {
      // Its alignment is quadratic: a reversed list of 1 000 takes minutes.
      if (name === 'rfc6902') return '–'
      const delta = peer.make(list, to, recipe)
      deepStrictEqual(peer.apply(list, delta), to, `${name}: ${what}`)
      if (name === 'headgate') counts[what] = delta.length
      const size = peer.size(delta)
      return `${Number.isNaN(size) ? '' : `${size}, `}${peer.text(delta).length} B`
    })
    console.log(`| ${what} | ${cells.join(' | ')} |`)
  }
  return Math.max(counts.unshift, counts.shift, counts['splice one out'], counts['splice one in'])
}

console.log(
  `Node ${process.versions.node}, ${cpus()[0].model.trim()}; medians of 31 rounds, everyone in turn.\n`,
)
const { size, time } = entities()
const collected = inCollection()
const operations = lists()
console.log('\n| target | | |\n|---|---|---|')
for (const [what, value, most] of [
  ['bytes of the delta of one of 1 000 entities, of those of the state', size, 1 / 500],
  ['time of its diff, of JSON.stringify', time, 1 / 5],
  ['the same in a collection', collected, 1 / 20],
  ['operations of unshift, shift and splice of one of 1 000', operations, 2],
]) {
  console.log(
    `| ${what} | ${Number(value.toPrecision(3))}, at most ${most} | ${value <= most ? 'held' : 'MISSED'} |`,
  )
  if (value > most) process.exitCode = 1
}
