import './with-resolvers.js'
import type { Libp2p } from '@libp2p/interface'
import { checkOptions, nameOf } from '../arguments.js'
import type { Bus, OnPiece, SubscribeOptions, Subscription } from '../topic/bus.js'

/** What is used here of the service that `gossipsub()` of the package `@libp2p/gossipsub` makes. */
export interface PubSub {
  readonly globalSignaturePolicy: string
  publish(
    topic: string,
    data: Uint8Array,
    options: { readonly allowPublishToZeroTopicPeers: boolean },
  ): Promise<{ readonly recipients: readonly unknown[] }>
  subscribe(topic: string): void
  unsubscribe(topic: string): void
  getSubscribers(topic: string): readonly unknown[]
  addEventListener(type: 'message', listener: (event: PubSubEvent) => void): void
  removeEventListener(type: 'message', listener: (event: PubSubEvent) => void): void
}

/** A message that has come, and the peer id of the host that signed it. */
export interface PubSubEvent {
  readonly detail: { readonly topic: string; readonly data: Uint8Array; readonly from?: { toString(): string } }
}

/** Options of {@link gossipsub}. */
export interface GossipsubOptions {
  /** What stands in front of the names of topics, so that they are not taken for those of others. @default 'lengthwise.' */
  readonly prefix?: string | undefined
}

// Longer ones are forwarded by each host on the way only when it has all of them.
const MAX_PIECE_LENGTH = 65_536

/**
 * Topics without a server, over the gossipsub service of a libp2p host, which has it as `services.pubsub`.
 *
 * Best effort: pieces are forwarded from host to host, and one that is lost on the way, or overtaken, is told as a gap. `from`
 * is the peer id that signed. It takes about a second until hosts know of a new subscription. There are no groups, and no
 * back-pressure: `maxOutboundBufferSize` of the service bounds what waits for a slow host.
 *
 * @throws {TypeError} If `host` has no such service, or the service does not sign, or an option has the wrong type, or is none.
 * @example
 * const host = await createLibp2p({ services: { identify: identify(), pubsub: gossipsubService() } })
 * const prices = new Topic(gossipsub(host), 'prices')
 */
export function gossipsub(host: Libp2p<{ pubsub: PubSub }>, options: GossipsubOptions = {}): Bus {
  checkOptions(options, ['prefix'])
  const { prefix = 'lengthwise.' } = options
  if (typeof prefix !== 'string') throw new TypeError(`Cannot use prefix: expected a string, got ${nameOf(prefix)}`)
  const pubsub = serviceOf(host)
  const subscribers = new Map<string, number>()
  let published: Promise<unknown> = Promise.resolve()
  return {
    name: 'gossipsub',
    id: host.peerId.toString(),
    maxPieceLength: MAX_PIECE_LENGTH,
    publish(topic, piece) {
      // One after the other: each is signed first, and those that are signed side by side would overtake each other.
      const next = published.then(() => publish(pubsub, prefix + topic, piece))
      published = next.catch(ignore)
      return next
    },
    async subscribe(topic, onPiece, { group, onEnd }: SubscribeOptions): Promise<Subscription> {
      if (group !== undefined) throw new TypeError(`Cannot subscribe as group ${group}: gossipsub has no groups`)
      const name = prefix + topic
      const stopListening = listen(pubsub, name, onPiece)
      const onStop = (): void => onEnd()
      host.addEventListener('stop', onStop)
      subscribers.set(name, (subscribers.get(name) ?? 0) + 1)
      pubsub.subscribe(name)
      return {
        close: async () => {
          stopListening()
          host.removeEventListener('stop', onStop)
          const left = subscribers.get(name)! - 1
          subscribers.set(name, left)
          if (left === 0 && host.status === 'started') pubsub.unsubscribe(name)
        },
      }
    },
  }
}

function serviceOf(host: Libp2p<{ pubsub: PubSub }>): PubSub {
  const { services } = host as { services?: { pubsub?: Partial<PubSub> } }
  if (typeof services?.pubsub?.getSubscribers !== 'function') {
    throw new TypeError('Cannot use host: expected a libp2p host with gossipsub as services.pubsub')
  }
  if (services.pubsub.globalSignaturePolicy !== 'StrictSign') {
    throw new TypeError('Cannot use host: its gossipsub does not sign, so it is not known who publishes')
  }
  return host.services.pubsub
}

/** @throws {Error} If hosts read the topic, and none of them was sent the piece. */
async function publish(pubsub: PubSub, name: string, piece: Uint8Array): Promise<void> {
  // That no host reads a topic is no fault of what is said on it.
  const { recipients } = await pubsub.publish(name, piece, { allowPublishToZeroTopicPeers: true })
  const readers = pubsub.getSubscribers(name).length
  if (recipients.length === 0 && readers > 0) throw new Error(`none of ${readers} hosts could be sent it`)
}

function listen(pubsub: PubSub, name: string, onPiece: OnPiece): () => void {
  const listener = ({ detail: { topic, data, from } }: PubSubEvent): void => {
    // Without a signature it is of a host with another policy, which ours refuses before.
    if (topic === name && from !== undefined) void onPiece(data, from.toString())
  }
  pubsub.addEventListener('message', listener)
  return () => pubsub.removeEventListener('message', listener)
}

function ignore(): void {
  // Its publisher has the promise itself.
}
