import { nameOf } from '../arguments.js'
import { withDeadline } from '../async/deadline.js'
import type { SecuredConnection } from '../transports/transport.js'
import type { Applicant, GoodPeer } from './candidate.js'
import { hostOf } from './host.js'
import { refusal } from './refusal.js'
import { WaitingRoom } from './waiting-room.js'

/** What an examination needs to know. */
export interface ExaminationSettings {
  readonly maxPending: number
  readonly handshakeTimeoutMs: number
}

/** Shakes hands with a candidate, where its transport does that, and asks `goodPeer` about it: in time, or not at all. */
export class Examination {
  readonly pending: WaitingRoom
  readonly #timeoutMs: number
  readonly #goodPeer: GoodPeer
  // Aborted when the node closes.
  readonly #closing: AbortSignal

  constructor({ maxPending, handshakeTimeoutMs }: ExaminationSettings, goodPeer: GoodPeer, closing: AbortSignal) {
    this.pending = new WaitingRoom(maxPending)
    this.#timeoutMs = handshakeTimeoutMs
    this.#goodPeer = goodPeer
    this.#closing = closing
  }

  /**
   * What is left of a connection that may come in. Answers at once where nothing takes time: a deadline would be the most
   * expensive step of admission.
   *
   * @throws {PeerError} `ERR_PEER_REFUSED`; `ERR_TIMEOUT`, phase handshake; the reason of a signal.
   */
  take(applicant: Applicant, signal: AbortSignal | undefined): SecuredConnection | Promise<SecuredConnection> {
    const { connection } = applicant
    const verdict =
      connection.secure === undefined
        ? this.#ask(connection, applicant)
        : secured(applicant, connection.secure).then((connection) => this.#ask(connection, applicant))
    if (!(verdict instanceof Promise)) return verdict
    // After the deadline nothing waits for it; without a handler its rejection would end the process.
    verdict.catch(ignore)
    return this.#pend(verdict, applicant, signal)
  }

  async #pend<T>(verdict: Promise<T>, applicant: Applicant, signal: AbortSignal | undefined): Promise<T> {
    const { connection, direction, name } = applicant
    const turnedAway = new AbortController()
    const deadline = {
      timeoutMs: this.#timeoutMs,
      phase: 'handshake' as const,
      action: `accept ${name}`,
      signals: [signal, this.#closing, turnedAway.signal],
    }
    if (direction === 'outbound') return withDeadline(deadline, () => verdict)
    const leave = this.pending.enter(hostOf(connection.address), (reason) => {
      turnedAway.abort(refusal(name, reason, 'others came while it was not admitted yet'))
    })
    return withDeadline(deadline, () => verdict).finally(leave)
  }

  #ask(connection: SecuredConnection, applicant: Applicant): SecuredConnection | Promise<SecuredConnection> {
    const { name, direction } = applicant
    const { identity, certificate, authorized = false, headers } = connection
    const judge = (answer: unknown): SecuredConnection => {
      if (answer !== true) throw refusal(name, 'good-peer', 'goodPeer refused it')
      return connection
    }
    const onThrown = (cause: unknown): never => {
      const reason = cause instanceof Error ? cause.message : nameOf(cause)
      throw refusal(name, 'good-peer', `goodPeer threw: ${reason}`, cause)
    }
    let answer: unknown
    try {
      const { address } = applicant.connection
      answer = this.#goodPeer({ address, direction, identity, certificate, authorized, headers })
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
    throw direction === 'outbound' ? error : refusal(name, 'handshake', (error as Error).message, error)
  }
}

function ignore(): void {
  // A rejection that nothing waits for ends the process.
}
