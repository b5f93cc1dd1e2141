import { BaseNode } from '../peer/base-node.js'
import type { PeerNodeOptions } from '../peer/peer-node-options.js'
import type { Transport } from '../peer/transport.js'
import { tcp } from './tcp.js'
import { unix } from './unix.js'

const TRANSPORTS: readonly Transport[] = [tcp, unix]

/**
 * Client and server at once: listens, dials, and gives one stream of messages from all peers.
 *
 * @example
 * await using node = new PeerNode({ bind: { port: 9000 } })
 * await node.start()
 * for await (const { data, from } of node.readRaw()) node.send(data, from)
 */
export class PeerNode<Data = Uint8Array> extends BaseNode<Data> {
  /**
   * @throws {TypeError} If an option has the wrong type.
   * @throws {RangeError} If an option is out of range, or options cannot work together.
   */
  constructor(options: PeerNodeOptions<Data> = {}) {
    super(options, TRANSPORTS)
  }
}
