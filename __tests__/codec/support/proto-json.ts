/** What a snapshot must say, read off the protobuf JSON of its message, by other means than the codec's. */

export interface ProtoJson {
  readonly snapshotId?: { readonly value?: string }
  readonly timestamp?: string
  readonly currentState?: string | number
  readonly history?: readonly ProtoJsonTransition[]
  readonly contextData?: Readonly<Record<string, string>>
  readonly fsmInstanceId?: { readonly value?: string }
  readonly stateMetadata?: Readonly<Record<string, string>>
  readonly sourceModule?: string
  readonly attemptCount?: number
}

interface ProtoJsonTransition {
  readonly timestamp?: string
  readonly fromState?: string | number
  readonly toState?: string | number
  readonly triggerEvent?: string
  readonly status?: string | number
  readonly errorMessage?: string
}

const stateName = (state: string | number = 'UNSPECIFIED'): string =>
  typeof state === 'number' ? `UNKNOWN_${state}` : state

/** Milliseconds, and the nanoseconds below them, of an RFC 3339 text. */
function instant(text: string): { ms: number; nanos: number } {
  const fraction = (/\.(\d+)Z$/.exec(text)?.[1] ?? '').padEnd(9, '0')
  return {
    ms: Date.parse(text.replace(/\.\d+Z$/, 'Z')) + Number(fraction.slice(0, 3)),
    nanos: Number(fraction.slice(3)),
  }
}

const idOf = (uuid: { readonly value?: string } | undefined): string | null =>
  uuid === undefined ? null : (uuid.value ?? '')

export function snapshotFacts(json: ProtoJson): object {
  const metadata = json.stateMetadata ?? {}
  const time = json.timestamp === undefined ? { ms: 0, nanos: 0 } : instant(json.timestamp)
  return {
    version: Number(metadata.dto_version ?? 0),
    reason: metadata.dto_reason ?? '',
    source: json.sourceModule ?? '',
    tsWall: time.ms,
    // Within a rounding; the exact rule has tests of its own.
    tsMono: Math.round(Number(metadata.dto_ts_mono ?? 0) * 1e6) / 1e3,
    metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => !key.startsWith('dto_'))),
    state: {
      current: stateName(json.currentState),
      previous: metadata.dto_prev_state ?? null,
      attempts: json.attemptCount ?? 0,
    },
    wire: {
      snapshotId: idOf(json.snapshotId),
      instanceId: idOf(json.fsmInstanceId),
      nanos: time.nanos,
      omitted: [
        ...(json.timestamp === undefined ? ['timestamp'] : []),
        ...['dto_version', 'dto_reason', 'dto_ts_mono'].filter((key) => !(key in metadata)),
      ],
    },
  }
}

export const contextFacts = (json: ProtoJson): object => json.contextData ?? {}

export function recordFacts(json: ProtoJsonTransition): object {
  const time = json.timestamp === undefined ? undefined : instant(json.timestamp)
  return {
    from: stateName(json.fromState),
    to: stateName(json.toState),
    event: json.triggerEvent ?? '',
    status: stateName(json.status),
    errorMessage: json.errorMessage ?? '',
    tsWall: time?.ms ?? 0,
    tsMono: 0,
    ...(time !== undefined && { tsNanos: time.nanos }),
  }
}
