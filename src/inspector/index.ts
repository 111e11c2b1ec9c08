/** A page that shows running stores: who is slow, who leaks, what happened; see docs/inspector.md. */

export type { Watchables } from './inspector.ts'
export type { InspectorOptions } from './inspector-options.ts'
export type { LoopbackOptions, LoopbackServer } from './loopback-server.ts'
export { mountInspector } from './mount-inspector.ts'
export { type InspectorServer, type ServeInspectorOptions, serveInspector } from './serve-inspector.ts'
export { serveRecording } from './serve-recording.ts'
export type { Journals, Watchable, WatchedStore, WatchedSystem } from './watched.ts'
