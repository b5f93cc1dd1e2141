import { withDeadline } from '../async/deadline.js'
import type { Peer } from '../peer/peer.js'
import type { Target } from '../transports/endpoint.js'
import type { ConnectionOptions } from '../transports/transport.js'
import type { Admission } from './admission.js'
import type { ReconnectOptions } from './reconnect-options.js'

/** A signal that makes the call give up. */
export interface AbortOptions {
  /** Aborted, it makes the call reject with its reason. */
  readonly signal?: AbortSignal | undefined
}

/** Options of `connectTo`. */
export interface DialOptions extends AbortOptions {
  /**
   * Whether the endpoint is dialled until it answers, and again whenever its peer has left: see the option of the node. The
   * signal then ends that too, whenever it is aborted. @default what the node's option says
   */
  readonly reconnect?: boolean | ReconnectOptions | undefined
}

/** What dialling needs to know. */
export interface DiallingSettings extends ConnectionOptions {
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
  async dial({ transport, address, name: wanted }: Target, signal: AbortSignal | undefined): Promise<Peer> {
    const { connectTimeoutMs, keepAliveMs, tls } = this.#settings
    const deadline = {
      timeoutMs: connectTimeoutMs,
      phase: 'connect' as const,
      action: `connect to ${wanted}`,
      signals: [signal, this.#closing],
    }
    const connection = await withDeadline(deadline, async (aborted) => {
      const connected = await transport.connect(address, { signal: aborted, keepAliveMs, tls })
      // A transport that does not look at its signal is late.
      if (aborted.aborted) connected.duplex.on('error', ignore).destroy()
      return connected
    })
    const name = transport.format(connection.address)
    return this.#admission.admit({ connection, name, direction: 'outbound', endpoint: address }, signal)
  }
}

function ignore(): void {
  // It is destroyed; what is wrong with it concerns nothing.
}
