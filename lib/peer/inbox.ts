import { isInMemory } from '../frame/long-message.js'
import type { LongMessage } from '../streams/long-message-stream.js'
import { Lane, type LaneOwner, type Message, MESSAGE_COST } from './lane.js'
import type { Peer } from './peer.js'
import type { Taker } from './taker.js'

/** What takes messages: a loop, which may go on after its peer has left, or handlers, which answer. */
export type ReaderKind = 'loop' | 'handlers'

/** A message and the peer it came from. */
export interface Received {
  /** The message. Of a long one, the header bytes that the layout keeps in it. */
  readonly data: Buffer
  readonly from: Peer
  /** A long message. What its peer says behind it comes when it is read, or destroyed. */
  readonly stream?: LongMessage
}

// Questions of a peer that handlers work on at once. The next ones wait, and so do those behind what costs too much.
const MOST_QUESTIONS = 1024

// A batch of many peers ends here, so that a loop over it does not keep the others from their turn for long.
const BATCH_LENGTH = 1024

/**
 * The messages of all peers that wait to be read. Peers have turns: one message each, or one batch each, however much any
 * of them has sent. One whose waiting messages cost more than `limit` bytes is told when half of that is read.
 *
 * A message is handled when its reader comes back for another one, or leaves; one that a handler works on, when its lane is
 * released.
 */
export class Inbox {
  readonly #limit: number
  readonly #onMessages: () => void
  // A queue of lanes with messages: served at the head, put back at the tail.
  #head: Lane | undefined
  #tail: Lane | undefined
  // What takes messages.
  #reader: ReaderKind | undefined
  #taker: Taker | undefined
  // Whether no handler will take what waits.
  #isOver = false
  // What the reader has taken last, and not come back for.
  #taken: LaneOwner | readonly Received[] | undefined
  // Peers that wait until what they have said is handled.
  readonly #waiting = new Set<LaneOwner>()

  /** @param onMessages Called when there are messages. */
  constructor(limit: number, onMessages: () => void) {
    this.#limit = limit
    this.#onMessages = onMessages
  }

