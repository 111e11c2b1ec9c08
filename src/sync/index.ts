/** Exact replicas of stores in other places, each at its own pace; see docs/sync.md. */

export { acceptBroadcast, broadcastSocket } from './broadcast-socket.ts'
export type { ClientStats } from './channel.ts'
export type { FrameData, Grant, Hello, Resume } from './frames.ts'
export type { Backoff } from './link.ts'
export {
  type AskOptions,
  type ConnectTo,
  linkTo,
  type Mirror,
  type MirrorStatus,
  mirror,
  type Recipe,
  type SyncLink,
  type UpdateOptions,
  type WriteResult,
} from './mirror.ts'
export type { LinkingOptions, MirrorJournal, MirrorOptions, OpenMirrorJournal } from './mirror-options.ts'
export type { Origins, RequestLike } from './origins.ts'
export { type PortLike, portSocket, socketPair } from './port-socket.ts'
export { type SyncMetrics, type SyncServer, serve } from './serve.ts'
export type { ClientFacts, Proposal, ServeOptions } from './serve-options.ts'
export { type OpenedStore, type SharedStore, type ShareOptions, shareTabs } from './share-tabs.ts'
export type { SyncSocket } from './socket.ts'
export {
  type HttpRequest,
  type HttpResponse,
  type SseAcceptor,
  type SseHandlerOptions,
  sseHandler,
} from './sse-handler.ts'
export { type SseSocketOptions, sseSocket } from './sse-socket.ts'
export { browserSocket, type WebSocketLike, wsSocket } from './web-socket.ts'
