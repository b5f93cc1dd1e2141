import { checkCallOptions } from '../arguments.js'
import { withDeadline } from '../async/deadline.js'
import type { Peer } from '../peer/peer.js'
import { type Endpoint, resolveEndpoint } from '../transports/endpoint.js'
import type { ConnectionOptions, Transport } from '../transports/transport.js'
import type { Admission } from './admission.js'

/** A signal that makes the call give up. */
export interface AbortOptions {
  /** Aborted, it makes the call reject with its reason. */
  readonly signal?: AbortSignal | undefined
}

/** What dialling needs to know. */
export interface DiallingSettings extends ConnectionOptions {
  readonly transports: readonly Transport[]
  readonly connectTimeoutMs: number
}

/** Dials, and gives what answers to admission. */
export class Dialling {
  readonly #settings: DiallingSettings
  readonly #admission: Admission
  readonly #closing: AbortSignal

  constructor(settings: DiallingSettings, admission: Admission, closing: AbortSignal) {
    this.#settings = settings
    this.#admission = admission
    this.#closing = closing
  }

  /** Dials, and resolves with the peer. */
  async connect(endpoint: Endpoint, options: AbortOptions): Promise<Peer> {
    checkCallOptions(options)
    const { signal } = options
    const { transports, connectTimeoutMs, keepAliveMs } = this.#settings
    const { transport, address, name: wanted } = resolveEndpoint(endpoint, transports)
    const deadline = {
      timeoutMs: connectTimeoutMs,
      phase: 'connect' as const,
      action: `connect to ${wanted}`,
      signals: [signal, this.#closing],
    }
    const connection = await withDeadline(deadline, async (aborted) => {
      const connected = await transport.connect(address, { signal: aborted, keepAliveMs })
      // A transport that does not look at its signal is late.
      if (aborted.aborted) connected.duplex.on('error', ignore).destroy()
      return connected
    })
    const { duplex, address: remote, identity } = connection
    const name = transport.format(remote)
    const applicant = { duplex, address: remote, name, identity, direction: 'outbound', endpoint: address } as const
    return this.#admission.admit(applicant, signal)
  }
}

function ignore(): void {
  // It is destroyed; what is wrong with it concerns nothing.
}
