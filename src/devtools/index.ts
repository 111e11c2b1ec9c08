/** Redux DevTools for stores; see docs/ui.md. */
export { connectDevtools, type DevtoolsOptions } from './connect-devtools.ts'
export type { DevtoolsConnection, DevtoolsExtension, DevtoolsMessage, DevtoolsPayload } from './extension.ts'