  /** Adds messages of a peer, at least one. `false` if too much of it waits; it will be told when there is room. */
  add(owner: LaneOwner, messages: readonly Message[]): boolean {
    const left = this.#taker === undefined ? messages : this.#taker.take(owner, messages)
    if (left.length === 0) return owner.lane?.isFull !== true
    const lane = (owner.lane ??= new Lane(owner))
    lane.add(left)
    if (!lane.isQueued && !this.#isHeld(lane)) this.#enter(lane)
    if (lane.cost > this.#limit) lane.isFull = true
    this.#onMessages()
    return !lane.isFull
  }

  /** Says what takes messages from now on, and what takes some of them before they wait. */
  open(reader: ReaderKind, taker?: Taker): void {
    this.#reader = reader
    this.#taker = taker
  }

  /** Says that the reader has left: what it had taken is handled, and what waits is left for another one. */
  close(): void {
    this.#reader = undefined
    this.#comeBack()
  }

  /** The next message, of the peer whose turn it is. */
  take(): Received | undefined {
    this.#comeBack()
    const lane = this.#turn()
    if (lane === undefined) return undefined
    const message = lane.take()
    if (lane.next !== undefined || lane.isEmpty) this.#rotate()
    this.#afterTaking(lane)
    this.#taken = lane.owner
    return received(message, lane.owner)
  }

  /** The next messages, a batch of each peer in turn. */
  takeBatch(): Received[] | undefined {
    this.#comeBack()
    const batch: Received[] = []
    for (let lane = this.#turn(); lane !== undefined; lane = this.#turn()) {
      for (const message of lane.takeBatch()) batch.push(received(message, lane.owner))
      this.#rotate()
      this.#afterTaking(lane)
      if (batch.length >= BATCH_LENGTH) break
    }
    if (batch.length === 0) return undefined
    this.#taken = batch
    return batch
  }

  /** Gives a peer no more turns until {@link release}. What it sends waits. */
  hold(owner: LaneOwner): void {
    const lane = (owner.lane ??= new Lane(owner))
    lane.isBusy = true
  }

  /** Lets a peer take turns again. */
  release({ lane }: LaneOwner): void {
    if (lane === undefined) return
    lane.isBusy = false
    this.#goOn(lane)
  }

  /** Handlers work on a question of a peer, of so many bytes. It goes on taking turns, unless that is too much. */
  begin(owner: LaneOwner, length: number): void {
    const lane = (owner.lane ??= new Lane(owner))
    lane.questions++
    lane.questionCost += length + MESSAGE_COST
  }

  /** Handlers have done with a question. */
  finish({ lane }: LaneOwner, length: number): void {
    if (lane === undefined) return
    lane.questions--
    lane.questionCost -= length + MESSAGE_COST
    this.#goOn(lane)
  }

  /** The remote has ended its side, and all that it said has come. */
  onEnded(owner: LaneOwner): void {
    this.#taker?.onEnded(owner)
  }

  /** A peer has left. */
  onGone(owner: LaneOwner, reason: Error | undefined): void {
    this.#taker?.onGone(owner, reason)
  }

  /** A peer is being closed: what of it waits for handlers is lost. What waits for a loop can still be read. */
  onClosing({ lane }: LaneOwner): void {
    if (lane !== undefined && this.#reader === 'handlers') this.#drop(lane)
  }

  /** The node is closed: what waits for handlers is lost. */
  end(): void {
    if (this.#reader !== 'handlers') return
    this.#isOver = true
    for (let lane = this.#turn(); lane !== undefined; lane = this.#turn()) this.#drop(lane)
  }

  /** Calls a peer's `onHandled` once everything that it has said is handled; at once where that is so, or nothing reads. */
  whenHandled(owner: LaneOwner): void {
    this.#waiting.add(owner)
    this.#settle()
  }

  /** Whether everything that a peer has said is handled; what nothing reads is left aside. */
  isHandled(owner: LaneOwner): boolean {
    if (this.#reader === undefined) return true
    if (owner.lane !== undefined) return false
    const taken = this.#taken
    return Array.isArray(taken) ? !(taken as Received[]).some(({ from }) => from === owner) : taken !== owner
  }

  #comeBack(): void {
    this.#taken = undefined
    if (this.#waiting.size > 0) this.#settle()
  }

  #settle(): void {
    for (const owner of this.#waiting) {
      if (!this.isHandled(owner)) continue
      this.#waiting.delete(owner)
      owner.onHandled()
    }
  }

  #isHeld({ isBusy, questions, questionCost }: Lane): boolean {
    return isBusy || questions >= MOST_QUESTIONS || questionCost > this.#limit
  }

  #goOn(lane: Lane): void {
    if (this.#isOver) this.#drop(lane)
    if (!lane.isEmpty && !lane.isQueued && !this.#isHeld(lane)) this.#enter(lane)
    closeIfIdle(lane)
    this.#settle()
  }

  #drop(lane: Lane): void {
    lane.owner.drop(lane.length)
    while (!lane.isEmpty) for (const message of lane.takeBatch()) if (!isInMemory(message)) message.destroy()
    closeIfIdle(lane)
    this.#settle()
  }

  /** The lane at the head, after those that take no turn have left the queue. */
  #turn(): Lane | undefined {
    while (this.#head !== undefined && (this.#isHeld(this.#head) || this.#head.isEmpty)) this.#leave()
    return this.#head
  }

  #enter(lane: Lane): void {
    lane.isQueued = true
    if (this.#tail === undefined) this.#head = lane
    else this.#tail.next = lane
    this.#tail = lane
  }

  #leave(): void {
    const lane = this.#head!
    this.#head = lane.next
    if (lane.next === undefined) this.#tail = undefined
    lane.next = undefined
    lane.isQueued = false
  }

  // The head goes to the tail, or out of the queue if nothing of it waits.
  #rotate(): void {
    const lane = this.#head!
    this.#leave()
    if (lane.isEmpty) closeIfIdle(lane)
    else this.#enter(lane)
  }

  #afterTaking(lane: Lane): void {
    if (!lane.isFull || lane.cost > this.#limit / 2) return
    lane.isFull = false
    lane.owner.onRoom()
  }
}

// A silent peer has no lane.
function closeIfIdle(lane: Lane): void {
  if (lane.isIdle) lane.owner.lane = undefined
}

function received(message: Message, from: Peer): Received {
  return isInMemory(message) ? { data: message, from } : { data: message.header, from, stream: message }
}
