import { serveIntoPlace } from './bare-receivers.js'
import type { Contestant } from './contestant.js'
import { readRaw, readRawBatches } from './peer-nodes.js'
import { bareNet } from './plain-net.js'
import { transformPair, transformPairForAwait } from './transform-pairs.js'

/** Those who compete in receiving: what sends is the same for all. */
export const receivers: readonly Contestant[] = [
  receiver('bare reader, into place', serveIntoPlace),
  receiver('bare parser, data', bareNet.serve),
  receiver('LengthPrefixDecoder, data', transformPair.serve),
  receiver('LengthPrefixDecoder, for await', transformPairForAwait.serve),
  receiver('readRaw', readRaw.serve),
  receiver('readRawBatches', readRawBatches.serve),
]

function receiver(name: string, serve: Contestant['serve']): Contestant {
  return { name, serve, dial: bareNet.dial }
}
