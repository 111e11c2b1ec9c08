/**
 * What a snapshot costs to encode and decode, beside `JSON.stringify` and `JSON.parse` of the same snapshot.
 *
 *     npm run build && node bench/codec.mjs
 *
 * The snapshot has 100 records of history and 100 context keys of mixed types. Before anything is timed, each
 * form must bring the same snapshot back. JSON checks nothing and freezes nothing; the codec does both, so a
 * ratio above 1 is what that and the smaller message cost.
 */
import { deepStrictEqual } from 'node:assert'
import { cpus } from 'node:os'
import { bench, do_not_optimize, run, summary } from 'mitata'
import {
  decodeSnapshot,
  encodeSnapshot,
  fromJSON,
  fromProto,
  toJSON,
  toProto,
} from '../dist/esm/codec/index.js'

const ENTRIES = 100

const VALUES = [(n) => `text ${n}`, (n) => n * 0.5, (n) => n % 2 === 0, (n) => ({ x: n, y: [n, null] })]

const history = Array.from({ length: ENTRIES }, (_, n) => ({
  from: n % 2 === 0 ? 'IDLE' : 'ACTIVE',
  to: n % 2 === 0 ? 'ACTIVE' : 'IDLE',
  event: n % 2 === 0 ? 'PROPOSALS_RECEIVED' : 'NO_PROPOSALS',
  status: 'SUCCESS',
  errorMessage: '',
  tsWall: 1_700_000_000_000 + n,
  tsMono: 0,
}))
const context = Object.fromEntries(
  Array.from({ length: ENTRIES }, (_, n) => [`key_${n}`, VALUES[n % VALUES.length](n)]),
)
const snapshot = {
  version: ENTRIES,
  state: { current: 'IDLE', previous: 'ACTIVE', context, history, attempts: ENTRIES },
  reason: 'NO_PROPOSALS',
  source: 'bench',
  tsWall: 1_700_000_000_100,
  tsMono: 12_345.678,
  metadata: {},
}
const identity = { snapshotId: '6f9619ff-8b86-4d01-b42d-00cf4fc964f1' }

const message = toProto(snapshot, identity)
const bytes = encodeSnapshot(snapshot, identity)
const text = JSON.stringify(snapshot)
const ownText = JSON.stringify(toJSON(snapshot))

/** A decoded snapshot without what only the wire has. */
function comparable({ wire: _wire, ...decoded }) {
  const records = decoded.state.history.map(({ tsNanos: _nanos, ...record }) => record)
  return { ...decoded, state: { ...decoded.state, history: records } }
}

deepStrictEqual(comparable(decodeSnapshot(bytes)), snapshot)
deepStrictEqual(comparable(fromProto(message)), snapshot)
deepStrictEqual(JSON.parse(text), snapshot)
deepStrictEqual(fromJSON(ownText), snapshot)

summary(() => {
  bench('encode: JSON.stringify', () => do_not_optimize(JSON.stringify(snapshot)))
  bench('encode: JSON.stringify(toJSON)', () => do_not_optimize(JSON.stringify(toJSON(snapshot))))
  bench('encode: toProto', () => do_not_optimize(toProto(snapshot, identity)))
  bench('encode: encodeSnapshot', () => do_not_optimize(encodeSnapshot(snapshot, identity)))
})
summary(() => {
  bench('decode: JSON.parse', () => do_not_optimize(JSON.parse(text)))
  bench('decode: fromJSON', () => do_not_optimize(fromJSON(ownText)))
  bench('decode: fromProto', () => do_not_optimize(fromProto(message)))
  bench('decode: decodeSnapshot', () => do_not_optimize(decodeSnapshot(bytes)))
})

const { benchmarks } = await run()

const medians = new Map(benchmarks.map(({ alias, runs }) => [alias, runs[0].stats.p50]))
const SIZES = { 'JSON.stringify': text, 'JSON.stringify(toJSON)': ownText, encodeSnapshot: bytes }
const ROWS = [...medians].map(([alias, p50]) => {
  const [direction, work] = alias.split(': ')
  const base = medians.get(direction === 'encode' ? 'encode: JSON.stringify' : 'decode: JSON.parse')
  const size = SIZES[work] === undefined ? '' : SIZES[work].length
  return `| \`${work}\` | ${(p50 / 1_000).toFixed(0)} µs | ${(p50 / base).toFixed(2)} | ${size} |`
})
console.log(`\nNode ${process.versions.node}, ${cpus()[0].model.trim()}; medians.\n`)
console.log(['| work | time | beside JSON | bytes |', '|---|---|---|---|', ...ROWS].join('\n'))
