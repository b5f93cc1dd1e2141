/** Turns byte streams into messages. @module */
export type { PeerCandidate } from './door/candidate.js'
export type { Rate } from './door/connection-rate.js'
export type { AbortOptions, DialOptions } from './door/dialling.js'
export type { DuplicatePolicy } from './door/duplicates.js'
export type { ServerOptions } from './door/listening.js'
export type { ReconnectOptions } from './door/reconnect-options.js'
export { PeerError } from './errors.js'
export type { PeerErrorCode, PeerErrorDetails, RefusalReason, TimeoutPhase } from './errors.js'
export * from './frame.js'
export * from './iterables.js'
export type { SchemaOptions } from './messaging/checks.js'
export type { Codec, Marks, MessageType, Parsed, RequestId } from './messaging/codec.js'
export type { HandlerOptions } from './messaging/handler-table.js'
export { jsonCodec } from './messaging/json-codec.js'
export type {
  AnswerOf,
  DataOf,
  Handler,
  HandlerContext,
  HandlerOf,
  Handlers,
  MessageMap,
  QuestionOf,
  TypeOf,
  Untyped,
} from './messaging/messages.js'
export type { RequestOptions } from './messaging/requests.js'
export type { StandardIssue, StandardResult, StandardSchema } from './messaging/standard-schema.js'
export { BaseNode } from './node/base-node.js'
export type { AttachOptions, PeerNodeOptions } from './node/node-options.js'
export { PeerNode } from './node/peer-node.js'
export type { Recipients } from './node/recipients.js'
export type { DiagnosticsChannels, ObservedMessage, OnNode } from './observe/diagnostics.js'
export type { PeerNodeEvents } from './observe/events.js'
export type { LogFields, Logger } from './observe/logger.js'
export type { NodeStats } from './observe/stats.js'
export type { Received } from './peer/inbox.js'
export type { Overflow } from './peer/overflow.js'
export type { Direction, Peer, PeerIdentity, PeerStats } from './peer/peer.js'
export * from './streams.js'
export type { Heard, HeardOf } from './topic/hearing.js'
export { Topic } from './topic/topic.js'
export type { TopicEvents, TopicStats } from './topic/topic.js'
export type { TopicOptions } from './topic/topic-options.js'
export type { TopicOverflow } from './topic/waiting-pieces.js'
export type { Bus, OnPiece, SubscribeOptions, Subscription } from './topic/bus.js'
export type { Address, Endpoint, IpAddress, PathAddress } from './transports/endpoint.js'
export { formatAddress } from './transports/endpoint.js'
export { memory } from './transports/memory.js'
export { tcp } from './transports/tcp.js'
export { tls } from './transports/tls.js'
export type { TlsOptions, TlsSettings } from './transports/tls-options.js'
export type {
  Connection,
  ConnectionOptions,
  ConnectOptions,
  Listener,
  ListenOptions,
  Proof,
  SecuredConnection,
  Transport,
} from './transports/transport.js'
export { unix } from './transports/unix.js'
export * from './web.js'
