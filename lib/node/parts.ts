import type { EventEmitter } from 'node:events'
import type { GoodPeer } from '../door/candidate.js'
import { Door } from '../door/door.js'
import { FrameEncoder } from '../frame/frame-encoder.js'
import type { PeerNodeEvents } from '../observe/events.js'
import { observersOf } from '../observe/observers.js'
import { Stats } from '../observe/stats.js'
import type { Framing } from '../peer/framing.js'
import { Inbox } from '../peer/inbox.js'
import { Crowd } from './crowd.js'
import { Lifetime } from './lifetime.js'
import type { NodeSettings } from './node-settings.js'
import { Reading } from './reading.js'

/** What a node is made of. */
export interface Parts<Data> {
  readonly settings: NodeSettings<Data>
  readonly encoder: FrameEncoder
  readonly stats: Stats
  readonly reading: Reading<Data>
  readonly crowd: Crowd
  readonly door: Door
  readonly lifetime: Lifetime
}

/** What subclasses of a node may override, as its parts call it. */
export interface Overridable {
  readonly goodPeer: GoodPeer
  /** Called once, before the first message. */
  readonly framing: (encoder: FrameEncoder) => Framing
}

/** Makes the parts of a node. Each gets values and the observer, and none gets the node. */
export function partsOf<Data>(
  settings: NodeSettings<Data>,
  events: EventEmitter<PeerNodeEvents>,
  { goodPeer, framing }: Overridable,
): Parts<Data> {
  const encoder = new FrameEncoder(settings.layout)
  const stats = new Stats()
  const observer = observersOf(events, settings.logger, stats.observer)
  const inbox: Inbox = new Inbox(settings.inboundLimit, () => reading.wake())
  const reading = new Reading(inbox, settings.codec, observer)
  const crowd: Crowd = new Crowd(settings, () => framing(encoder), inbox, observer, {
    closed: (peer) => door.closed(peer),
    left: (peer, reason) => door.left(peer, reason),
  })
  const door: Door = new Door(settings, {
    goodPeer,
    join: ({ duplex, identity }, { connection: { address }, direction, name, endpoint }) =>
      crowd.add(duplex, { identity, address, direction, name, endpoint }),
    fail: (peer, reason) => crowd.resolve(peer).fail(reason),
    isHere: (peer) => crowd.has(peer),
    observer,
  })
  const lifetime = new Lifetime(settings, door, reading, crowd, observer)
  for (const [type, handler] of settings.handlers) reading.addHandler(type, handler)
  return { settings, encoder, stats, reading, crowd, door, lifetime }
}
