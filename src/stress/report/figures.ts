/**
 * Numbers as people read them, the same in the terminal and in the page: digits in threes, three significant
 * ones below a thousand, and the unit in which the figure is short.
 */

/** Writes a number with its digits in threes: `9 707`, `12.3`, `0.042`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (Number.isInteger(value) || size >= 100) {
    return String(Math.round(value)).replace(/\B(?=(?:\d{3})+$)/g, ' ')
  }
  const text = size >= 1 ? value.toPrecision(3) : value.toPrecision(2)
  return String(Number(text))
}

/** Writes a value with its unit; `bytes` become kB, MB or GB, and `ms` what is short. */
export function formatFigure(value: number, unit: string): string {
  if (unit === 'bytes') return formatBytes(value)
  if (unit === 'ms') return formatLatency(value)
  return unit === '' ? formatNumber(value) : `${formatNumber(value)} ${unit}`
}

/** Writes bytes as kB, MB or GB, of 1 000 each: `12.3 MB`. */
export function formatBytes(bytes: number): string {
  const size = Math.abs(bytes)
  if (size >= 1e9) return `${formatNumber(bytes / 1e9)} GB`
  if (size >= 1e6) return `${formatNumber(bytes / 1e6)} MB`
  return size >= 1e3 ? `${formatNumber(bytes / 1e3)} kB` : `${formatNumber(bytes)} B`
}

/** Writes how long one operation took: `420 ns`, `12.3 µs`, `4.2 ms`, `1.3 s`. */
export function formatLatency(ms: number): string {
  if (ms >= 1_000) return `${formatNumber(ms / 1_000)} s`
  if (ms >= 1 || ms <= 0) return `${formatNumber(ms)} ms`
  return ms >= 1e-3 ? `${formatNumber(ms * 1e3)} µs` : `${formatNumber(ms * 1e6)} ns`
}

/** Writes how long a run took: `340 ms`, `12.3 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${formatNumber(ms / 1_000)} s`
  const seconds = Math.round(ms / 1_000)
  const minutes = Math.round(seconds / 60)
  return seconds < 3_600
    ? `${Math.floor(seconds / 60)} min ${seconds % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** Writes how often a second something was done: whole from 10 on. */
export function formatRate(perSecond: number): string {
  return formatNumber(perSecond >= 10 ? Math.round(perSecond) : perSecond)
}

/**
 * Writes how often a second a kind of operation ran, over the whole scenario: `12 291 writes/s overall`. A threshold
 * in writes/s is of the time that the writes themselves took, so it is another figure and stands without the word.
 */
export function formatThroughput({
  kind,
  perSecond,
}: {
  readonly kind: string
  readonly perSecond: number
}): string {
  return `${formatRate(perSecond)} ${kind}s/s overall`
}

/** Writes a moment to the minute, in universal time; a text that is no moment stays as it is. */
export function formatMoment(iso: string): string {
  const moment = new Date(iso)
  if (Number.isNaN(moment.getTime())) return iso
  return `${moment.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** Writes a ratio: `1.25×`, `0.004×`. */
export function formatRatio(ratio: number): string {
  return `${ratio >= 100 ? formatNumber(ratio) : ratio >= 0.1 ? ratio.toFixed(2) : formatNumber(ratio)}×`
}

/** Says how many of a thing there are: `1 check`, `9 707 checks`. */
export function formatCount(count: number, thing: string): string {
  return `${formatNumber(count)} ${thing}${count === 1 ? '' : 's'}`
}

/** Writes a threshold's limit: `at least 5 000 writes/s`, `from 1 to 3 MB`, `no limit`. */
export function formatLimit(limit: {
  readonly atLeast: number | null
  readonly atMost: number | null
  readonly unit: string
}): string {
  const { atLeast, atMost, unit } = limit
  if (atLeast !== null && atMost !== null) {
    return `from ${formatFigure(atLeast, unit)} to ${formatFigure(atMost, unit)}`
  }
  if (atLeast !== null) return `at least ${formatFigure(atLeast, unit)}`
  return atMost === null ? 'no limit' : `at most ${formatFigure(atMost, unit)}`
}
