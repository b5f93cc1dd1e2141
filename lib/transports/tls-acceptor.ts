import type { Duplex } from 'node:stream'
import type { createServer, Server, TLSSocket } from 'node:tls'
import { isPlainText, tlsErrorOf } from './tls-error.js'
import { guarded } from './tls-guards.js'
import { currentOf, merged, type TlsOptions, type TlsSettings } from './tls-options.js'
import { carrierOf, securedBy } from './tls-socket.js'
import type { SecuredConnection } from './transport.js'

/** How a handshake ends. */
interface Outcome {
  readonly resolve: (connection: SecuredConnection) => void
  readonly reject: (error: Error) => void
}

// Something has to answer who comes in with a certificate.
const CREDENTIALS = ['cert', 'pfx', 'SNICallback'] as const

// fatal, protocol_version: RFC 8446, section 6.
//
//     +-- alert --+-- version: 2 --+-- length: 2 --+-- level --+-- what --+
//     |    15     |     03 03      |     00 02     |    02     |    46    |
const ALERT = Buffer.from('15030300020246', 'hex')

/**
 * Shakes hands with who comes in: by a server of node:tls that listens nowhere and is given sockets, so that it can be
 * another one when the options are others.
 */
export class TlsAcceptor {
  readonly #settings: readonly (TlsSettings | undefined)[]
  readonly #create: typeof createServer
  readonly #onThrown: (error: Error) => void
  // By the socket that was given to the server.
  readonly #outcomes = new WeakMap<Duplex, Outcome>()
  #options: readonly TlsOptions[] = []
  #server: Server | undefined

  /**
   * @param settings Those that come later override those before.
   * @param onThrown Gets what functions among the options throw, where that is not why a handshake fails.
   * @throws {TypeError} If there is no certificate among them. @throws What node:tls throws, if it cannot use them.
   */
  static async open(
    settings: readonly (TlsSettings | undefined)[],
    onThrown: (error: Error) => void,
  ): Promise<TlsAcceptor> {
    const { createServer } = await import('node:tls')
    const acceptor = new TlsAcceptor(settings, createServer, onThrown)
    acceptor.#serverForNow()
    return acceptor
  }

  private constructor(
    settings: readonly (TlsSettings | undefined)[],
    create: typeof createServer,
    onThrown: (error: Error) => void,
  ) {
    this.#settings = settings
    this.#create = create
    this.#onThrown = onThrown
  }

  /** Shakes hands over a socket that was accepted. Rejects if that fails, or if the socket is destroyed. */
  async accept(raw: Duplex): Promise<SecuredConnection> {
    const server = this.#serverForNow()
    if (raw.destroyed) throw new Error('The connection was closed before the TLS handshake')
    // A remote that ends instead of shaking hands is gone.
    raw.allowHalfOpen = false
    return new Promise((resolve, reject) => {
      this.#outcomes.set(raw, { resolve, reject })
      // The way to give it a connection: https://nodejs.org/docs/latest-v20.x/api/tls.html#event-connection
      server.emit('connection', raw)
    })
  }

  #serverForNow(): Server {
    const options = this.#settings.map(currentOf)
    if (this.#server !== undefined && options.every((one, i) => one === this.#options[i])) return this.#server
    this.#server = this.#serverWith(merged(options))
    this.#options = options
    return this.#server
  }

  #serverWith(options: TlsOptions): Server {
    if (CREDENTIALS.every((name) => options[name] === undefined)) {
      throw new TypeError('Cannot listen with TLS: expected tls.cert and tls.key, tls.pfx or tls.SNICallback')
    }
    return this.#create({ ...guarded(options, this.#onThrown), pauseOnConnect: true })
      .on('secureConnection', (socket) => this.#outcomeOf(socket)?.resolve(securedBy(socket)))
      .on('tlsClientError', (error, socket) => this.#onFailed(error, socket))
  }

  #onFailed(error: Error, socket: TLSSocket): void {
    // OpenSSL says nothing to who does not speak TLS, and would leave a client with an end that looks clean.
    if (isPlainText(error)) carrierOf(socket)?.write(ALERT)
    // Its type says Error, and it is a code, or null: https://nodejs.org/docs/latest-v20.x/api/tls.html#tlssocketauthorizationerror
    const untrusted = socket.authorizationError as unknown as string | null
    this.#outcomeOf(socket)?.reject(tlsErrorOf(error, untrusted ?? undefined))
  }

  #outcomeOf(socket: TLSSocket): Outcome | undefined {
    const carrier = carrierOf(socket)
    return carrier && this.#outcomes.get(carrier)
  }
}
