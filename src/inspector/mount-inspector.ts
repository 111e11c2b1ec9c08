import { Inspector, type Watchables } from './inspector.ts'
import { type InspectorOptions, inspectorSettings } from './inspector-options.ts'

/**
 * Shows the inspector inside of a page, for the stores of that page. It needs no server.
 *
 * @example
 * ```ts
 * import { createStore } from 'headgate'
 * import { mountInspector } from 'headgate/inspector'
 *
 * const robot = createStore({ battery: 90 }, { name: 'robot' })
 * const show = (element: HTMLElement) => mountInspector(element, [robot], { allowControl: true })
 * ```
 * @param stores - stores, machine stores, systems, derived values, views; a function is asked again at each interval.
 * @returns takes it away, with all that it holds.
 * @throws `OPTION_INVALID`, `OPTION_UNKNOWN`
 */
export function mountInspector(
  element: HTMLElement,
  stores: Watchables,
  options: InspectorOptions = {},
): () => void {
  const inspector = new Inspector(stores, inspectorSettings(options, 'mountInspector()'))
  let unmount = (): void => {
    unmount = () => {}
    inspector.close()
  }
  void show(element, inspector, (mounted) => {
    unmount = mounted
  })
  return () => unmount()
}

/** Loaded when it is shown: who serves the page needs nothing of it. */
async function show(
  element: HTMLElement,
  inspector: Inspector,
  mounted: (unmount: () => void) => void,
): Promise<void> {
  const { mountEmbedded } = await import('./embedded-page.js')
  if (!inspector.facts.closed) mounted(mountEmbedded(element, inspector))
}
