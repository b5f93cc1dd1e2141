import { PeerError } from '../errors.js'
import type { Observer } from '../peer/observer.js'
import type { Peer } from '../peer/peer.js'
import type { SecuredConnection } from '../transports/transport.js'
import type { Applicant, GoodPeer } from './candidate.js'
import { type DuplicatePolicy, Duplicates } from './duplicates.js'
import { Examination, type ExaminationSettings } from './examination.js'
import { FileRoom } from './file-room.js'
import { Gate, type GateSettings } from './gate.js'
import { refusal } from './refusal.js'

/** What admission needs to know. */
export interface AdmissionSettings extends GateSettings, ExaminationSettings {
  readonly duplicates: DuplicatePolicy
}

/** What admission asks of its node. */
export interface AdmissionHost {
  readonly goodPeer: GoodPeer
  readonly observer: Pick<Observer, 'connected'>
  /** Makes a peer of a connection that was accepted. */
  join(connection: SecuredConnection, applicant: Applicant): Peer
  /** Ends a peer, for a reason. */
  fail(peer: Peer, reason: Error): void
}

/**
 * Lets in the connections that `goodPeer` accepts.
 *
 * | a connection from outside | waits for                     | counts                                        |
 * | knocks                    | nothing: {@link Gate}         | nowhere                                       |
 * | is examined               | its handshake, and `goodPeer` | as pending, unless both are done at once      |
 * | is let in                 | nothing: {@link Duplicates}   | as a peer, until it has left                  |
 *
 * One that was dialled is examined and let in, and counts nowhere.
 */
export class Admission {
  readonly #settings: AdmissionSettings
  readonly #host: AdmissionHost
  // Aborted when the node closes.
  readonly #closing: AbortSignal
  readonly #gate: Gate
  readonly #examination: Examination
  readonly #files: FileRoom = new FileRoom()
  readonly duplicates: Duplicates

  constructor(settings: AdmissionSettings, host: AdmissionHost, closing: AbortSignal) {
    this.#settings = settings
    this.#host = host
    this.#closing = closing
    this.#gate = new Gate(settings)
    this.#examination = new Examination(settings, host.goodPeer, closing)
    this.duplicates = new Duplicates(settings.duplicates, settings.handshakeTimeoutMs)
  }

  /**
   * Makes a peer of a connection, or destroys it.
   *
   * @throws {PeerError} `ERR_PEER_REFUSED`; `ERR_TIMEOUT`, phase handshake; `ERR_NODE_CLOSED`.
   * @throws The reason of the signal.
   */
  async admit(applicant: Applicant, signal?: AbortSignal): Promise<Peer> {
    const { direction, endpoint } = applicant
    const { duplex, address } = applicant.connection
    // Attached before any code of the user's runs. A fault closes the duplex, which is seen when it joins.
    duplex.on('error', ignore)
    this.#host.observer.connected(address, direction, endpoint)
    try {
      signal?.throwIfAborted()
      if (direction === 'inbound') this.#knock(applicant)
      const accepted = await this.#examination.take(applicant, signal)
      // The node, or the caller, has given up in the meantime.
      signal?.throwIfAborted()
      this.#closing.throwIfAborted()
      const peer = this.#letIn(accepted, applicant)
      duplex.off('error', ignore)
      return peer
    } catch (error) {
      duplex.destroy()
      throw error
    }
  }

  /** Looks whether there are files for as many as may come. @returns What a person should know, if there are not. */
  measureFiles(): string | undefined {
    const { maxPeers, maxPending } = this.#settings
    return this.#files.measure(this.#connections, maxPeers + maxPending)
  }

  /** A peer has left. */
  left(peer: Peer): void {
    this.#gate.left(peer)
    this.duplicates.left(peer)
  }

  get #connections(): number {
    return this.#gate.inside + this.#examination.pending.size
  }

  #knock({ connection: { address }, name }: Applicant): void {
    this.#gate.knock(address, name)
    if (!this.#files.has(this.#connections) && !this.#examination.pending.turnAwayOne('file-limit')) {
      throw refusal(name, 'file-limit', 'the process has no more open files')
    }
  }

  #letIn(connection: SecuredConnection, applicant: Applicant): Peer {
    const { direction, name } = applicant
    const { identity, ownIdentity } = connection
    // More may have come while this one was examined.
    if (direction === 'inbound') this.#gate.checkRoom(applicant.connection.address, name)
    const replaced = this.duplicates.judge({ identity, ownIdentity, direction, name })
    const peer = this.#host.join(connection, applicant)
    this.#gate.joined(peer)
    this.duplicates.joined(peer)
    for (const old of replaced) this.#host.fail(old, replacedBy(peer, old))
    return peer
  }
}

function ignore(): void {
  // An emitter of errors without a listener ends the process.
}

function replacedBy(peer: Peer, old: Peer): PeerError {
  const message = `Cannot keep ${old.id}: ${peer.id} has taken its place, which is of the same remote`
  return new PeerError('ERR_PEER_REFUSED', message, { peer: old.id, reason: 'duplicate' })
}
