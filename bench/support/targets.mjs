/** What was aimed at, as ratios in one run: Headgate's cost divided by the other one's, so small is good. */
import { CASES } from '../cases/index.mjs'
import { Reader } from './results.mjs'

const keeps = ({ keepsSnapshots }) => keepsSnapshots
/** Effect's `HashMap` shares structure between versions, as a collection does; the others copy their map. */
const copies = ({ keepsSnapshots }, id) => keepsSnapshots && id !== 'effect'

const kindOf = (filter) => (filter === keeps ? 'with snapshots' : filter === copies ? 'that copies' : 'peer')

const TIMED = CASES.filter(({ unit }) => unit !== 'bytes').flatMap(({ id, sizes }) =>
  sizes.map(({ label }) => [id, label]),
)

const nodeMajor = ({ node }) => Number(node.split('.')[0])

/** Each target: a name, and lines of `[what, reached, limit]`; a line whose cases were not run has no value. */
export function targetsOf(results) {
  const read = new Reader(results)
  const name = (id) => results.peers[id]?.name ?? 'nobody'
  const toPeer = (caseId, size, peer, limit, of = name(peer)) => [
    `${caseId}${size === '' ? '' : ` ${size}`}, of ${of}`,
    read.share(caseId, size, peer),
    limit,
  ]
  const toBest = (caseId, size, limit, filter) => {
    const best = read.best(caseId, size, filter)
    return toPeer(caseId, size, best, limit, `${name(best)}, the cheapest ${kindOf(filter)}`)
  }
  const toOwn = (what, value, other, limit) => [
    what,
    value === undefined || other === undefined ? undefined : value / other,
    limit,
  ]
  const value = (caseId, size, peer) => read.value(caseId, size, peer)

  return [
    [
      'T1',
      [toBest('scalar-write', '', 0.8, keeps), toPeer('scalar-write', '', 'by-hand', 2.5, 'a literal copy')],
    ],
    [
      'T2',
      [
        ...['1 000', '100 000'].flatMap((size, i) =>
          [keeps, copies].map((filter) => toBest('entity-write', size, [0.1, 0.0001][i], filter)),
        ),
        toPeer('entity-write', '100 000', 'alien-signals', 2),
      ],
    ],
    [
      'T3',
      ['1 000', '100 000'].map((size) =>
        toOwn(
          `entity-recipe ${size}, of entity-write`,
          value('entity-recipe', size),
          value('entity-write', size),
          3.5,
        ),
      ),
    ],
    [
      'T4',
      ['100', '1 000'].flatMap((size) => [
        toPeer('fan-out', size, 'by-hand', 1.4, 'an array loop'),
        toBest('fan-out', size, 0.5),
      ]),
    ],
    [
      'T5',
      [
        toPeer('keyed-fan-out', '100 000', 'alien-signals', 1.3),
        toBest('keyed-fan-out', '100 000', 0.0001, keeps),
        toOwn(
          'keyed-fan-out, 10 000 of 1 000 (one wake-up a write is verified)',
          value('keyed-fan-out', '10 000'),
          value('keyed-fan-out', '1 000'),
          2,
        ),
      ],
    ],
    [
      'T7',
      [
        toPeer('churn', 'none', 'alien-signals', 0.8),
        ...['10 000, the newest leaves', '10 000, the oldest leaves'].map((size) =>
          toOwn(`churn ${size}, of none`, value('churn', size), value('churn', 'none'), 1.3),
        ),
      ],
    ],
    [
      'T8',
      [
        toPeer('subscriber-memory', '', 'alien-signals', 0.75),
        toPeer('version-memory', '', 'rxjs', 1 / 8, 'a copied map, as immer keeps'),
      ],
    ],
    [
      'T9',
      [
        toPeer('machine-event', '', 'xstate-store', 0.2),
        toPeer('machine-event', '', 'xstate', 1 / 80),
        toOwn(
          'machine-event without a history, of xstate/store',
          value('machine-event', '', 'headgate-direct'),
          value('machine-event', '', 'xstate-store'),
          0.2,
        ),
      ],
    ],
    [
      'T10',
      [
        toOwn('bounded, 100 of 1', value('bounded', '100'), value('bounded', '1'), 1.5),
        ...['10', '100', '1 000'].map((size) => toPeer('bounded', size, 'by-hand', 0.25, 'private rings')),
      ],
    ],
    ['T11', [toPeer('array-recipe', '', 'by-hand', 5, 'a spread')]],
    [
      'T12',
      [
        ...TIMED.map(([id, size]) =>
          toPeer(id, size, 'by-hand-promises', id === 'scalar-write' ? 1.15 : 1.3, 'the same by hand'),
        ),
        ...['100', '1 000'].map((size) =>
          toPeer('fan-out', size, 'zustand', nodeMajor(results) < 24 ? 1 : 1.2),
        ),
        toPeer('churn', 'none', 'rxjs', 1),
        toPeer('churn', 'none', 'zustand', 1.5),
        toPeer('keyed-fan-out', '100 000', 'alien-signals', 1.5),
        toPeer('machine-event', '', 'xstate-store', 1),
        toPeer('scalar-recipe', '', 'rxjs', 1.05),
      ],
    ],
  ]
}
