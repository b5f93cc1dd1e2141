/**
 * Takes a piece that has arrived, and who published it. Its memory must stay as it is.
 *
 * The promise never rejects. It resolves with `true` once the reader is done with the piece: its loop has come back for what
 * is behind it, or the piece was refused, repeated or dropped, which is told. It resolves with `false` if the topic is closed
 * before that. A bus that can hold back what comes waits for it; one that acknowledges does so after `true`.
 */
export type OnPiece = (piece: Uint8Array, from: string) => Promise<boolean>

/** How a bus subscribes. */
export interface SubscribeOptions {
  /** Of all that subscribe with the same group, each piece goes to one. @default it goes to every one */
  readonly group?: string | undefined
  /** Called once if no more pieces will come though the subscription is not closed; with an error if that is why. */
  readonly onEnd: (reason?: Error) => void
}

/** What {@link Bus.subscribe} gives. */
export interface Subscription {
  /** Unsubscribes: no piece comes after that. */
  close(): Promise<void>
}

/**
 * An engine that carries pieces of bytes to everybody: what a `Topic` asks of NATS, or of an engine of yours.
 *
 * Pieces arrive whole or not at all. Those of one publisher on one topic should arrive in the order in which they were
 * published: what is overtaken is taken for lost, and dropped when it comes. The connection belongs to you, who made it.
 *
 * @example
 * // All topics of one process.
 * function localBus(id: string, events: EventEmitter): Bus {
 *   return {
 *     name: 'local',
 *     id,
 *     maxPieceLength: 65_536,
 *     publish: async (topic, piece) => events.emit(topic, piece, id),
 *     subscribe: async (topic, onPiece) => {
 *       const listener = (piece: Uint8Array, from: string) => void onPiece(piece, from)
 *       events.on(topic, listener)
 *       return { close: async () => void events.off(topic, listener) }
 *     },
 *   }
 * }
 */
export interface Bus {
  /** What errors call it: `nats`. */
  readonly name: string
  /** Who this process is to the others: they get it as `from`. */
  readonly id: string
  /** Longest piece that it carries, in bytes, at least 128. */
  readonly maxPieceLength: number
  /**
   * Whether it waits for {@link OnPiece}, and brings little before what it brought is done: a topic then drops nothing of it,
   * however slow its reader. @default false
   */
  readonly holdsBack?: boolean | undefined
  /**
   * Carries a piece to all that subscribe to a topic. Its memory stays as it is.
   *
   * It is called for the next piece before this one is taken. What is not taken yet counts: from `outboundLimit` on, a topic
   * drops what it is to send.
   *
   * @returns A promise that resolves once the engine has taken the piece, and rejects if it has not, or may not have.
   */
  publish(topic: string, piece: Uint8Array): Promise<unknown>
  /** Resolves once pieces arrive: those that are published from then on. Rejects if the engine refuses. */
  subscribe(topic: string, onPiece: OnPiece, options: SubscribeOptions): Promise<Subscription>
}
