/** @jsxImportSource preact */
/** What several views draw. */
import type { JSX } from 'preact'
import { count, percent } from './format.ts'
import type { Level } from './trouble.ts'

export interface Fates {
  readonly published: number
  readonly delivered: number
  readonly dropped: number
  readonly conflated: number
  readonly pending: number
}

const FATES = ['delivered', 'conflated', 'pending', 'dropped'] as const

/** published = delivered + dropped + conflated + pending, as one bar. */
export function FatesBar({ of }: { readonly of: Fates }): JSX.Element {
  const shares = FATES.map((fate) => [fate, of.published === 0 ? 0 : of[fate] / of.published] as const)
  const words = shares
    .filter(([fate]) => of[fate] > 0)
    .map(([fate, share]) => `${count(of[fate])} ${fate} (${percent(share)})`)
  const title = `${count(of.published)} published = ${words.join(' + ') || 'nothing yet'}`
  return (
    <span class="fates" role="img" aria-label={title} title={title}>
      {shares.map(([fate, share]) =>
        share > 0 ? <i key={fate} class={fate} style={{ flexGrow: Math.max(share, 0.015) }} /> : null,
      )}
    </span>
  )
}

export function FatesLegend(): JSX.Element {
  return (
    <span class="legend">
      {FATES.map((fate) => (
        <span key={fate}>
          <i class={fate} /> {fate}
        </span>
      ))}
    </span>
  )
}

export const Dot = ({ level, label }: { readonly level: Level; readonly label?: string }): JSX.Element => (
  <i class={`dot ${level}`} role="img" aria-label={label ?? level} />
)

const SPARK = { width: 118, height: 22 }

/** Commits of each of the last seconds. */
export function Sparkline({ rates }: { readonly rates: string }): JSX.Element {
  const values = (rates === '' ? '0,0' : rates).split(',').map(Number)
  const most = Math.max(1, ...values)
  const step = SPARK.width / Math.max(1, values.length - 1)
  const points = values.map(
    (value, i) =>
      `${(i * step).toFixed(1)},${(SPARK.height - 1 - (value / most) * (SPARK.height - 3)).toFixed(1)}`,
  )
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${SPARK.width} ${SPARK.height}`}
      aria-hidden="true"
      preserveAspectRatio="none"
    >
      <path class="area" d={`M0,${SPARK.height} L${points.join(' ')} L${SPARK.width},${SPARK.height} Z`} />
      <polyline points={points.join(' ')} />
    </svg>
  )
}

/** Commits a second, of the last seconds that are over. */
export function rateOf(rates: string): number {
  const last = rates.split(',').slice(-5).map(Number)
  return last.reduce((sum, value) => sum + value, 0) / Math.max(1, last.length)
}
