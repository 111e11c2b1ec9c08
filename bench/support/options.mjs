import { parseArgs } from 'node:util'

export const USAGE = `npm run bench -- [options]

  --quick         under two minutes: fewer sizes, rougher
  --only CASE     only the cases whose name begins so; may be given more than once
  --peer PEER     only these peers beside Headgate; may be given more than once
  --rounds N      how many rounds (5; with --quick 3)
  --minutes M     begins nothing new after that time (60; with --quick 1.5)
  --json FILE     writes the results, and the charts beside it
  --from FILE     reads results instead of measuring
  --readme        writes bench/results/node-N.json, the charts, and the tables of README.md and docs/performance.md
  --dist FOLDER   measures another build (default dist/esm): compare before and after
  --node FILE     then measures with this executable of Node too; may be given more than once. They share the minutes
  --build         builds first, as 'npm run bench' does
  --list          lists cases and peers
`

export function readOptions() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      peer: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      minutes: { type: 'string' },
      json: { type: 'string' },
      from: { type: 'string' },
      readme: { type: 'boolean', default: false },
      dist: { type: 'string' },
      node: { type: 'string', multiple: true, default: [] },
      list: { type: 'boolean', default: false },
      build: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const rounds = values.rounds === undefined ? (values.quick ? 3 : 5) : Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds takes an integer from 1')
  const partial = values.quick || values.only.length > 0 || values.peer.length > 0
  if (values.readme && partial)
    throw new Error('--readme takes all cases and all peers: no --quick, --only or --peer')
  const minutesInAll = Number(values.minutes ?? (values.quick ? 1.5 : 60))
  const minutes = minutesInAll / (values.node.length + 1)
  if (!(minutes > 0)) throw new Error('--minutes takes a number above 0')
  const times = values.quick ? { warmMs: 120, budgetMs: 40 } : { warmMs: 250, budgetMs: 100 }
  // Two at a time disturb each other a little; rough is what was asked for.
  const lanes = values.quick ? 2 : 1
  return { ...values, rounds, times, lanes, minutes, deadlineMs: minutes * 60_000 }
}
