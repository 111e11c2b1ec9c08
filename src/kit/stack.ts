/**
 * The text of a stack, whatever the process has made of `Error.prepareStackTrace`: tracers have it return the call
 * sites instead of a text, and it may throw. It is not taken away while we look: it may be what maps to sources.
 */
export function stackTextOf(site: { readonly stack?: unknown }): string {
  try {
    const { stack } = site
    if (typeof stack === 'string') return stack
    return Array.isArray(stack) ? stack.map((frame) => `    at ${String(frame)}`).join('\n') : ''
  } catch {
    return ''
  }
}
