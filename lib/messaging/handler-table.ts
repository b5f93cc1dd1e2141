import { nameOf } from '../arguments.js'
import type { Peer } from '../peer/peer.js'
import type { MessageType } from './codec.js'
import type { HandlerContext } from './messages.js'

/** A handler of any type: the codec says of what type a message is, and so what the handler takes. */
export type AnyHandler = (from: Peer, type: never, data: never, context: HandlerContext) => unknown

/** How a handler is added. */
export interface HandlerOptions {
  /** `true`: it replaces the handlers that its type has. @default false */
  readonly exclusive?: boolean | undefined
}

/** Handlers by the type of messages, in the order in which they were added. */
export class HandlerTable {
  // A Map, since peers choose the types: an object would answer to 'constructor'. Keys of objects are strings, so 0 and '0' are one type.
  readonly #handlers = new Map<string, readonly AnyHandler[]>()
  // For types that have none.
  #default: readonly AnyHandler[] | undefined

  /** The handlers of a type, or the default one; `undefined` if there is none. */
  of(type: MessageType): readonly AnyHandler[] | undefined {
    return this.#handlers.get(String(type)) ?? this.#default
  }

  /** @throws {TypeError} If `type` is no string or number, or `handler` is no function. */
  add(type: MessageType, handler: AnyHandler, { exclusive = false }: HandlerOptions = {}): void {
    checkType('add', type)
    if (typeof handler !== 'function') {
      throw new TypeError(`Cannot add handler for type ${type}: expected a function, got ${nameOf(handler)}`)
    }
    const others = exclusive ? [] : (this.#handlers.get(String(type)) ?? [])
    this.#handlers.set(String(type), [...others, handler])
  }

  /** Takes a handler out, or all of its type. @throws {TypeError} If `type` is no string or number. */
  remove(type: MessageType, handler: AnyHandler | undefined): void {
    checkType('remove', type)
    const left = handler && this.#handlers.get(String(type))?.filter((other) => other !== handler)
    if (left === undefined || left.length === 0) this.#handlers.delete(String(type))
    else this.#handlers.set(String(type), left)
  }

  setDefault(handler: AnyHandler): void {
    this.#default = [handler]
  }
}

function checkType(action: string, type: unknown): void {
  if (typeof type === 'string' || typeof type === 'number') return
  throw new TypeError(`Cannot ${action} handler: expected a type that is a string or number, got ${nameOf(type)}`)
}
