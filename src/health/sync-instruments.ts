import { type Row, row } from './figures.ts'
import type { ClientLag, MirrorHealth, ServerHealth } from './sync-health.ts'

const serverNamed = ({ name }: ServerHealth): Record<string, string> => ({ served: name })
const serverCounter = row<ServerHealth>('counter', 'server', serverNamed)
const serverGauge = row<ServerHealth>('gauge', 'server', serverNamed)
const mirrorNamed = ({ name }: MirrorHealth): Record<string, string> => ({ mirror: name })
const mirrorCounter = row<MirrorHealth>('counter', 'mirror', mirrorNamed)
const mirrorGauge = row<MirrorHealth>('gauge', 'mirror', mirrorNamed)

const most = (lagging: readonly ClientLag[], of: (lag: ClientLag) => number): number =>
  lagging.reduce((most, lag) => Math.max(most, of(lag)), 0)

export const SERVER_ROWS: readonly Row<ServerHealth>[] = [
  serverGauge('clients', '{client}', 'Clients that mirror the store.', ({ clients }) => clients),
  serverGauge(
    'lag_versions',
    '{version}',
    'Versions that the client has not, which lacks the most.',
    ({ lagging }) => most(lagging, ({ versions }) => versions),
  ),
  serverGauge(
    'lag',
    's',
    'How long the oldest frame to a client has been without an answer.',
    ({ lagging }) => most(lagging, ({ ms }) => ms / 1_000),
  ),
  serverGauge(
    'held',
    'By',
    'Bytes that wait for clients, of the whole server.',
    ({ heldBytes }) => heldBytes,
  ),
  serverCounter('deltas_made', '{text}', 'Texts of deltas that were made.', ({ deltasMade }) => deltasMade),
  serverCounter('states_made', '{text}', 'Texts of states that were made.', ({ statesMade }) => statesMade),
  serverGauge(
    'connections',
    '{connection}',
    'Open connections, of the whole server.',
    ({ connections }) => connections,
  ),
  serverCounter(
    'accepted',
    '{connection}',
    'Connections that were taken, of the whole server.',
    ({ accepted }) => accepted,
  ),
  serverCounter(
    'turned_away',
    '{connection}',
    'Connections that were one too many, of the whole server.',
    ({ turnedAway }) => turnedAway,
  ),
  serverCounter(
    'protocol_errors',
    '{connection}',
    'Connections that were ended for what they sent, of the whole server.',
    ({ protocolErrors }) => protocolErrors,
  ),
]

const STATUS = { live: 0, connecting: 1, stale: 2, closed: 3 } as const
const RESYNCS = ['damaged', 'epoch', 'gap'] as const

export const MIRROR_ROWS: readonly Row<MirrorHealth>[] = [
  mirrorGauge('status', '', '0 live, 1 connecting, 2 stale, 3 closed.', ({ status }) => STATUS[status]),
  mirrorGauge(
    'lag_versions',
    '{version}',
    'Versions that it knows of and has not.',
    ({ lagVersions }) => lagVersions,
  ),
  mirrorGauge(
    'lag',
    's',
    'How long it has been behind, or without a connection.',
    ({ lagMs }) => lagMs / 1_000,
  ),
  ...RESYNCS.map((kind) =>
    mirrorCounter(
      'resyncs',
      '{time}',
      'How often it asked for a state or for what was missing.',
      ({ resyncs }) => resyncs[kind],
      ({ name }) => ({ mirror: name, kind }),
    ),
  ),
]
