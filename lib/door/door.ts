import { checkCallOptions } from '../arguments.js'
import { PeerError } from '../errors.js'
import type { Observer } from '../peer/observer.js'
import type { Peer } from '../peer/peer.js'
import type { Address, Endpoint } from '../transports/endpoint.js'
import { Admission, type Applicant, type GoodPeer } from './admission.js'
import { type AbortOptions, Dialling, type DiallingSettings } from './dialling.js'
import { Listening, type ServerOptions } from './listening.js'

/** What a door needs to know. Times are milliseconds. */
export interface DoorSettings extends DiallingSettings {
  readonly handshakeTimeoutMs: number
  /** Where `start` listens, and what it dials. */
  readonly bind: readonly Endpoint[]
  readonly connect: readonly Endpoint[]
}

/** What a door asks of its node. */
export interface DoorHost {
  readonly goodPeer: GoodPeer
  readonly observer: Observer
  join(applicant: Applicant): Peer
}

/** Who gets in: what listens, what dials, and what both lead to. */
export class Door {
  readonly #settings: DoorSettings
  readonly #listening: Listening
  readonly #dialling: Dialling
  readonly #closing = new AbortController()
  // What `start` has dialled, in the order of the option.
  readonly #dialled: (Promise<Peer> | undefined)[] = []
  #starting: Promise<void> | undefined

  constructor(settings: DoorSettings, host: DoorHost) {
    const { goodPeer, observer } = host
    const { handshakeTimeoutMs } = settings
    const closing = this.#closing.signal
    const admission = new Admission({
      goodPeer,
      join: (applicant) => host.join(applicant),
      handshakeTimeoutMs,
      closing,
    })
    this.#settings = settings
    this.#listening = new Listening(settings, admission, observer)
    this.#dialling = new Dialling(settings, admission, closing)
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

  connect(endpoint: Endpoint, options: AbortOptions): Promise<Peer> {
    return this.#dialling.connect(endpoint, options)
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
    if (before?.isOpen === true) return
    const dialled = this.connect(endpoint, options)
    this.#dialled[i] = dialled
    await dialled.catch((error: unknown) => {
      this.#dialled[i] = undefined
      throw error
    })
  }
}
