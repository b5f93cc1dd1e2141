import { checkCallOptions, checkNumber, LONGEST_MS } from '../arguments.js'
import { onAbort } from '../async/on-abort.js'
import { isInMemory } from '../frame/long-message.js'
import type { LaneOwner, Message } from '../peer/lane.js'
import type { Overflow } from '../peer/overflow.js'
import type { MessageType, Parsed, RequestId } from './codec.js'
import * as faults from './faults.js'
import type { AnyCodec, Parsing } from './parsing.js'

/** How long a question waits for its answer. */
export interface RequestOptions {
  /** When it is given up, in milliseconds. @default 30000 */
  readonly timeoutMs?: number | undefined
  /** Gives it up. */
  readonly signal?: AbortSignal | undefined
}

/** A question that waits for its answer. */
interface Question {
  readonly type: MessageType
  readonly resolve: (answer: never) => void
  readonly reject: (reason: unknown) => void
  readonly timer: NodeJS.Timeout
  stop: (() => void) | undefined
}

/**
 * The questions of a node that wait for their answers, by the peer that was asked: no other peer can answer them.
 *
 * A question ends by what comes first: its answer, its deadline, its signal, the end of its peer, or that of the node. An
 * answer that comes later, or that nothing asked for, is dropped and counted.
 */
export class Requests {
  readonly #codec: AnyCodec
  readonly #parsing: Parsing
  readonly #overflow: Overflow
  readonly #open = new Map<LaneOwner, Map<RequestId, Question>>()
  // Id of the question that was asked last. None is given twice, so that a late answer meets no other question.
  #serial = 0

  constructor(codec: AnyCodec, parsing: Parsing, overflow: Overflow) {
    this.#codec = codec
    this.#parsing = parsing
    this.#overflow = overflow
  }

  /**
   * Asks a peer. Rejects with why there is no answer; throws if it cannot be asked. Of what type the answer is, the peer
   * says, and the codec may check.
   */
  ask(peer: LaneOwner, type: MessageType, data: unknown, options: RequestOptions = {}): Promise<never> {
    checkCallOptions(options, ['timeoutMs'])
    const { timeoutMs = 30_000, signal } = options
    checkNumber('timeoutMs', timeoutMs, 1, LONGEST_MS)
    if (this.#codec.requests !== true) throw faults.noRequests()
    signal?.throwIfAborted()
    const id = ++this.#serial
    const message = this.#codec.serialise(type, data, { request: id })
    if (!peer.isOpen || peer.inlet.isDone) throw faults.noAnswer(peer.id, 'it takes no questions any more', undefined)
    return new Promise((resolve, reject) => {
      const { unsent } = peer.stats
      const fail = (reason: unknown): void => this.#take(peer, id)?.reject(reason)
      const timer = setTimeout(() => fail(faults.late(peer.id, timeoutMs, peer.stats.unsent - unsent)), timeoutMs)
      const question: Question = { type, resolve, reject, timer, stop: undefined }
      this.#add(peer, id, question)
      if (signal !== undefined) question.stop = onAbort(signal, fail)
      try {
        const hasRoom = peer.send(message)
        // With another policy it was sent, or its peer is about to go.
        if (!hasRoom && this.#overflow === 'drop-newest' && peer.stats.unsent > unsent) fail(faults.unasked(peer))
      } catch (error) {
        fail(error)
      }
    })
  }

  /** Takes the answers out of what has come from a peer, while it is asked something. Returns the rest. */
  take(from: LaneOwner, messages: readonly Message[]): readonly Message[] {
    if (!this.#open.has(from)) return messages
    return messages.filter((message) => {
      const answer = this.#open.has(from) && isInMemory(message) ? this.#parsing.look(message) : undefined
      if (answer !== undefined) this.settle(from, answer)
      return answer === undefined
    })
  }

  /** Settles the question that an answer is for; its type must be that of the question, since a schema may check it by that. */
  settle(from: LaneOwner, { type, data, reply, error }: Parsed<unknown>): void {
    const question = this.#open.get(from)?.get(reply!)
    if (question === undefined || String(question.type) !== String(type)) {
      from.drop(1)
      return
    }
    this.#take(from, reply!)
    if (error === undefined) question.resolve(data as never)
    else question.reject(faults.failed(from.id, error))
  }

  /** Gives up what was asked of a peer. */
  giveUp(peer: LaneOwner, error: Error): void {
    for (const id of [...(this.#open.get(peer)?.keys() ?? [])]) this.#take(peer, id)?.reject(error)
  }

  /** Gives up everything. */
  close(error: Error): void {
    for (const peer of [...this.#open.keys()]) this.giveUp(peer, error)
  }

  #add(peer: LaneOwner, id: RequestId, question: Question): void {
    const questions = this.#open.get(peer) ?? new Map<RequestId, Question>()
    this.#open.set(peer, questions.set(id, question))
  }

  // A question that is taken out is about to be settled: nothing of it stays.
  #take(peer: LaneOwner, id: RequestId): Question | undefined {
    const questions = this.#open.get(peer)
    const question = questions?.get(id)
    if (questions === undefined || question === undefined) return undefined
    questions.delete(id)
    if (questions.size === 0) this.#open.delete(peer)
    clearTimeout(question.timer)
    question.stop?.()
    return question
  }
}
