/**
 * What a machine is in, for people: the names from the outermost state on, and regions side by side.
 *
 *   { ACTIVE: { base: 'still', grip: 'open' } }    ACTIVE (base still, grip open)
 */
export function stateText(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(([name, inner]) => {
      if (typeof inner === 'string') return `${name} ${inner}`
      const text = stateText(inner)
      return text === '' ? name : `${name} (${text})`
    })
    .join(', ')
}
