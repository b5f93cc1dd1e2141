import { type Duplex, duplexPair } from 'node:stream'
import {
  type Address,
  type Connection,
  type ConnectOptions,
  type Endpoint,
  formatAddress,
  type Listener,
  type ListenOptions,
  type Proof,
  type Transport,
} from '../../lib/index.js'

/** An endpoint that is being dialled. */
export interface Dial {
  readonly signal: AbortSignal
  readonly address: Address
  readonly answer: (duplex: Duplex, proof?: Proof) => void
  readonly fail: (error: Error) => void
}

/** A transport that does what the spec says, when it says so. */
export class PuppetTransport implements Transport {
  readonly name = 'puppet'
  readonly example = 'puppet'
  readonly duplexes: Duplex[] = []
  listening: ListenOptions | undefined
  closed = 0
  readonly dials: Dial[] = []
  // Runs before it listens.
  begin: () => Promise<void> = () => Promise.resolve()

  parse(endpoint: Exclude<Endpoint, URL>): Address | undefined {
    if (typeof endpoint === 'object') return endpoint.path === undefined ? endpoint : undefined
    const port = /^puppet:(?<port>\d+)$/.exec(endpoint)?.groups?.['port']
    return port === undefined ? undefined : { host: 'puppet', port: Number(port) }
  }

  format(address: Address): string {
    return formatAddress(address)
  }

  async listen(address: Address, options: ListenOptions): Promise<Listener> {
    this.listening = options
    await this.begin()
    return { address, close: () => this.stop() }
  }

  connect(address: Address, { signal }: ConnectOptions): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const answer: Dial['answer'] = (duplex, proof) => {
        this.duplexes.push(duplex)
        resolve({ duplex, address, ...proof })
      }
      this.dials.push({ signal, address, answer, fail: reject })
    })
  }

  stop(): void {
    this.closed++
  }

  /** Another one dials the node: from a port, or from anywhere. Returns the node's end, and keeps the other. */
  knock(from: number | Address = 1, more: Partial<Connection> = {}): Duplex {
    const [inside, outside] = duplexPair()
    const address = typeof from === 'number' ? { host: 'puppet', port: from } : from
    this.listening!.onConnection({ duplex: inside, address, ...more })
    this.duplexes.push(inside, outside)
    return inside
  }

  /** Destroys what it has given. */
  clear(): void {
    for (const duplex of this.duplexes) duplex.destroy()
  }
}
