import type { LaneOwner } from '../peer/lane.js'
import type { Observer } from '../peer/observer.js'
import { Failure, isPromise, type Outcome } from './answer.js'
import type { MessageType, Parsed } from './codec.js'
import * as faults from './faults.js'
import type { AnyHandler, HandlerTable } from './handler-table.js'
import type { AnyCodec } from './parsing.js'
import type { Work } from './work.js'

/** Calls the handlers of messages, and answers questions with what they return. */
export class Handling {
  readonly #handlers: HandlerTable
  readonly #codec: AnyCodec
  readonly #observer: Observer

  /** @param observer Is told what a handler threw, and what no handler got. */
  constructor(handlers: HandlerTable, codec: AnyCodec, observer: Observer) {
    this.#handlers = handlers
    this.#codec = codec
    this.#observer = observer
  }

  /** Calls the handlers of a message, in order. One handler's fault is not the next one's. */
  call(from: LaneOwner, { type, data, error }: Parsed<unknown>, work: Work): readonly Outcome[] {
    if (error !== undefined) return [this.refuse(new TypeError(error), from)]
    const handlers = this.#handlers.of(type)
    if (handlers === undefined) return [this.refuse(faults.noHandler(type), from)]
    return handlers.map((handler) => this.#try(handler, from, type, data, work))
  }

  /** No handler gets a message: it is lost, and told. */
  refuse(error: unknown, from: LaneOwner): Failure {
    from.drop(1)
    return this.#fail(error, from)
  }

  /** Sends the answer to a question. */
  answer(to: LaneOwner, question: Parsed<unknown>, outcome: Outcome): void {
    const { type, request: reply } = question
    const isFailure = outcome instanceof Failure
    try {
      const [data, error] = isFailure ? [undefined, outcome.message] : [outcome, undefined]
      to.send(this.#codec.serialise(type, data, { reply, error }))
    } catch (error) {
      this.#observer.failed(error, to)
      // The codec cannot write the value, or the framing cannot carry it. That can be said.
      if (!isFailure) this.answer(to, question, new Failure(error))
    }
  }

  #try(handler: AnyHandler, from: LaneOwner, type: MessageType, data: unknown, work: Work): Outcome {
    try {
      // What the codec says of a message is what its handlers take.
      const result = handler(from, type as never, data as never, work)
      return isPromise(result) ? Promise.resolve(result).catch((error: unknown) => this.#fail(error, from)) : result
    } catch (error) {
      return this.#fail(error, from)
    }
  }

  #fail(error: unknown, from: LaneOwner): Failure {
    this.#observer.failed(error, from)
    return new Failure(error)
  }
}
