import { memory } from '../transports/memory.js'
import { tcp } from '../transports/tcp.js'
import { tls } from '../transports/tls.js'
import type { Transport } from '../transports/transport.js'
import { unix } from '../transports/unix.js'
import { BaseNode } from './base-node.js'
import type { PeerNodeOptions } from './node-options.js'

const TRANSPORTS: readonly Transport[] = [tcp, tls, unix, memory]

/**
 * Client and server at once: listens, dials, and gives one stream of messages from all peers, over TCP, TLS, Unix
 * sockets, and inside this process.
 *
 * @example
 * const node = new PeerNode({ bind: { port: 9000 } })
 * await node.start()
 * for await (const { data, from } of node.readRaw()) node.send(data, from)
 */
export class PeerNode<Data = Uint8Array> extends BaseNode<Data> {
  /**
   * @throws {TypeError} If an option has the wrong type, or is none.
   * @throws {RangeError} If an option is out of range, or options cannot work together.
   */
  constructor(options: PeerNodeOptions<Data> = {}) {
    super(options, TRANSPORTS)
  }
}
