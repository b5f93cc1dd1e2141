import { PeerError } from '../errors.js'
import { nameOf } from '../arguments.js'
import { withDeadline } from '../async/deadline.js'
import { type Address, type Endpoint, formatAddress, parseEndpoint } from './endpoint.js'
import type { Peer } from './peer.js'
import type { PeerCandidate } from './peer-node-options.js'
import type { Connection, Listener, Transport } from './transport.js'

/** How to stop waiting. */
export interface AbortOptions {
  /** Aborted, it makes the call reject with its reason. */
  readonly signal?: AbortSignal | undefined
}

/** How a node listens. */
export interface ServerOptions extends AbortOptions {
  /** Connections that may wait to be accepted. @default 511 */
  readonly backlog?: number | undefined
}

/** What a gateway asks of its node. */
export interface GatewayHost {
  goodPeer(candidate: PeerCandidate): boolean | Promise<boolean>
  /** Makes a peer of an accepted connection. */
  join(connection: Connection, direction: PeerCandidate['direction']): Peer
  onListening(address: Address): void
  /** Somebody who dialled was turned away. */
  onRefused(address: Address, error: unknown): void
  onError(error: Error): void
}

/** How a gateway works. Times are milliseconds. */
export interface GatewaySettings {
  readonly transports: readonly Transport[]
  readonly connectTimeoutMs: number
  readonly handshakeTimeoutMs: number
}

/** Listens and dials, and lets in whom `goodPeer` accepts. */
export class Gateway {
  readonly #host: GatewayHost
  readonly #settings: GatewaySettings
  readonly #closing = new AbortController()
  #listener: Promise<Listener> | undefined
  #address: Address | undefined

  constructor(host: GatewayHost, settings: GatewaySettings) {
    this.#host = host
    this.#settings = settings
  }

  /** Where it listens, `undefined` while it does not. */
  get address(): Address | undefined {
    return this.#address
  }

  /** Listens at `bind`, and resolves with the bound address. */
  async listen(bind: Endpoint, { backlog, signal }: ServerOptions): Promise<Address> {
    const wanted = parseEndpoint(bind)
    const transport = this.#transportFor(wanted, 'listen at')
    if (this.#listener !== undefined) {
      const where = this.#address === undefined ? '' : ` at ${formatAddress(this.#address)}`
      const message = `Cannot listen at ${formatAddress(wanted)}: already listening${where}`
      throw new PeerError('ERR_ALREADY_LISTENING', message)
    }
    const listener = transport.listen(wanted, {
      backlog,
      signal: AbortSignal.any(signal === undefined ? [this.#closing.signal] : [this.#closing.signal, signal]),
      onConnection: (connection) => {
        this.#admit(connection, 'inbound').catch((error: unknown) => {
          this.#host.onRefused(connection.address, error)
        })
      },
      onError: (error) => {
        this.#host.onError(error)
      },
    })
    this.#listener = listener
    try {
      const { address } = await listener
      this.#closing.signal.throwIfAborted()
      this.#address = address
    } catch (error) {
      this.#listener = undefined
      throw error
    }
    this.#host.onListening(this.#address)
    return this.#address
  }

  /** Dials, and resolves with the peer. */
  async connect(endpoint: Endpoint, { signal }: AbortOptions): Promise<Peer> {
    const address = parseEndpoint(endpoint)
    const transport = this.#transportFor(address, 'connect to')
    const deadline = {
      timeoutMs: this.#settings.connectTimeoutMs,
      phase: 'connect' as const,
      action: `connect to ${formatAddress(address)}`,
      signals: [signal, this.#closing.signal],
    }
    const connection = await withDeadline(deadline, async (aborted) => {
      const late = await transport.connect(address, aborted)
      if (aborted.aborted) late.duplex.on('error', ignore).destroy()
      return late
    })
    return this.#admit(connection, 'outbound', signal)
  }

  /** Stops listening and dialling, and lets nobody in any more. Whoever waits is told `error`. */
  async close(error: PeerError): Promise<void> {
    this.#closing.abort(error)
    const listener = await this.#listener?.catch(() => undefined)
    listener?.close()
    this.#address = undefined
  }

  async #admit(connection: Connection, direction: PeerCandidate['direction'], signal?: AbortSignal): Promise<Peer> {
    const { duplex, address } = connection
    // Attached before any code of the user's runs. A fault closes the duplex, which is seen when it joins.
    duplex.on('error', ignore)
    try {
      signal?.throwIfAborted()
      if (!(await this.#isGood({ address, direction }, signal))) throw refusal(address)
      // Closed in the meantime, it would let in nobody.
      this.#closing.signal.throwIfAborted()
      const peer = this.#host.join(connection, direction)
      duplex.off('error', ignore)
      return peer
    } catch (error) {
      duplex.destroy()
      throw error
    }
  }

  #isGood(candidate: PeerCandidate, signal: AbortSignal | undefined): boolean | Promise<boolean> {
    const answer = this.#ask(candidate)
    // An answer that is there needs no deadline, which costs more than all else that lets somebody in.
    if (typeof answer === 'boolean') return answer
    const deadline = {
      timeoutMs: this.#settings.handshakeTimeoutMs,
      phase: 'handshake' as const,
      action: `accept ${formatAddress(candidate.address)}`,
      signals: [signal, this.#closing.signal],
    }
    // Whoever has given up does not hear of its end.
    answer.catch(ignore)
    return withDeadline(deadline, () => answer)
  }

  // What goodPeer throws is a no.
  #ask(candidate: PeerCandidate): boolean | Promise<boolean> {
    const refuse = (cause: unknown): never => {
      throw refusal(candidate.address, cause)
    }
    try {
      const answer = this.#host.goodPeer(candidate)
      return typeof answer === 'boolean' ? answer : Promise.resolve(answer).catch(refuse)
    } catch (cause) {
      return refuse(cause)
    }
  }

  #transportFor(address: Address, action: string): Transport {
    const transport = this.#settings.transports.find((candidate) => candidate.accepts(address))
    if (transport !== undefined) return transport
    const known = this.#settings.transports.map(({ name }) => name).join(', ')
    const tls = address.tls === undefined ? '' : ' with TLS'
    throw new TypeError(`Cannot ${action} ${formatAddress(address)}${tls}: no transport for it among ${known}`)
  }
}

function ignore(): void {
  // Somebody has to listen, or the process ends.
}

function refusal(address: Address, cause?: unknown): PeerError {
  const name = formatAddress(address)
  const why = cause === undefined ? 'refused it' : `threw: ${cause instanceof Error ? cause.message : nameOf(cause)}`
  return new PeerError('ERR_PEER_REFUSED', `Cannot accept ${name}: goodPeer ${why}`, { peer: name, cause })
}
