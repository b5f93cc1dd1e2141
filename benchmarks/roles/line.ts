import net from 'node:net'

// What sockets have read lies in one buffer for all: memory of its own for each read costs more than the reading.
const buffer = Buffer.allocUnsafe(65_536)

/** A socket without a library around it, which costs the machine as little as a socket can. */
export class Line {
  readonly socket: net.Socket
  /** Gets what has come. The bytes are there until it returns. */
  onBytes: (bytes: Buffer) => void = () => undefined

  constructor(port: number) {
    const onread: net.OnReadOpts = {
      buffer,
      callback: (length) => {
        this.onBytes(buffer.subarray(0, length))
        return true
      },
    }
    this.socket = net.connect({ port, host: '127.0.0.1', noDelay: true, onread })
  }

  /** Resolves when it is connected. */
  async connected(): Promise<void> {
    await new Promise<void>((resolve, reject) => this.socket.once('connect', resolve).once('error', reject))
  }

  /** Resolves when something comes. */
  async answered(): Promise<void> {
    await new Promise<void>((resolve) => (this.onBytes = () => resolve()))
  }
}
