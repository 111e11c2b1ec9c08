/** What the rooms that run under Node alone share: child processes, and ports. */
export { endWithParent } from './parent-watch.ts'
export { findWs, type ListeningPort, type ListenOptions, listenForSockets } from './web-sockets.ts'
