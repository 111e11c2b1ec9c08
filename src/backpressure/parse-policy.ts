import { buffer, type Overflow } from './buffer.ts'
import { direct } from './direct.ts'
import { latest } from './latest.ts'
import { type Dispatch, refuseOption } from './options.ts'
import type { Policy } from './policy.ts'

const SYNTAX = 'direct, latest[:microtask] or buffer[:CAPACITY[:OVERFLOW[:microtask]]]'

/**
 * Reads a policy from its label; the inverse of {@link policyLabel}.
 *
 * @param label - `direct` · `latest` · `latest:microtask` · `buffer` · `buffer:64` ·
 *   `buffer:64:drop-oldest` · `buffer:64:drop-oldest:microtask`.
 * @throws `POLICY_INVALID`
 */
export function parsePolicy(label: string): Policy {
  if (typeof label !== 'string') refuseOption('policy', SYNTAX, label)
  const [kind, ...words] = label.split(':')
  const [last] = words.slice(-1)
  const dispatch = (last === 'microtask' ? last : 'sync') satisfies Dispatch
  const rest = last === 'microtask' ? words.slice(0, -1) : words
  if (kind === 'direct' && words.length === 0) return direct()
  if (kind === 'latest' && rest.length === 0) return latest({ dispatch })
  if (kind === 'buffer' && rest.length <= 2) {
    const [capacity, overflow] = rest
    return buffer({
      dispatch,
      ...(capacity !== undefined && { capacity: capacity === '' ? Number.NaN : Number(capacity) }),
      // The factory checks the word and names the four that exist.
      ...(overflow !== undefined && { overflow: overflow as Overflow }),
    })
  }
  return refuseOption('policy', SYNTAX, label)
}
