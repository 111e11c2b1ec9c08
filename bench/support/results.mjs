/**
 * The results as data, and questions to them. A ratio is the peer's cost divided by Headgate's, in the same
 * round: above 1 the peer costs more, below 1 the peer is ahead.
 */
import { cpus } from 'node:os'
import { OURS } from '../peers/index.mjs'
import { median, quantile } from './statistics.mjs'

export function collect({ cells, kernels, repeated, late, options, seconds }) {
  return {
    node: process.versions.node,
    machine: cpus()[0].model.trim(),
    cores: cpus().length,
    date: new Date().toISOString().slice(0, 10),
    quick: options.quick,
    ...options.times,
    seconds: Math.round(seconds),
    kernel: { ns: median(kernels), q1: quantile(kernels, 0.25), q3: quantile(kernels, 0.75), repeated },
    late,
    peers: peersOf(cells),
    cells: cells.filter(wasMeasured).map(({ work, size, values, skipped }) => ({
      case: work.id,
      title: work.title,
      size: size.label,
      unit: work.unit ?? 'ns',
      ...(work.chart === undefined ? {} : { chart: work.chart, count: size.size }),
      skipped: Object.fromEntries(skipped),
      results: resultsOf(values),
    })),
  }
}

const wasMeasured = ({ values }) => [...values.values()].some((own) => own.length > 0)

function peersOf(cells) {
  const peers = new Map(cells.flatMap((cell) => cell.peers).map((peer) => [peer.id, peer]))
  return Object.fromEntries(
    [...peers].map(([id, { name, keepsSnapshots, variant = false, reference = false }]) => [
      id,
      { name, keepsSnapshots, variant, reference },
    ]),
  )
}

function resultsOf(values) {
  const ours = values.get(OURS) ?? []
  const entries = [...values].filter(([, own]) => own.length > 0)
  return Object.fromEntries(
    entries.map(([id, own]) => {
      const ratios = own.slice(0, ours.length).map((value, round) => value / ours[round])
      const spread =
        ratios.length === 0
          ? {}
          : { ratio: median(ratios), q1: quantile(ratios, 0.25), q3: quantile(ratios, 0.75) }
      return [id, { value: median(own), rounds: own.length, ...spread }]
    }),
  )
}

/** Questions to results: what Headgate costs, as a share of others. */
export class Reader {
  constructor(results) {
    this.results = results
  }

  cell(caseId, size = '') {
    return this.results.cells.find((cell) => cell.case === caseId && cell.size === size)
  }

  value(caseId, size, peer = OURS) {
    return this.cell(caseId, size)?.results[peer]?.value
  }

  /** Headgate's cost divided by a peer's: the inverse of the ratio that is shown. */
  share(caseId, size, peer) {
    const ratio = this.cell(caseId, size)?.results[peer]?.ratio
    return ratio === undefined ? undefined : 1 / ratio
  }

  /** The cheapest of those peers that a filter lets through; variants of ours and handwork are no peers. */
  best(caseId, size, filter = () => true) {
    const results = this.cell(caseId, size)?.results ?? {}
    const candidates = Object.entries(results).filter(
      ([id]) => this.isPeer(id) && filter(this.results.peers[id], id),
    )
    return candidates.sort(([, a], [, b]) => a.value - b.value)[0]?.[0]
  }

  isPeer(id) {
    const { variant, reference } = this.results.peers[id]
    return id !== OURS && !variant && !reference
  }
}
