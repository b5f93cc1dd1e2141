import type { X509Certificate } from 'node:crypto'
import { nameOf } from '../arguments.js'
import { withDeadline } from '../async/deadline.js'
import { PeerError } from '../errors.js'
import type { Direction, Peer } from '../peer/peer.js'
import type { Address } from '../transports/endpoint.js'
import type { Connection, SecuredConnection } from '../transports/transport.js'

/** A connection that wants to become a peer. */
export interface PeerCandidate {
  /** Where the remote end is. */
  readonly address: Address
  readonly direction: Exclude<Direction, 'attached'>
  /**
   * What the transport has proven of the remote end, equal for all its connections: over TLS, the SHA-256 fingerprint of its
   * certificate, as `X509Certificate.fingerprint256` has it. `undefined` where nothing is proven.
   */
  readonly identity: string | undefined
  /** TLS: the certificate of the remote end, of which it has shown that it has the key. */
  readonly certificate: X509Certificate | undefined
  /** TLS: whether the certificate is of an authority that is trusted here, and of the host that was dialled. */
  readonly authorized: boolean
}

/** A connection on its way in. */
export interface Applicant {
  readonly connection: Connection
  readonly direction: PeerCandidate['direction']
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
  /** Makes a peer of a connection that was accepted. */
  join(connection: SecuredConnection, applicant: Applicant): Peer
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
    const { duplex } = applicant.connection
    // Attached before any code of the user's runs. A fault closes the duplex, which is seen when it joins.
    duplex.on('error', ignore)
    try {
      signal?.throwIfAborted()
      const accepted = await this.#examine(applicant, signal)
      // The node, or the caller, has given up in the meantime.
      signal?.throwIfAborted()
      this.#host.closing.throwIfAborted()
      const peer = this.#host.join(accepted, applicant)
      duplex.off('error', ignore)
      return peer
    } catch (error) {
      duplex.destroy()
      throw error
    }
  }

  // Answered at once where nothing takes time: a deadline would be the most expensive step of admission.
  #examine(applicant: Applicant, signal: AbortSignal | undefined): SecuredConnection | Promise<SecuredConnection> {
    const { connection, name } = applicant
    const verdict =
      connection.secure === undefined
        ? this.#ask(connection, applicant)
        : secured(applicant, connection.secure).then((connection) => this.#ask(connection, applicant))
    if (!(verdict instanceof Promise)) return verdict
    // After the deadline nothing waits for it; without a handler its rejection would end the process.
    verdict.catch(ignore)
    const deadline = {
      timeoutMs: this.#host.handshakeTimeoutMs,
      phase: 'handshake' as const,
      action: `accept ${name}`,
      signals: [signal, this.#host.closing],
    }
    return withDeadline(deadline, () => verdict)
  }

  #ask(connection: SecuredConnection, applicant: Applicant): SecuredConnection | Promise<SecuredConnection> {
    const { name, direction } = applicant
    const { identity, certificate, authorized = false } = connection
    const judge = (answer: unknown): SecuredConnection => {
      if (answer !== true) throw refusal(name, 'goodPeer refused it')
      return connection
    }
    const onThrown = (cause: unknown): never => {
      const reason = cause instanceof Error ? cause.message : nameOf(cause)
      throw refusal(name, `goodPeer threw: ${reason}`, cause)
    }
    let answer: unknown
    try {
      const { address } = applicant.connection
      answer = this.#host.goodPeer({ address, direction, identity, certificate, authorized })
    } catch (cause) {
      onThrown(cause)
    }
    const isLater = typeof answer === 'object' && answer !== null && 'then' in answer
    return isLater ? Promise.resolve(answer).then(judge, onThrown) : judge(answer)
  }
}

// Who dials gets the error of the handshake as it is.
async function secured(
  { direction, name }: Applicant,
  secure: () => Promise<SecuredConnection>,
): Promise<SecuredConnection> {
  try {
    return await secure()
  } catch (error) {
    throw direction === 'outbound' ? error : refusal(name, (error as Error).message, error)
  }
}

function ignore(): void {
  // An emitter of errors without a listener ends the process, and so does a rejection.
}

function refusal(name: string, why: string, cause?: unknown): PeerError {
  return new PeerError('ERR_PEER_REFUSED', `Cannot accept ${name}: ${why}`, { peer: name, cause })
}
