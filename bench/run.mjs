/**
 * The peer benchmark: Headgate beside other state libraries, each measurement in a process of its own.
 * bench/README.md says how it works.
 *
 *     npm run bench -- --help
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CASES } from './cases/index.mjs'
import { loadPeers, OURS } from './peers/index.mjs'
import { installPeers } from './support/install.mjs'
import { readOptions, USAGE } from './support/options.mjs'
import { report } from './support/report.mjs'
import { collect } from './support/results.mjs'
import { measureAll } from './support/rounds.mjs'

const RESULTS = join(import.meta.dirname, 'results')
/** Here the copy finds the same rxjs and immer as the peers. */
const CACHE = join(import.meta.dirname, 'node_modules/.cache')
const began = performance.now()

/** Only the ES modules, as the benchmark imports nothing else. */
function build() {
  const script = join(import.meta.dirname, '../scripts/build.mjs')
  const { status } = spawnSync(process.execPath, [script, '--esm'], { stdio: 'inherit' })
  if (status !== 0) throw new Error('The build failed.')
}

/** A copy of the build that a run measures: another build meanwhile must not change it half way. */
function copyBuild(dist = join(import.meta.dirname, '../dist/esm')) {
  if (!existsSync(dist)) throw new Error(`There is no build in ${dist}: run \`npm run build\`.`)
  mkdirSync(CACHE, { recursive: true })
  const copy = mkdtempSync(join(CACHE, 'headgate-'))
  cpSync(dist, copy, { recursive: true })
  process.once('exit', () => rmSync(copy, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))
  return copy
}

/** What is to be measured: for each case and size, the peers that can do it. */
function planCells(peers, { quick, only, peer: wanted }) {
  const chosen = (id) => only.length === 0 || only.some((name) => id.startsWith(name))
  const takesPart = ({ id }) => wanted.length === 0 || id === OURS || wanted.includes(id)
  return CASES.filter(({ id }) => chosen(id)).flatMap((work) =>
    work.sizes
      .filter((size) => size.quick || !quick)
      .map((size) => {
        const able = peers.filter(
          (peer) =>
            takesPart(peer) && peer[work.kind] !== undefined && (peer.keepsSnapshots || !work.onlySnapshots),
        )
        return {
          work,
          size,
          peers: able,
          values: new Map(able.map(({ id }) => [id, []])),
          skipped: new Map(),
        }
      }),
  )
}

function list(peers) {
  for (const work of CASES) {
    const able = peers.filter(
      (peer) => peer[work.kind] !== undefined && (peer.keepsSnapshots || !work.onlySnapshots),
    )
    const sizes = work.sizes.map(({ label }) => label).filter((label) => label !== '')
    console.log(`${work.id}: ${work.title}${sizes.length === 0 ? '' : ` (${sizes.join('; ')})`}`)
    console.log(`    ${able.map(({ id }) => id).join(', ')}`)
  }
}

function showProgress({ steps, total, round, cell, peer }) {
  const seconds = ((performance.now() - began) / 1_000).toFixed(0)
  const words = `${steps} of ${total}, ${seconds} s: round ${round + 1}, ${cell.work.id} ${cell.size.label}, ${peer.name}`
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${words}`)
  else if (steps % 25 === 1) console.error(words)
}

async function measure(options) {
  const dist = copyBuild(options.dist)
  process.env.HEADGATE_DIST = dist
  const peers = await loadPeers()
  if (options.list) return list(peers)
  const cells = planCells(peers, options)
  if (cells.length === 0) throw new Error('No such case: --list names them.')
  const { rounds, times, lanes } = options
  const deadlineMs = options.deadlineMs - performance.now()
  const measured = await measureAll({
    cells,
    rounds,
    times,
    lanes,
    deadlineMs,
    dist,
    progress: showProgress,
  })
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  return collect({ cells, ...measured, options, seconds: (performance.now() - began) / 1_000 })
}

async function save(results, file) {
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`)
  const { writeCharts } = await import('./support/charts.mjs')
  const charts = await writeCharts(results, file.replace(/\.json$/, ''))
  console.error(`Wrote ${[file, ...charts].join(', ')}`)
}

/** The same with each other version of Node, which stores its results beside these. */
function measureOthers({ node: others, quick, readme, only, peer, rounds, minutes, dist }) {
  const words = [
    ...['--rounds', String(rounds), '--minutes', String(minutes)],
    ...(quick ? ['--quick'] : []),
    ...(readme ? ['--readme'] : []),
    ...only.flatMap((id) => ['--only', id]),
    ...peer.flatMap((id) => ['--peer', id]),
    ...(dist === undefined ? [] : ['--dist', dist]),
  ]
  for (const node of others) {
    const { status, error } = spawnSync(node, [join(import.meta.dirname, 'run.mjs'), ...words], {
      stdio: 'inherit',
    })
    if (status !== 0) throw new Error(`${node} did not measure to the end. ${error?.message ?? ''}`)
  }
}

async function main() {
  const options = readOptions()
  if (options.help) return console.log(USAGE)
  installPeers()
  if (options.build && options.from === undefined && options.dist === undefined) build()
  const results =
    options.from === undefined ? await measure(options) : JSON.parse(readFileSync(options.from, 'utf8'))
  if (results === undefined) return
  console.log(report(results))
  if (options.json !== undefined) await save(results, options.json)
  if (options.readme) {
    if (options.from === undefined)
      await save(results, join(RESULTS, `node-${process.versions.node.split('.')[0]}.json`))
    const { writeNumbers } = await import('./write-numbers.mjs')
    writeNumbers(RESULTS, { measured: options.from === undefined })
  }
  measureOthers(options)
}

try {
  await main()
} catch (error) {
  console.error(`\n${error.message}`)
  process.exitCode = 1
}
