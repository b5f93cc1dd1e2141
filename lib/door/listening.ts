import { checkBoolean, checkCallOptions, checkInteger } from '../arguments.js'
import { onAbort } from '../async/on-abort.js'
import { PeerError } from '../errors.js'
import type { Observer } from '../peer/observer.js'
import { type Address, type Endpoint, resolveEndpoint, type Target } from '../transports/endpoint.js'
import type { Connection, ConnectionOptions, Listener, Transport } from '../transports/transport.js'
import type { Admission } from './admission.js'
import type { AbortOptions } from './dialling.js'
import { reasonOf } from './refusal.js'

/** Options of `startServer`. */
export interface ServerOptions extends AbortOptions {
  /** Connections that may wait to be accepted. @default 511 */
  readonly backlog?: number | undefined
  /**
   * Whether the path of a Unix socket at which nothing answers is taken over, as a killed process leaves it. @default false
   */
  readonly replaceStale?: boolean | undefined
}

/** What listening needs to know. */
export interface ListeningSettings extends ConnectionOptions {
  readonly transports: readonly Transport[]
}

/** A place where a node listens, or is about to. */
interface Place {
  readonly target: Target
  readonly abort: AbortController
  listener: Listener | undefined
}

/** Listens at any number of places, and gives those who come to admission. */
export class Listening {
  readonly #settings: ListeningSettings
  readonly #admission: Admission
  readonly #observer: Observer
  // By transport and endpoint as written, port 0 included, in the order in which they began.
  readonly #places = new Map<string, Place>()

  constructor(settings: ListeningSettings, admission: Admission, observer: Observer) {
    this.#settings = settings
    this.#admission = admission
    this.#observer = observer
  }

  /** Where it listens. */
  get addresses(): readonly Address[] {
    return [...this.#places.values()].flatMap(({ listener }) => listener?.address ?? [])
  }

  /** Whether it listens at an endpoint, or is about to. */
  has(bind: Endpoint): boolean {
    return this.#places.has(keyOf(resolveEndpoint(bind, this.#settings.transports)))
  }

  /** Listens at `bind`, and resolves with the bound address. */
  async listen(bind: Endpoint, options: ServerOptions): Promise<Address> {
    checkCallOptions(options, ['backlog', 'replaceStale'])
    const { signal, backlog, replaceStale } = options
    if (backlog !== undefined) checkInteger('backlog', backlog, 0)
    if (replaceStale !== undefined) checkBoolean('replaceStale', replaceStale)
    const target = resolveEndpoint(bind, this.#settings.transports)
    const key = keyOf(target)
    const taken = this.#places.get(key)
    if (taken !== undefined) throw alreadyListening(taken)
    signal?.throwIfAborted()
    const place: Place = { target, abort: new AbortController(), listener: undefined }
    this.#places.set(key, place)
    const stopWaiting = signal && onAbort(signal, (reason) => place.abort.abort(reason))
    try {
      place.listener = await target.transport.listen(target.address, {
        backlog,
        replaceStale,
        keepAliveMs: this.#settings.keepAliveMs,
        tls: this.#settings.tls,
        signal: place.abort.signal,
        onConnection: (connection) => this.#onConnection(connection, target.transport),
        onError: (error) => this.#observer.failed(error, undefined),
      })
      if (place.abort.signal.aborted) place.listener.close()
      place.abort.signal.throwIfAborted()
    } catch (error) {
      if (this.#places.get(key) === place) this.#places.delete(key)
      throw error
    } finally {
      stopWaiting?.()
    }
    const { address } = place.listener
    this.#observer.listening(address, target.transport.format(address))
    const warning = this.#admission.measureFiles()
    if (warning !== undefined) this.#observer.warned(warning)
    return address
  }

  /** Stops listening. What is about to listen rejects with `reason`. */
  stop(reason: unknown): void {
    for (const { listener, abort } of this.#places.values()) {
      abort.abort(reason)
      listener?.close()
    }
    this.#places.clear()
  }

  #onConnection(connection: Connection, transport: Transport): void {
    const name = transport.format(connection.address)
    const applicant = { connection, name, direction: 'inbound', endpoint: undefined } as const
    this.#admission
      .admit(applicant)
      .catch((error: unknown) => this.#observer.refused(name, error as Error, reasonOf(error)))
  }
}

function keyOf({ transport, name }: Target): string {
  return `${transport.name} ${name}`
}

function alreadyListening({ target, listener }: Place): PeerError {
  const where = listener === undefined ? '' : ` at ${target.transport.format(listener.address)}`
  return new PeerError('ERR_ALREADY_LISTENING', `Cannot listen at ${target.name}: already listening${where}`)
}
