import { serveFleeting } from './bare-receivers.js'
import type { Contestant } from './contestant.js'
import { readRaw } from './peer-nodes.js'
import { bareNet } from './plain-net.js'
import { transformPair } from './transform-pairs.js'

/** Those who compete in sending: what receives is the same for all, and so quick that it keeps none of them waiting. */
export const senders: readonly Contestant[] = [
  sender('bare slab', bareNet),
  sender('LengthPrefixEncoder, piped', transformPair),
  sender('send to one peer', readRaw),
]

function sender(name: string, { dial }: Contestant): Contestant {
  return { name, serve: serveFleeting, dial }
}
