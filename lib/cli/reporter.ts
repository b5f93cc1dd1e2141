import type { Address, Peer } from '../index.js'
import type { Loss } from './ledger.js'

/** Tells what happens on a node, to a person or to a machine. */
export interface Reporter {
  listening(address: Address): void
  joined(peer: Peer): void
  /** @param loss What the peer was not sent, unless that is told otherwise. */
  left(peer: Peer, reason: Error | undefined, loss: Loss | undefined): void
  /** Something went wrong. The process will end with an exit code that says so. */
  failed(error: unknown): void
  /** The line to print for a message. */
  line(message: Buffer, from: Peer): string
}
