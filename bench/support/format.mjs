/** A cost: nanoseconds in the unit that reads best, or bytes. */
export function cost(value, unit = 'ns') {
  if (unit === 'bytes') return `${Math.round(value)} B`
  if (value < 1_000) return `${value.toPrecision(3)} ns`
  if (value < 1_000_000) return `${(value / 1_000).toPrecision(3)} µs`
  return `${(value / 1_000_000).toPrecision(3)} ms`
}

/** A ratio with two digits, and spaces between thousands. */
export function times(ratio) {
  if (ratio >= 100) return String(Number(ratio.toPrecision(2))).replace(/\B(?=(\d{3})+$)/g, ' ')
  if (ratio > 0.9 && ratio < 1.1) return ratio.toPrecision(3)
  return ratio < 1e-5 ? ratio.toExponential(1) : String(Number(ratio.toPrecision(2)))
}
