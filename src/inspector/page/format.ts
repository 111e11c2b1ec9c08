/** Numbers and times as the page writes them. */
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** 1 234 567, with thin spaces. */
export const count = (value: number): string => whole.format(value).replaceAll(',', '\u2009')

/** `store` or `stores`. */
export const plural = (value: number, word: string): string => (value === 1 ? word : `${word}s`)

/** A number of few characters: 12.3k. */
export function short(value: number): string {
  if (value < 1_000) return value < 10 && value % 1 !== 0 ? value.toFixed(1) : String(Math.round(value))
  if (value < 1e6) return `${(value / 1e3).toFixed(value < 1e4 ? 1 : 0)}k`
  return `${(value / 1e6).toFixed(value < 1e7 ? 1 : 0)}M`
}

export function duration(ms: number): string {
  if (ms < 1) return ms === 0 ? '0' : `${(ms * 1_000).toFixed(0)} µs`
  if (ms < 1_000) return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`
}

export const clock = (at: number): string => {
  const date = new Date(at)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

export const percent = (share: number): string =>
  share > 0 && share < 0.01 ? '<1 %' : `${Math.round(share * 100)} %`
