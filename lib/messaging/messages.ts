import type { Peer } from '../peer/peer.js'
import type { MessageType } from './codec.js'

/** What an interface of messages may be: the data of each type, and the answer of those that are questions. */
export type MessageMap<Messages> = { readonly [Type in keyof Messages]: { readonly data: unknown } }

/** The messages of a codec that says nothing of them: every type has the same data, and any answer. */
export type Untyped<Data> = Record<MessageType, { readonly data: Data; readonly answer: unknown }>

/** The types of messages. */
export type TypeOf<Messages> = keyof Messages & MessageType

/** The types that have an answer: those that can be asked. */
export type QuestionOf<Messages> = {
  [Type in TypeOf<Messages>]: Messages[Type] extends { readonly answer: unknown } ? Type : never
}[TypeOf<Messages>]

/** The data of a type. */
export type DataOf<Messages, Type extends keyof Messages> = Messages[Type] extends { readonly data: infer Data }
  ? Data
  : never

/** The answer of a type; `never`, if it has none. */
export type AnswerOf<Messages, Type extends keyof Messages> = Messages[Type] extends { readonly answer: infer Answer }
  ? Answer
  : never

/** What a handler is given beside a message. */
export interface HandlerContext {
  /** Aborted when the peer is gone, or the node closes, while the handler works. */
  readonly signal: AbortSignal
}

/**
 * Gets every message of one type. What it returns for a question is the answer. A peer's next message waits for the promise
 * it returns, unless that is for a question; other peers' do not.
 */
export type Handler<Data, Answer = unknown, Type = MessageType> = (
  from: Peer,
  type: Type,
  data: Data,
  context: HandlerContext,
  // A handler that returns nothing leaves the answer to the next one.
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type
) => Answer | void | Promise<Answer | void>

/** The handler of one type. Where any type may come, 0 and '0' are one. */
export type HandlerOf<Messages, Type extends keyof Messages> = Handler<
  DataOf<Messages, Type>,
  AnswerOf<Messages, Type>,
  string extends keyof Messages ? MessageType : Type
>

/** Handlers by type: an object, or pairs. */
export type Handlers<Data, Messages = Untyped<Data>> =
  | { readonly [Type in TypeOf<Messages>]?: HandlerOf<Messages, Type> }
  | Iterable<
      string extends keyof Messages
        ? readonly [MessageType, Handler<Data>]
        : { [Type in TypeOf<Messages>]: readonly [Type, HandlerOf<Messages, Type>] }[TypeOf<Messages>]
    >
