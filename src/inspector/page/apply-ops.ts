/**
 * Applies the operations of a delta frame to plain JSON: branches that they do not touch stay the same objects.
 * `headgate/delta` does the same for any state, and is three times as large as the rest of the feed.
 */
export interface Op {
  readonly op: string
  readonly path: string
  readonly value?: unknown
}

type Container = Record<string, unknown> | unknown[]

export function applyOps(state: unknown, ops: readonly Op[]): unknown {
  // Containers that were copied for this delta are changed in place.
  const own = new Set<unknown>()
  return ops.reduce((root, op) => applyOne(root, op, own), state)
}

function applyOne(root: unknown, { op, path, value }: Op, own: Set<unknown>): unknown {
  const keys = path.split('/').slice(1).map(unescaped)
  const last = keys.pop()
  if (last === undefined) return value
  const copy = (container: unknown): Container => {
    if (own.has(container)) return container as Container
    const made = Array.isArray(container) ? [...container] : { ...(container as Record<string, unknown>) }
    own.add(made)
    return made
  }
  const top = copy(root)
  let at = top
  for (const key of keys) {
    const inner = copy((at as Record<string, unknown>)[key])
    put(at, key, inner)
    at = inner
  }
  if (!Array.isArray(at)) {
    if (op === 'remove') delete at[last]
    else put(at, last, value)
  } else if (op === 'remove') at.splice(Number(last), 1)
  else if (op === 'add') at.splice(last === '-' ? at.length : Number(last), 0, value)
  else at[Number(last)] = value
  return top
}

/** `__proto__` is a key like any other. */
function put(container: Container, key: string, value: unknown): void {
  Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true })
}

const unescaped = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~')
