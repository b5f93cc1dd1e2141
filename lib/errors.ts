/** What can be wrong with bytes on the wire, or with a message that is to become such bytes. */
export type FramingErrorCode =
  /** A message is longer than `maxMessageLength`, or than its length field can say; decoding and encoding. */
  | 'ERR_MESSAGE_TOO_LARGE'
  /** Decoding: the input ended inside a frame. */
  | 'ERR_FRAME_TRUNCATED'
  /** The length field says no length that a frame can have; encoding: no length describes the message. */
  | 'ERR_LENGTH_INVALID'

/** What can go wrong with a peer, or with the node that holds it. */
export type PeerErrorCode =
  /** `send`, `closePeer`, `drained`: no peer has this id. A `Peer` that has left takes nothing, and throws nothing. */
  | 'ERR_PEER_UNKNOWN'
  /**
   * `connectTo`, `disconnect`: the node turned the connection away; `reason` says why. `connectWebSocket`: the server took no
   * connection.
   */
  | 'ERR_PEER_REFUSED'
  /**
   * `disconnect`: more than `outboundLimit` waited for the peer, or it took nothing for `sendTimeoutMs`. `request`: so much
   * waited, and the question was dropped.
   */
  | 'ERR_SLOW_CONSUMER'
  /** `readRaw`, `addHandler`, `request`: another loop, or handlers, take the messages. */
  | 'ERR_READER_BUSY'
  /** `startServer`: the node listens there already. */
  | 'ERR_ALREADY_LISTENING'
  /** `connectTo`, `startServer`, `start`, `attach`, `request`: the node is closed, or is closing. */
  | 'ERR_NODE_CLOSED'
  /**
   * `sendLong`, `disconnect`: the peer has left before all was sent. `request`: before its answer had come.
   * `connectWebSocket`: the connection broke.
   */
  | 'ERR_PEER_GONE'
  /** `connectTo`, `disconnect`, `request`: a wait ran out; `phase` says which. */
  | 'ERR_TIMEOUT'
  /** `request`: the handler there threw, or there is none; the message is what the peer says of it. */
  | 'ERR_REQUEST_FAILED'
  /** `error` of a topic: its bus did not take a piece, or may not have. */
  | 'ERR_NOT_PUBLISHED'
  /** `error` of a topic: a piece of another version, one whose frames are not whole, or a message that its codec refused. */
  | 'ERR_PIECE_INVALID'

/** The numbers that explain a {@link FramingError}; each is `undefined` where it says nothing. All lengths are bytes. */
export interface FramingErrorDetails {
  /** Where the frame starts, counted from the first byte of the stream. */
  readonly offset?: number | undefined
  /** How many frames came before this one. */
  readonly frameIndex?: number | undefined
  /** The length that was refused; for a truncated frame, the bytes of it that arrived. */
  readonly length?: number | undefined
  /** The longest length that would have been accepted; for a truncated frame, the bytes it should have. */
  readonly limit?: number | undefined
  /** A guess at what the bytes are, for the person who reads the log. */
  readonly hint?: string | undefined
}

/** The wire's fault: bytes that are no frame, or a message that no frame can carry. */
export class FramingError extends Error {
  override readonly name: string = 'FramingError'
  readonly code: FramingErrorCode
  readonly offset: number | undefined
  readonly frameIndex: number | undefined
  readonly length: number | undefined
  readonly limit: number | undefined
  readonly hint: string | undefined

  constructor(code: FramingErrorCode, message: string, details: FramingErrorDetails = {}) {
    super(details.hint === undefined ? message : `${message} (${details.hint})`)
    this.code = code
    this.offset = details.offset
    this.frameIndex = details.frameIndex
    this.length = details.length
    this.limit = details.limit
    this.hint = details.hint
  }
}

/** A message longer than the limit, or than its length field can say. */
export class MessageTooLargeError extends FramingError {
  override readonly name = 'MessageTooLargeError'

