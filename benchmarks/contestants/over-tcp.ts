import type { Contestant } from './contestant.js'
import { framedStream } from './framed-stream.js'
import { itLengthPrefixed } from './it-length-prefixed.js'
import { readRaw, readRawBatches } from './peer-nodes.js'
import { bareNet, bareNetForAwait, corkedNet, plainNet } from './plain-net.js'
import {
  frameStream,
  lengthPrefixedStream,
  transformPair,
  transformPairBatches,
  transformPairForAwait,
} from './transform-pairs.js'
import { webSocket } from './web-socket.js'
import { zeroMq } from './zero-mq.js'

/** Those who compete over TCP. */
export const overTcp: readonly Contestant[] = [
  bareNet,
  bareNetForAwait,
  plainNet,
  corkedNet,
  transformPair,
  transformPairForAwait,
  transformPairBatches,
  readRaw,
  readRawBatches,
  webSocket,
  zeroMq,
  itLengthPrefixed,
  lengthPrefixedStream,
  frameStream,
  framedStream,
]
