import { FewAtOnce } from '../async/few-at-once.js'
import { sleep } from '../async/sleep.js'
import type { Observer } from '../peer/observer.js'
import type { Peer } from '../peer/peer.js'
import type { Target } from '../transports/endpoint.js'
import type { ReconnectSettings } from './reconnect-options.js'
import { Tie } from './tie.js'

/** What reconnecting asks of its node. */
export interface ReconnectingHost {
  readonly observer: Pick<Observer, 'reconnecting' | 'failed'>
  dial(target: Target, signal: AbortSignal): Promise<Peer>
  /** Whether a peer has not left. */
  isHere(peer: Peer): boolean
  /** Another peer of the same remote, if there may be only one. */
  otherThan(peer: Peer): Peer | undefined
}

type Departure = (reason: Error | undefined) => void

/**
 * Dials again what was dialled: until a peer answers, and whenever that has left.
 *
 * | a tie  | does                                                     | is left by                           |
 * | dials  | waits until few enough dials are under way, then dials   | an answer: holds; a failure: sleeps  |
 * | holds  | nothing, as long as its peer, or another of its remote, is here | that leaves: sleeps           |
 * | sleeps | waits for a time taken at random                         | its time is over: dials              |
 * | is cut | nothing                                                  |                                      |
 *
 * `closePeer` of any peer that it had, the close of the node, and the caller's signal cut it.
 */
export class Reconnecting {
  readonly #host: ReconnectingHost
  // Aborted when the node closes.
  readonly #closing: AbortSignal
  readonly #dials = new FewAtOnce()
  // Of every peer that a tie has or had.
  readonly #ties = new WeakMap<Peer, Tie>()
  // Peers that were closed by us before their tie knew of them: by a listener of `peer`.
  readonly #closedEarly = new WeakSet<Peer>()
  readonly #departures = new Map<Peer, Departure[]>()

  constructor(host: ReconnectingHost, closing: AbortSignal) {
    this.#host = host
    this.#closing = closing
  }

  /**
   * Dials until a peer answers, and resolves with that; then dials again whenever it leaves.
   *
   * @throws The signal's reason; what a mistake of the caller's throws. All else is tried again.
   */
  async connect(target: Target, settings: ReconnectSettings, signal: AbortSignal | undefined): Promise<Peer> {
    const tie = new Tie(target, settings, [signal, this.#closing])
    try {
      const peer = await this.#dial(tie)
      void this.#hold(tie, peer)
      return peer
    } catch (error) {
      tie.cut()
      throw error
    }
  }

  /** Whether what a peer leads to is dialled again once it has left. */
  isTied(peer: Peer): boolean {
    return this.#ties.get(peer)?.isCut === false
  }

  /** A peer is closed by us, or was after it had left. */
  closed(peer: Peer): void {
    const tie = this.#ties.get(peer)
    if (tie !== undefined) tie.cut()
    else if (peer.direction === 'outbound') this.#closedEarly.add(peer)
  }

  /** A peer has left. */
  left(peer: Peer, reason: Error | undefined): void {
    const waiting = this.#departures.get(peer)
    if (waiting === undefined) return
    this.#departures.delete(peer)
    for (const resolve of waiting) resolve(reason)
  }

  async #hold(tie: Tie, first: Peer): Promise<void> {
    try {
      for (let peer = first; ; peer = await this.#dial(tie)) {
        this.#ties.set(peer, tie)
        if (this.#closedEarly.has(peer)) tie.cut()
        const joinedMs = performance.now()
        const reason = await this.#lastDeparture(tie, peer)
        if (performance.now() - joinedMs >= tie.stableMs) tie.backoff.reset()
        await this.#sleep(tie, reason)
      }
    } catch (error) {
      if (!tie.isCut) this.#host.observer.failed(error, undefined)
      tie.cut()
    }
  }

  async #dial(tie: Tie): Promise<Peer> {
    const { target, atOnce, signal } = tie
    for (;;) {
      try {
        return await this.#dials.run(atOnce, signal, () => this.#host.dial(target, signal))
      } catch (error) {
        signal.throwIfAborted()
        // Of the caller's: trying again would not mend it.
        if (error instanceof TypeError || error instanceof RangeError) throw error
        await this.#sleep(tie, error as Error)
      }
    }
  }

  async #sleep({ target, backoff, signal }: Tie, cause: Error | undefined): Promise<void> {
    signal.throwIfAborted()
    const { attempt, delayMs } = backoff.next()
    this.#host.observer.reconnecting(target.address, attempt, delayMs, cause)
    await sleep(delayMs, signal)
  }

  // A remote of which there may be one peer is not dialled while another one is here: each would take the other's place.
  async #lastDeparture(tie: Tie, peer: Peer): Promise<Error | undefined> {
    let reason = await this.#departure(peer)
    for (;;) {
      const other = this.#host.otherThan(peer)
      if (other === undefined) return reason
      if (!this.#ties.has(other)) this.#ties.set(other, tie)
      reason = await this.#departure(other)
    }
  }

  #departure(peer: Peer): Promise<Error | undefined> {
    if (!this.#host.isHere(peer)) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      this.#departures.set(peer, [...(this.#departures.get(peer) ?? []), resolve])
    })
  }
}
