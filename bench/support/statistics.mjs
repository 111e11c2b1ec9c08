const sorted = (numbers) => [...numbers].sort((a, b) => a - b)

/** The value below which a share of the numbers lies, between neighbours in proportion. */
export function quantile(numbers, share) {
  const ordered = sorted(numbers)
  const position = (ordered.length - 1) * share
  const below = Math.floor(position)
  const above = Math.ceil(position)
  return ordered[below] + (ordered[above] - ordered[below]) * (position - below)
}

export const median = (numbers) => quantile(numbers, 0.5)