  constructor(action: 'read' | 'write', details: FramingErrorDetails & { length: number; limit: number }) {
    const where = details.offset === undefined ? '' : ` of the frame at offset ${details.offset}`
    super(
      'ERR_MESSAGE_TOO_LARGE',
      `Cannot ${action} message${where}: length is ${details.length}, limit is ${details.limit}`,
      details,
    )
  }
}

/** The stream ended inside a frame. `length` bytes of the frame arrived; `limit` were needed, where its header tells. */
export class FrameTruncatedError extends FramingError {
  override readonly name = 'FrameTruncatedError'

  constructor(details: FramingErrorDetails & { length: number }) {
    const { offset = 0, length, limit } = details
    const where = limit === undefined ? `${length} bytes, inside its header` : `${length} of ${limit} bytes`
    super('ERR_FRAME_TRUNCATED', `Cannot read frame at offset ${offset}: stream ended after ${where}`, details)
  }
}

/** A length field whose bytes say no length that a frame can have. */
export class LengthInvalidError extends FramingError {
  override readonly name = 'LengthInvalidError'

  constructor(message: string, details: FramingErrorDetails = {}) {
    super('ERR_LENGTH_INVALID', message, details)
  }
}

/** Which wait ran out when a {@link PeerError} says `ERR_TIMEOUT`. */
export type TimeoutPhase = 'connect' | 'handshake' | 'first-message' | 'frame' | 'idle' | 'close' | 'request'

/** Why a connection was turned away, as `node.stats()` counts it and an `ERR_PEER_REFUSED` has it as its `reason`. */
export type RefusalReason =
  /** Its address is in the `blockList`. */
  | 'blocked'
  /** Its host came more often than `connectionRate` says. */
  | 'connection-rate'
  /** As many as `maxPeers` are in already. */
  | 'max-peers'
  /** As many as `maxPeersPerHost` of its host are in already. */
  | 'max-peers-per-host'
  /** The process has no more files left, but for a reserve. */
  | 'file-limit'
  /** It was not admitted yet when others came, and more than `maxPending` were not. */
  | 'max-pending'
  /** `goodPeer` said something else than `true`, or threw. */
  | 'good-peer'
  /** It was not admitted within `handshakeTimeoutMs`. */
  | 'timeout'
  /** Its remote, by its identity, is connected already: see `duplicates`. */
  | 'duplicate'
  /** The handshake of its transport failed: of TLS, or of WebSocket. */
  | 'handshake'
  /** The node is closing. */
  | 'closing'
  /** Something else went wrong on its way in: a `createDecoder` of yours that throws, for example. */
  | 'failed'

/** The facts that explain a {@link PeerError}; each is `undefined` where it says nothing. */
export interface PeerErrorDetails {
  /** Id of the peer, where the fault is one peer's. */
  readonly peer?: string | undefined
  /** Which wait ran out, for `ERR_TIMEOUT`. */
  readonly phase?: TimeoutPhase | undefined
  /** Why a connection was turned away, for `ERR_PEER_REFUSED`. */
  readonly reason?: RefusalReason | undefined
  /** Bytes that were waiting to be sent, for `ERR_SLOW_CONSUMER`. */
  readonly queued?: number | undefined
  /** The bytes or milliseconds that were passed. */
  readonly limit?: number | undefined
  /** What lies behind it. */
  readonly cause?: unknown
}

/** A node's fault, or a peer's that is not about bytes. */
export class PeerError extends Error {
  override readonly name = 'PeerError'
  readonly code: PeerErrorCode
  readonly peer: string | undefined
  readonly phase: TimeoutPhase | undefined
  readonly reason: RefusalReason | undefined
  readonly queued: number | undefined
  readonly limit: number | undefined

  constructor(code: PeerErrorCode, message: string, details: PeerErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.peer = details.peer
    this.phase = details.phase
    this.reason = details.reason
    this.queued = details.queued
    this.limit = details.limit
  }
}
