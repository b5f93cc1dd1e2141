import type { Duplex } from 'node:stream'
import { nameOf } from '../arguments.js'
import { withDeadline } from '../async/deadline.js'
import { PeerError } from '../errors.js'
import type { Direction, Peer } from '../peer/peer.js'
import type { Address } from '../transports/endpoint.js'
import type { Connection } from '../transports/transport.js'

/** A connection that wants to become a peer. */
export interface PeerCandidate {
  /** Where the remote end is. */
  readonly address: Address
  readonly direction: Exclude<Direction, 'attached'>
  /**
   * WebSocket: the headers with which the remote end asked for the connection. A browser writes `origin` itself, and so it
   * tells from which site a page is; a program writes what it likes.
   */
  readonly headers: Connection['headers']
}

/** A candidate, with its duplex and what is known of it. */
export interface Applicant extends PeerCandidate {
  readonly duplex: Duplex
  /** What the transport has proven of the remote end. */
  readonly identity: string | undefined
  /** Its address in words. */
  readonly name: string
  /** The address that was dialled, if it was. */
  readonly endpoint: Address | undefined
}

/** Decides about candidates. Only `true` is a yes; what it throws is a no. */
export type GoodPeer = (candidate: PeerCandidate) => boolean | Promise<boolean>

/** What admission asks of its node. */
export interface AdmissionHost {
  readonly goodPeer: GoodPeer
  readonly handshakeTimeoutMs: number
  /** Aborted when the node closes. */
  readonly closing: AbortSignal
  /** Makes a peer of an accepted connection. */
  join(applicant: Applicant): Peer
}

/** Lets in the connections that `goodPeer` accepts. */
export class Admission {
  readonly #host: AdmissionHost

  constructor(host: AdmissionHost) {
    this.#host = host
  }

  /**
   * Makes a peer of a connection, or destroys it.
   *
   * @throws {PeerError} `ERR_PEER_REFUSED`; `ERR_TIMEOUT`, phase handshake; `ERR_NODE_CLOSED`.
   * @throws The reason of the signal.
   */
  async admit(applicant: Applicant, signal?: AbortSignal): Promise<Peer> {
    const { duplex, name } = applicant
    // Attached before any code of the user's runs. A fault closes the duplex, which is seen when it joins.
    duplex.on('error', ignore)
    try {
      signal?.throwIfAborted()
      if ((await this.#ask(applicant, signal)) !== true) throw refusal(name)
      // The node, or the caller, has given up in the meantime.
      signal?.throwIfAborted()
      this.#host.closing.throwIfAborted()
      const peer = this.#host.join(applicant)
      duplex.off('error', ignore)
      return peer
    } catch (error) {
      duplex.destroy()
      throw error
    }
  }

  // Answered at once where goodPeer does: a deadline would be the most expensive step of admission.
  #ask({ address, direction, headers, name }: Applicant, signal: AbortSignal | undefined): unknown {
    let answer: unknown
    try {
      answer = this.#host.goodPeer({ address, direction, headers })
    } catch (cause) {
      throw refusal(name, cause)
    }
    if (typeof answer !== 'object' || answer === null || !('then' in answer)) return answer
    const asked = Promise.resolve(answer).catch((cause: unknown) => {
      throw refusal(name, cause)
    })
    // After the deadline nothing waits for it; without a handler its rejection would end the process.
    asked.catch(ignore)
    const deadline = {
      timeoutMs: this.#host.handshakeTimeoutMs,
      phase: 'handshake' as const,
      action: `accept ${name}`,
      signals: [signal, this.#host.closing],
    }
    return withDeadline(deadline, () => asked)
  }
}

function ignore(): void {
  // An emitter of errors without a listener ends the process, and so does a rejection.
}

function refusal(name: string, cause?: unknown): PeerError {
  const why = cause === undefined ? 'refused it' : `threw: ${cause instanceof Error ? cause.message : nameOf(cause)}`
  return new PeerError('ERR_PEER_REFUSED', `Cannot accept ${name}: goodPeer ${why}`, { peer: name, cause })
}
