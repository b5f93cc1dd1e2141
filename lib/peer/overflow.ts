import type { Outlet } from './outlet.js'

/**
 * What happens to a message for a peer for which more than `outboundLimit` waits:
 *
 * - `'disconnect'`: the peer is closed with `ERR_SLOW_CONSUMER`.
 * - `'drop-newest'`: the message is dropped.
 * - `'drop-oldest'`: what has waited longest is dropped, in the units in which it was packed; long messages never are.
 */
export type Overflow = 'disconnect' | 'drop-newest' | 'drop-oldest'

/** All policies, the default first. */
export const OVERFLOWS: readonly Overflow[] = ['disconnect', 'drop-newest', 'drop-oldest']

/** Drops what has waited longest until no more than `limit` bytes wait. Returns how many messages that cost. */
export function dropDownTo(limit: number, outlet: Outlet): number {
  let dropped = 0
  for (let before = Infinity; outlet.waiting > limit && outlet.waiting < before;) {
    before = outlet.waiting
    dropped += outlet.dropOldest()
  }
  return dropped
}
