import type { Peer } from '../peer/peer.js'
import type { HandlerContext } from './messages.js'

/** A message that handlers work on. */
export class Work implements HandlerContext {
  #controller: AbortController | undefined
  #reason: Error | undefined

  /** Made when it is asked for: most handlers do not. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#reason !== undefined) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  abort(reason: Error): void {
    this.#reason = reason
    this.#controller?.abort(reason)
  }
}

/** What handlers work on, and have not settled: by the peer that it came from. */
export class Workload {
  readonly #works = new Map<Peer, Map<Work, Promise<unknown>>>()

  /** @param done Resolves when the handlers have settled; never rejects. */
  add(peer: Peer, work: Work, done: Promise<unknown>): void {
    const works = this.#works.get(peer) ?? new Map<Work, Promise<unknown>>()
    this.#works.set(peer, works.set(work, done))
  }

  delete(peer: Peer, work: Work): void {
    const works = this.#works.get(peer)
    works?.delete(work)
    if (works?.size === 0) this.#works.delete(peer)
  }

  /** Tells the handlers that work for a peer, or for all, that there is no use in it. */
  abort(reason: Error, peer?: Peer): void {
    const all = peer === undefined ? [...this.#works.values()] : [this.#works.get(peer)]
    for (const works of all) for (const work of works?.keys() ?? []) work.abort(reason)
  }

  /** Resolves when what is worked on now is done. */
  async done(): Promise<void> {
    await Promise.all(Array.from(this.#works.values(), (works) => Promise.all(works.values())))
  }
}
