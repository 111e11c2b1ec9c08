/** Values of a state in the form that the page is given them; see ../plain.ts. */
export type Branch = Readonly<Record<string, unknown>>

/** What has entries: not what stands for a value that JSON has no form for. */
export const isBranch = (value: unknown): value is Branch =>
  typeof value === 'object' && value !== null && !('$' in value && typeof value.$ === 'string')

export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const [keys, others] = [Object.keys(a), Object.keys(b)]
  return keys.length === others.length && keys.every((key) => isSame((a as Branch)[key], (b as Branch)[key]))
}

/** What stands for a value that JSON has no form for says what it is. */
export function leafText(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    if (!('$' in value)) return JSON.stringify(value)
    const { $, text } = value as { readonly $: string; readonly text?: unknown }
    return text === '' ? $ : `${$} ${String(text)}`
  }
  return JSON.stringify(value) ?? 'undefined'
}
