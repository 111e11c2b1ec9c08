/**
 * Where an actor is: `root`, and from there on the kind and the key of each child, `root/download:42/part:7`. In a key
 * `~` and `/` are written `~0` and `~1`, as in a JSON Pointer.
 */
export const ROOT = 'root'

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')

const unescaped = (key: string): string => key.replaceAll('~1', '/').replaceAll('~0', '~')

/**
 * The address of a child.
 *
 * @example
 * ```ts
 * import { addressOf } from 'headgate/actors'
 *
 * console.log(addressOf('root', 'file', 'a/b')) // → root/file:a~1b
 * ```
 */
export function addressOf<Parent extends string, Child extends string>(
  parent: Parent,
  child: Child,
  key: string,
): `${Parent}/${Child}:${string}` {
  return `${parent}/${child}:${escaped(key)}`
}

/** The ways from the root; undefined for text that is no address. */
export function stepsOf(address: string): { readonly child: string; readonly key: string }[] | undefined {
  const [root, ...parts] = String(address).split('/')
  if (root !== ROOT) return undefined
  const steps = parts.map((part) => {
    const colon = part.indexOf(':')
    return colon < 0 ? undefined : { child: part.slice(0, colon), key: unescaped(part.slice(colon + 1)) }
  })
  return steps.includes(undefined) ? undefined : (steps as { child: string; key: string }[])
}
