import { decode as decodeFrameStream, encode as encodeFrameStream } from 'frame-stream'
import { decode as decodeLengthPrefixedStream, encode as encodeLengthPrefixedStream } from 'length-prefixed-stream'
import type { Duplex } from 'node:stream'
import { LengthPrefixDecoder, LengthPrefixEncoder } from '../../lib/index.js'
import type { Contestant } from './contestant.js'
import { drained } from './drained.js'
import { forEach } from './for-each.js'
import { overSockets } from './over-sockets.js'

// The classes of readable-stream stand for those of Node, whose types they do not name.
const encoder = (): Duplex => new LengthPrefixEncoder()
const decoder = (): Duplex & LengthPrefixDecoder => new LengthPrefixDecoder() as Duplex & LengthPrefixDecoder

export const transformPair: Contestant = pair('Transform pair, data', encoder, decoder, onData)

export const transformPairForAwait: Contestant = pair('Transform pair, for await', encoder, decoder, (stream, take) => {
  void forEach(stream, take)
})

export const transformPairBatches: Contestant = pair('Transform pair, batches', encoder, decoder, (stream, take) => {
  void forEach(stream.batches(), (batch) => {
    for (const message of batch) take(message)
  })
})

export const lengthPrefixedStream: Contestant = pair(
  'length-prefixed-stream',
  encodeLengthPrefixedStream,
  decodeLengthPrefixedStream,
  onData,
)

export const frameStream: Contestant = pair('frame-stream', encodeFrameStream, decodeFrameStream, onData)

type Take = (message: Uint8Array) => void

function pair<Decoder extends Duplex>(
  name: string,
  createEncoder: () => Duplex,
  createDecoder: () => Decoder,
  receive: (decoder: Decoder, take: Take) => void,
): Contestant {
  return overSockets(name, (socket, onMessage) => {
    const encoder = createEncoder()
    encoder.pipe(socket)
    receive(socket.pipe(createDecoder()), onMessage)
    return { send: (message) => encoder.write(message), drained: () => drained(encoder) }
  })
}

function onData(decoder: Duplex, take: Take): void {
  decoder.on('data', take)
}
