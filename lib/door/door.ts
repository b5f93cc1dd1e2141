import { checkCallOptions } from '../arguments.js'
import { PeerError } from '../errors.js'
import type { Observer } from '../peer/observer.js'
import type { Peer } from '../peer/peer.js'
import { type Address, type Endpoint, resolveEndpoint } from '../transports/endpoint.js'
import { Admission, type AdmissionHost, type AdmissionSettings } from './admission.js'
import { type AbortOptions, Dialling, type DiallingSettings, type DialOptions } from './dialling.js'
import { Listening, type ListeningSettings, type ServerOptions } from './listening.js'
import { type ReconnectSettings, resolveReconnect } from './reconnect-options.js'
import { Reconnecting } from './reconnecting.js'

/** What a door needs to know. Times are milliseconds. */
export interface DoorSettings extends DiallingSettings, ListeningSettings, AdmissionSettings {
  readonly reconnect: ReconnectSettings | undefined
  /** Where `start` listens, and what it dials. */
  readonly bind: readonly Endpoint[]
  readonly connect: readonly Endpoint[]
}

/** What a door asks of its node. */
export interface DoorHost extends AdmissionHost {
  readonly observer: Observer
  /** Whether a peer has not left. */
  isHere(peer: Peer): boolean
}

/** Who gets in: what listens, what dials, and what both lead to. */
export class Door {
  readonly #settings: DoorSettings
  readonly #admission: Admission
  readonly #listening: Listening
  readonly #dialling: Dialling
  readonly #reconnecting: Reconnecting
  readonly #closing = new AbortController()
  // What `start` has dialled, in the order of the option.
  readonly #dialled: (Promise<Peer> | undefined)[] = []
  #starting: Promise<void> | undefined

  constructor(settings: DoorSettings, host: DoorHost) {
    const closing = this.#closing.signal
    const admission = new Admission(settings, host, closing)
    const dialling = new Dialling(settings, admission, closing)
    this.#settings = settings
    this.#admission = admission
    this.#listening = new Listening(settings, admission, host.observer)
    this.#dialling = dialling
    this.#reconnecting = new Reconnecting(
      {
        observer: host.observer,
        dial: (target, signal) => dialling.dial(target, signal),
        isHere: (peer) => host.isHere(peer),
        otherThan: (peer) => admission.duplicates.otherThan(peer),
      },
      closing,
    )
  }

  /** Where it listens. */
  get addresses(): readonly Address[] {
    return this.#listening.addresses
  }

  /** Listens where it should and does not yet, then dials what it should and has no peer of. One start at a time. */
  start(options: AbortOptions): Promise<void> {
    checkCallOptions(options)
    this.#starting ??= this.#start(options).finally(() => (this.#starting = undefined))
    return this.#starting
  }

  /** Listens at `bind`, or at all that the option names. Resolves with the first address. */
  async listen(bind: Endpoint | undefined, options: ServerOptions): Promise<Address> {
    const places = bind === undefined ? this.#settings.bind : [bind]
    if (places.length === 0) throw new TypeError('Cannot listen: expected an endpoint, here or as the bind option')
    const [first] = await Promise.all(places.map((place) => this.#listening.listen(place, options)))
    return first!
  }

  async connect(endpoint: Endpoint, options: DialOptions): Promise<Peer> {
    checkCallOptions(options, ['reconnect'])
    const { signal, reconnect } = options
    const target = resolveEndpoint(endpoint, this.#settings.transports)
    const settings = reconnect === undefined ? this.#settings.reconnect : resolveReconnect(reconnect)
    if (settings === undefined) return this.#dialling.dial(target, signal)
    return this.#reconnecting.connect(target, settings, signal)
  }

  /** A peer is closed by us, or was after it had left. */
  closed(peer: Peer): void {
    this.#reconnecting.closed(peer)
  }

  /** A peer has left. */
  left(peer: Peer, reason: Error | undefined): void {
    this.#admission.left(peer)
    this.#reconnecting.left(peer, reason)
  }

  stopListening(): void {
    this.#listening.stop(new PeerError('ERR_NODE_CLOSED', 'Cannot listen: stopServer was called'))
  }

  /** Stops listening and dialling, and lets no more in. What is about to happen rejects with `error`. */
  close(error: PeerError): void {
    this.#closing.abort(error)
    this.#listening.stop(error)
  }

  async #start(options: AbortOptions): Promise<void> {
    const missing = this.#settings.bind.filter((bind) => !this.#listening.has(bind))
    await Promise.all(missing.map((bind) => this.#listening.listen(bind, options)))
    await Promise.all(this.#settings.connect.map((endpoint, i) => this.#dialOnce(endpoint, i, options)))
  }

  async #dialOnce(endpoint: Endpoint, i: number, options: AbortOptions): Promise<void> {
    const before = await this.#dialled[i]
    if (before !== undefined && (before.isOpen || this.#reconnecting.isTied(before))) return
    const dialled = this.connect(endpoint, options)
    this.#dialled[i] = dialled
    await dialled.catch((error: unknown) => {
      this.#dialled[i] = undefined
      throw error
    })
  }
}
