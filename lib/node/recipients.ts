import type { Peer } from '../peer/peer.js'

/** To whom something is sent, where it is not for all: a peer, by itself or its id; several of them; all but one. */
export type Recipients = Peer | string | Iterable<Peer | string> | { readonly except: Peer | string }

/** Whether it is a single peer, or something that is none. */
export function isOne(to: Recipients): to is Peer | string {
  if (typeof to !== 'object' || (to as unknown) === null) return true
  return !(Symbol.iterator in to) && !('except' in to)
}
