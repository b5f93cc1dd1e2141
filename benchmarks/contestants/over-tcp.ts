import type { Contestant } from './contestant.js'
import { framedStream } from './framed-stream.js'
import { itLengthPrefixed } from './it-length-prefixed.js'
import { readRaw, readRawBatches } from './peer-nodes.js'
import { bareNet, bareNetForAwait, corkedNet, plainNet, plainNetForAwait } from './plain-net.js'
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

/** Those whose messages come one at a time to a loop by `for await`. */
export const byForAwait: readonly Contestant[] = [
  bareNetForAwait,
  plainNetForAwait,
  transformPairForAwait,
  readRaw,
  readRawBatches,
]
