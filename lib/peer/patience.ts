import * as faults from './faults.js'
import { IdleWatch } from './idle-watch.js'
import type { LaneOwner, Message } from './lane.js'
import type { PeerOwner } from './peer-owner.js'

/** What {@link Patience} asks of its peer. */
interface Speaker extends LaneOwner {
  readonly owner: PeerOwner
  /** Closes at once, because of an error. */
  fail(error: Error): void
}

/** How long a peer may say nothing: before its first message, and from then on. Where that is for ever there is none. */
export class Patience {
  readonly #idle: IdleWatch | undefined
  readonly #first: NodeJS.Timeout | undefined

  /** The patience with a peer; `undefined` where it has no end. */
  static of(peer: Speaker): Patience | undefined {
    const { timeoutMs, firstMessageTimeoutMs } = peer.owner.settings
    return timeoutMs === undefined && firstMessageTimeoutMs === undefined ? undefined : new Patience(peer)
  }

  private constructor(peer: Speaker) {
    const { timeoutMs, firstMessageTimeoutMs } = peer.owner.settings
    if (timeoutMs !== undefined) this.#idle = new IdleWatch(timeoutMs, () => onSilence(peer, timeoutMs))
    if (firstMessageTimeoutMs === undefined) return
    this.#first = setTimeout(() => {
      if (peer.inlet.isHeldUp) this.#first?.refresh()
      else peer.fail(faults.noFirstMessage(peer.id, firstMessageTimeoutMs))
    }, firstMessageTimeoutMs)
  }

  /** The peer has said something; of heartbeats, nothing is left. */
  saw(batch: readonly Message[]): void {
    this.#idle?.saw(batch)
    if (batch.length > 0) clearTimeout(this.#first)
  }

  /** Begins to count anew. */
  refresh(): void {
    this.#idle?.refresh()
  }

  stop(): void {
    this.#idle?.stop()
    clearTimeout(this.#first)
  }
}

// A peer that waits for us is not idle: nothing more is read of it, or what it has said is not handled.
function onSilence(peer: Speaker, timeoutMs: number): void {
  const { inbox } = peer.owner
  if (peer.inlet.isHeldUp || !inbox.isHandled(peer)) inbox.whenHandled(peer)
  else peer.fail(faults.idle(peer.id, timeoutMs))
}
