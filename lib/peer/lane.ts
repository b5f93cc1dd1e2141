import { isInMemory } from '../frame/long-message.js'
import type { LongMessage } from '../streams/long-message-stream.js'
import type { Peer } from './peer.js'

/** What comes out of a decoder. */
export type Message = Buffer | LongMessage

/** A peer, as an `Inbox` knows it. */
export interface LaneOwner extends Peer {
  /** What of it waits; `undefined` while nothing does. */
  lane: Lane | undefined
  /** Is done when the remote has ended its side, and all that it said has come. */
  readonly inlet: { readonly isDone: boolean; readonly isHeldUp: boolean }
  /** Half of what was too much has been read. */
  onRoom(): void
  /** Everything that it has said is handled. */
  onHandled(): void
  /** Counts messages that were not delivered. */
  drop(count: number): void
}

/** Messages that arrived together, and what they cost in memory, in bytes. */
interface Batch {
  readonly messages: readonly Message[]
  readonly cost: number
}

/** What a message costs beside its bytes: without it, empty messages would wait without end. */
export const MESSAGE_COST = 64

/** The messages of one peer that wait to be read, and its place in the queue of an {@link Inbox}. */
export class Lane {
  readonly owner: LaneOwner
  /** Whether it stands in the queue of its inbox, and what stands behind it there. */
  isQueued = false
  next: Lane | undefined
  /** Whether it waits for a handler, and takes no turns. */
  isBusy = false
  /** Its questions that handlers work on, and what they cost in memory, in bytes. */
  questions = 0
  questionCost = 0
  /** Whether its owner was told that too much waits. */
  isFull = false
  /** What waits costs so much memory, in bytes. */
  cost = 0
  // The batches that wait, the first of them read up to #index.
  readonly #batches: Batch[] = []
  #index = 0

  constructor(owner: LaneOwner) {
    this.owner = owner
  }

  /** Whether nothing of it waits, and no handler works for it. */
  get isIdle(): boolean {
    return this.isEmpty && !this.isBusy && this.questions === 0
  }

  get isEmpty(): boolean {
    return this.#batches.length === 0
  }

  /** How many messages wait. */
  get length(): number {
    return this.#batches.reduce((sum, { messages }) => sum + messages.length, -this.#index)
  }

  add(messages: readonly Message[]): void {
    const cost = costOf(messages)
    this.#batches.push({ messages, cost })
    this.cost += cost
  }

  /** The next message. There must be one. */
  take(): Message {
    const { messages } = this.#batches[0]!
    const message = messages[this.#index++]!
    if (this.#index === messages.length) this.#drop()
    return message
  }

  /** The rest of the first batch. There must be one. */
  takeBatch(): readonly Message[] {
    const { messages } = this.#batches[0]!
    const rest = this.#index === 0 ? messages : messages.slice(this.#index)
    this.#drop()
    return rest
  }

  /** Lets go of a batch that has been read. */
  #drop(): void {
    this.cost -= this.#batches.shift()!.cost
    this.#index = 0
  }
}

function costOf(messages: readonly Message[]): number {
  let cost = messages.length * MESSAGE_COST
  for (const message of messages) if (isInMemory(message)) cost += message.length
  return cost
}
