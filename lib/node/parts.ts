import type { EventEmitter } from 'node:events'
import type { GoodPeer } from '../door/admission.js'
import { Door } from '../door/door.js'
import { FrameEncoder } from '../frame/frame-encoder.js'
import type { PeerNodeEvents } from '../observe/events.js'
import { observersOf } from '../observe/observers.js'
import type { Framing } from '../peer/framing.js'
import { Inbox } from '../peer/inbox.js'
import { Crowd } from './crowd.js'
import { Lifetime } from './lifetime.js'
import type { NodeSettings } from './node-settings.js'
import { Reading } from './reading.js'

/** What a node is made of. */
export interface Parts {
  readonly settings: NodeSettings
  readonly encoder: FrameEncoder
  readonly reading: Reading
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
export function partsOf(
  settings: NodeSettings,
  events: EventEmitter<PeerNodeEvents>,
  { goodPeer, framing }: Overridable,
): Parts {
  const encoder = new FrameEncoder(settings.layout)
  const observer = observersOf(events, settings.logger)
  const inbox: Inbox = new Inbox(settings.inboundLimit, () => reading.wake())
  const reading = new Reading(settings, inbox, observer)
  const crowd = new Crowd(settings, () => framing(encoder), inbox, observer)
  const door = new Door(settings, {
    goodPeer,
    join: (applicant) => crowd.add(applicant.duplex, applicant),
    observer,
  })
  const lifetime = new Lifetime(settings, door, reading, crowd, observer)
  for (const [type, handler] of settings.handlers) reading.addHandler(type, handler)
  if (settings.defaultHandler !== undefined) reading.setDefaultHandler(settings.defaultHandler)
  return { settings, encoder, reading, crowd, door, lifetime }
}
