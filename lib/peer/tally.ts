import type { PeerStats } from './peer.js'

/**
 * What has gone through a peer, counted where it is at hand anyway: by chunk, by batch and by piece, never by message.
 * A silent peer has none.
 */
export class Tally {
  /** Bytes that its duplex has given, and messages that came of them. */
  bytesIn = 0
  messagesIn = 0
  /** Bytes that its duplex was handed, and messages that end with them. */
  bytesOut = 0
  messagesOut = 0
  /** Messages that were lost, and those of them that were not sent. */
  dropped = 0
  unsent = 0
  /** How often it was not read on, since enough of it waited. */
  paused = 0

  drop(count: number, isUnsent: boolean): void {
    this.dropped += count
    if (isUnsent) this.unsent += count
  }
}

const NOTHING: Readonly<Tally> = new Tally()

/** The figures of a peer: what was tallied, and the bytes that wait to be sent and to be read. */
export function statsOf(tally: Tally = NOTHING, waiting = 0, waitingIn = 0): PeerStats {
  const { bytesIn, messagesIn, bytesOut, messagesOut, paused, dropped, unsent } = tally
  return { bytesIn, messagesIn, bytesOut, messagesOut, waiting, waitingIn, paused, dropped, unsent }
}
