import { Paced } from '../async/paced.js'
import type { Inbox, Received } from '../peer/inbox.js'
import type { LaneOwner, Message } from '../peer/lane.js'
import type { Observer } from '../peer/observer.js'
import type { Overflow } from '../peer/overflow.js'
import type { Taker } from '../peer/taker.js'
import { answerOf, isPromise } from './answer.js'
import type { Parsed } from './codec.js'
import * as faults from './faults.js'
import { HandlerTable } from './handler-table.js'
import { Handling } from './handling.js'
import { type AnyCodec, Parsing } from './parsing.js'
import { Requests } from './requests.js'
import { Work, Workload } from './work.js'

/**
 * Takes messages out of an inbox and gives each to the handlers of its type, in the order in which they were added. What
 * they return for a question goes back as its answer. Answers to our own questions are taken before they wait.
 *
 * A peer's next message waits for the handlers of a plain one, and not for those of a question.
 */
export class Dispatcher implements Taker {
  readonly handlers: HandlerTable = new HandlerTable()
  readonly requests: Requests
  readonly #inbox: Inbox
  readonly #parsing: Parsing
  readonly #handling: Handling
  // Takes messages as long as the turn of the event loop lasts.
  readonly #messages: Paced<Received>
  // Why peers have left of which messages may still wait.
  readonly #gone = new WeakMap<LaneOwner, Error>()
  // What handlers work on that have returned a promise, and not settled it.
  readonly #workload = new Workload()
  #state: 'waiting' | 'taking' | 'pausing' | 'stopped' = 'waiting'

  /** @param observer Is told what a handler or the codec threw. */
  constructor(inbox: Inbox, codec: AnyCodec, overflow: Overflow, observer: Observer) {
    this.#inbox = inbox
    this.#messages = new Paced({ read: () => inbox.take() })
    this.#parsing = new Parsing(codec)
    this.#handling = new Handling(this.handlers, codec, observer)
    this.requests = new Requests(codec, this.#parsing, overflow)
  }

  /** Says that the inbox may have messages. */
  wake(): void {
    // A handler may make a peer's next message arrive at once; that one waits for its turn.
    if (this.#state !== 'waiting') return
    this.#state = 'taking'
    for (let next = this.#take(); next !== undefined; next = this.#take()) this.#dispatch(next)
    this.#endTaking()
  }

  /**
   * Takes no more messages, and tells the handlers that work now why there is no use in it. Resolves when they are done, but
   * not with one that calls this itself.
   */
  async stop(reason: Error): Promise<void> {
    this.#state = 'stopped'
    this.#workload.abort(reason)
    await this.#workload.done()
  }

  take(from: LaneOwner, messages: readonly Message[]): readonly Message[] {
    return this.requests.take(from, messages)
  }

  onEnded(peer: LaneOwner): void {
    this.requests.giveUp(peer, faults.noAnswer(peer.id, 'it has ended its side', undefined))
  }

  onGone(peer: LaneOwner, reason: Error | undefined): void {
    this.requests.giveUp(peer, faults.noAnswer(peer.id, 'it has left', reason))
    const pointless = faults.pointless(peer.id, reason)
    this.#gone.set(peer, pointless)
    this.#workload.abort(pointless, peer)
  }

  // It may have been stopped by a handler, or be pausing.
  #endTaking(): void {
    if (this.#state === 'taking') this.#state = 'waiting'
  }

  #take(): Received | undefined {
    if (this.#state !== 'taking') return undefined
    const next = this.#messages.read()
    if (this.#messages.isHeld) this.#pause()
    return next
  }

  // Goes on in the next turn.
  #pause(): void {
    this.#state = 'pausing'
    void this.#messages.whenFree().then(() => {
      if (this.#state !== 'pausing') return
      this.#state = 'waiting'
      this.wake()
    })
  }

  #dispatch(received: Received): void {
    const from = received.from as LaneOwner
    try {
      const parsed = this.#read(received)
      if (parsed.reply !== undefined) this.requests.settle(from, parsed)
      else if (parsed.request === undefined) this.#handle(from, parsed)
      else this.#respond(from, parsed, received.data.length)
    } catch (error) {
      // It cannot be read.
      this.#handling.refuse(error, from)
    }
  }

  #read({ data: message, stream }: Received): Parsed<unknown> {
    if (stream === undefined) return this.#parsing.read(message)
    stream.destroy()
    throw new RangeError(`Cannot handle message of ${stream.length} bytes: handlers take messages in memory only`)
  }

  #begin(from: LaneOwner): Work {
    const work = new Work()
    const gone = from.isOpen ? undefined : this.#gone.get(from)
    if (gone !== undefined) work.abort(gone)
    return work
  }

  // The peer's next message waits for the handlers of this one.
  #handle(from: LaneOwner, parsed: Parsed<unknown>): void {
    const work = this.#begin(from)
    const outcomes = this.#handling.call(from, parsed, work)
    if (!outcomes.some(isPromise)) return
    this.#inbox.hold(from)
    this.#await(from, work, Promise.all(outcomes), () => this.#inbox.release(from))
  }

  // The peer's next message goes on, unless too many of its questions are at work.
  #respond(from: LaneOwner, parsed: Parsed<unknown>, length: number): void {
    const work = this.#begin(from)
    const outcomes = this.#handling.call(from, parsed, work)
    const answer = answerOf(outcomes)
    const answered = isPromise(answer) ? answer.then((value) => this.#handling.answer(from, parsed, value)) : undefined
    if (answered === undefined) this.#handling.answer(from, parsed, answer)
    if (!outcomes.some(isPromise)) return
    this.#inbox.begin(from, length)
    this.#await(from, work, Promise.all([answered, ...outcomes]), () => this.#inbox.finish(from, length))
  }

  #await(from: LaneOwner, work: Work, done: Promise<unknown>, goOn: () => void): void {
    this.#workload.add(from, work, done)
    void done.then(() => {
      this.#workload.delete(from, work)
      goOn()
      this.wake()
    })
  }
}
