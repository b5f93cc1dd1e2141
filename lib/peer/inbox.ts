import { isInMemory } from '../frame/long-message.js'
import type { LongMessage } from '../streams/long-message-stream.js'
import type { Message, Peer } from './peer.js'

/** A message and the peer it came from. */
export interface Received {
  /** The message. Of a long one, the header bytes that the layout keeps in it. */
  readonly data: Buffer
  readonly from: Peer
  /** A long message. What its peer says behind it comes when it is read, or destroyed. */
  readonly stream?: LongMessage
}

/** Messages that arrived together, and what they cost in memory, in bytes. */
interface Batch {
  readonly messages: readonly Message[]
  readonly cost: number
}

/** What a peer's messages wait in. */
export interface Lane {
  readonly peer: Peer
  // The batches that wait, the first of them read up to `index`.
  readonly batches: Batch[]
  index: number
  // What the batches cost in memory, in bytes.
  cost: number
  paused: boolean
  // Whether it is in the ring, and the lane behind it there.
  inRing: boolean
  next: Lane | undefined
  // Waits for a handler: leaves the ring when its turn comes.
  held: boolean
}

// What a message costs beside its bytes: without it, empty messages would wait without end.
const MESSAGE_COST = 64

// A batch of many peers ends here, so that a loop over it does not keep the others from their turn for long.
const BATCH_LENGTH = 1024

/**
 * The messages of all peers that wait to be read. Peers have turns: one message each, or one batch each, however much any
 * of them has sent. A peer whose waiting messages cost more than `limit` bytes is paused until half of that is read.
 */
export class Inbox {
  readonly #limit: number
  // Lanes with messages, in a ring that is a queue: taken from at the head, back in line at the tail.
  #head: Lane | undefined
  #tail: Lane | undefined

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Adds messages of a peer, at least one, and pauses the peer when that is too much. */
  add(peer: Peer, messages: readonly Message[]): void {
    const lane = (peer.lane ??= laneOf(peer))
    const cost = costOf(messages)
    lane.batches.push({ messages, cost })
    lane.cost += cost
    if (!lane.inRing && !lane.held) this.#enter(lane)
    if (lane.cost > this.#limit && !lane.paused) {
      lane.paused = true
      peer.pause()
    }
  }

  /** The next message, of the peer whose turn it is. */
  take(): Received | undefined {
    const lane = this.#turn()
    if (lane === undefined) return undefined
    // A lane in the ring has a batch, and a batch has a message left.
    const { messages } = lane.batches[0]!
    const message = messages[lane.index++]!
    if (lane.index === messages.length) this.#drop(lane)
    if (lane.next !== undefined || lane.batches.length === 0) this.#rotate()
    return received(message, lane.peer)
  }

  /** The next messages, a batch of each peer in turn. */
  takeBatch(): Received[] | undefined {
    const batch: Received[] = []
    for (let lane = this.#turn(); lane !== undefined; lane = this.#turn()) {
      const { messages } = lane.batches[0]!
      for (let i = lane.index; i < messages.length; i++) batch.push(received(messages[i]!, lane.peer))
      this.#drop(lane)
      this.#rotate()
      if (batch.length >= BATCH_LENGTH) break
    }
    return batch.length > 0 ? batch : undefined
  }

  /** Gives a peer no more turns until {@link release}. What it sends waits. */
  hold(peer: Peer): void {
    const lane = (peer.lane ??= laneOf(peer))
    lane.held = true
  }

  /** Lets a peer take turns again. */
  release(peer: Peer): void {
    const { lane } = peer
    if (lane === undefined) return
    lane.held = false
    if (lane.batches.length > 0 && !lane.inRing) this.#enter(lane)
    this.#closeIfEmpty(lane)
  }

  // Silent peers have no lane.
  #closeIfEmpty(lane: Lane): void {
    if (!lane.held && lane.batches.length === 0) lane.peer.lane = undefined
  }

  /** The lane at the head, after those that are held have left the ring. */
  #turn(): Lane | undefined {
    while (this.#head?.held === true) this.#leave()
    return this.#head
  }

  #enter(lane: Lane): void {
    lane.inRing = true
    if (this.#tail === undefined) this.#head = lane
    else this.#tail.next = lane
    this.#tail = lane
  }

  #leave(): Lane | undefined {
    const lane = this.#head
    if (lane === undefined) return undefined
    this.#head = lane.next
    if (lane.next === undefined) this.#tail = undefined
    lane.next = undefined
    lane.inRing = false
    return lane
  }

  // The head goes to the tail, or out of the ring if nothing of it waits.
  #rotate(): void {
    const lane = this.#leave()
    if (lane === undefined) return
    if (lane.batches.length > 0) this.#enter(lane)
    else this.#closeIfEmpty(lane)
  }

  // Lets go of a batch that has been read.
  #drop(lane: Lane): void {
    lane.cost -= lane.batches.shift()!.cost
    lane.index = 0
    if (lane.paused && lane.cost <= this.#limit / 2) {
      lane.paused = false
      lane.peer.resume()
    }
  }
}

function laneOf(peer: Peer): Lane {
  return { peer, batches: [], index: 0, cost: 0, paused: false, inRing: false, next: undefined, held: false }
}

function received(message: Message, from: Peer): Received {
  return isInMemory(message) ? { data: message, from } : { data: message.header, from, stream: message }
}

function costOf(messages: readonly Message[]): number {
  let cost = messages.length * MESSAGE_COST
  for (const message of messages) if (isInMemory(message)) cost += message.length
  return cost
}
