/** Turns byte streams into messages. @module */
export type { AbortOptions } from './door/dialling.js'
export type { PeerCandidate } from './door/admission.js'
export type { ServerOptions } from './door/listening.js'
export { PeerError } from './errors.js'
export type { PeerErrorCode, PeerErrorDetails, TimeoutPhase } from './errors.js'
export * from './frame.js'
export * from './iterables.js'
export type { Codec, MessageType } from './messaging/codec.js'
export type { Handler, HandlerOptions, Handlers } from './messaging/dispatcher.js'
export { BaseNode } from './node/base-node.js'
export type { AttachOptions, PeerNodeOptions } from './node/node-options.js'
export { PeerNode } from './node/peer-node.js'
export type { PeerNodeEvents } from './observe/events.js'
export type { Logger } from './observe/logger.js'
export type { Received } from './peer/inbox.js'
export type { Overflow } from './peer/overflow.js'
export type { Direction, Peer, PeerIdentity, PeerStats } from './peer/peer.js'
export * from './streams.js'
export type { Heard } from './topic/hearing.js'
export { Topic } from './topic/topic.js'
export type { TopicEvents, TopicStats } from './topic/topic.js'
export type { TopicOptions } from './topic/topic-options.js'
export type { TopicOverflow } from './topic/waiting-pieces.js'
export type { Bus, OnPiece, SubscribeOptions, Subscription } from './topic/bus.js'
export type { Address, Endpoint, IpAddress, PathAddress } from './transports/endpoint.js'
export { formatAddress } from './transports/endpoint.js'
export { memory } from './transports/memory.js'
export { tcp } from './transports/tcp.js'
export type {
  Connection,
  ConnectionOptions,
  ConnectOptions,
  Listener,
  ListenOptions,
  Transport,
} from './transports/transport.js'
export { unix } from './transports/unix.js'
export * from './web.js'
