/** The part of the extension's documented interface that is used here (reduxjs/redux-devtools, extension/docs/API). */

/** What the page finds as `__REDUX_DEVTOOLS_EXTENSION__`. */
export interface DevtoolsExtension {
  connect(options: DevtoolsFeatures): DevtoolsConnection
}

interface DevtoolsFeatures {
  readonly name: string
  /** How many actions the panel keeps. */
  readonly maxAge: number
  /** Which buttons the panel has. */
  readonly features: Readonly<Record<string, boolean | 'custom'>>
}

/** The connection to the Redux DevTools extension, as its documentation has it. */
export interface DevtoolsConnection {
  /** The panel begins anew, with this state. */
  init(state: unknown): void
  /** One more action, and the state after it; with no action, the whole of the panel's own state. */
  send(action: { readonly type: string } | null, state: unknown): void
  /** Called with what is done in the panel. */
  subscribe(listener: (message: DevtoolsMessage) => void): (() => void) | undefined
  error(message: string): void
}

/** A message of the extension. */
export interface DevtoolsMessage {
  readonly type: string
  /** What was done in the panel; the text of an action that was typed there. */
  readonly payload?: DevtoolsPayload | string | undefined
  /** As text, the state that a jump leads to. */
  readonly state?: string | undefined
}

/** What was done in the panel. */
export interface DevtoolsPayload {
  readonly type: string
  readonly status?: boolean
  readonly nextLiftedState?: { readonly computedStates?: readonly { readonly state: unknown }[] }
}

/** What is sent of a snapshot: its version stands first, so that it is found without reading the rest. */
export interface Sent {
  readonly version: number
  readonly state: unknown
}

/** The version of a state that the panel has, as text or read. */
export function versionOf(sent: unknown): number {
  const head =
    typeof sent === 'string'
      ? /^\s*\{\s*"version"\s*:\s*(\d+)/.exec(sent)?.[1]
      : (sent as Sent | null)?.version
  return Number(head ?? Number.NaN)
}

declare const process: { readonly env: { readonly NODE_ENV?: string } } | undefined

/** The extension of this page, if it has one; in production none, unless that is wanted. */
export function findExtension(inProduction: boolean): DevtoolsExtension | undefined {
  const isProduction = typeof process === 'object' && process.env.NODE_ENV === 'production'
  if (isProduction && !inProduction) return undefined
  return (globalThis as { __REDUX_DEVTOOLS_EXTENSION__?: DevtoolsExtension }).__REDUX_DEVTOOLS_EXTENSION__
}
