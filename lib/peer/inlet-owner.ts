import type { Transform } from 'node:stream'
import type { Message } from './lane.js'
import type { Tally } from './tally.js'

/** What an inlet asks of its peer. */
export interface InletOwner {
  readonly tally: Tally
  /** Whether memory is worth more than speed. */
  readonly isFrugal: boolean
  createDecoder(): Transform
  /** Bytes have been looked at. */
  onArrived(length: number): void
  /** Takes messages, at least one. `false` if no more should come until {@link Inlet.resume}. */
  onMessages(batch: readonly Message[]): boolean
  /** Messages have come that are not wanted any more. */
  onUnwanted(batch: readonly Message[]): void
  /** The remote has ended, and what it said has been handed over. `error` is what is wrong with the bytes that are left. */
  onDone(error: Error | undefined): void
}
