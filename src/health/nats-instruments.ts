import { type Row, row } from './figures.ts'
import type { MemberHealth } from './nats-health.ts'

const named = ({ stream }: MemberHealth): Record<string, string> => ({ stream })
const counter = row<MemberHealth>('counter', 'nats', named)
const gauge = row<MemberHealth>('gauge', 'nats', named)

const STATUS = { live: 0, 'catching-up': 1, disconnected: 2, closed: 3 } as const

export const MEMBER_ROWS: readonly Row<MemberHealth>[] = [
  gauge('status', '', '0 live, 1 catching up, 2 disconnected, 3 closed.', ({ status }) => STATUS[status]),
  gauge('replicas', '{server}', 'On how many servers the log is kept.', ({ replicas }) => replicas),
  gauge(
    'lag_records',
    '{record}',
    'Records that it knows of and has not read.',
    ({ lagRecords }) => lagRecords,
  ),
  gauge('lag', 's', 'How long it has been behind, or disconnected.', ({ lagMs }) => lagMs / 1_000),
  counter('records', '{record}', 'Records that it has read.', ({ records }) => records),
  counter('void', '{record}', 'Of them, those that do not count.', (figures) => figures.void),
  counter('applied', '{version}', 'Versions that the store has from records.', ({ applied }) => applied),
  counter(
    'conflicts',
    '{write}',
    'Writes that were made again, as another one came first.',
    ({ conflicts }) => conflicts,
  ),
  counter(
    'repeated',
    '{record}',
    'Records that were read twice, as they were written twice.',
    ({ repeated }) => repeated,
  ),
  counter('fenced', '{record}', 'Records of who leads no more.', ({ fenced }) => fenced),
  counter('resyncs', '{time}', 'How often the log began later than what it had.', ({ resyncs }) => resyncs),
]
