import { decode as decodeFrameStream } from 'frame-stream'
import FramedStream from 'framed-stream'
import * as itLengthPrefixed from 'it-length-prefixed'
import { decode as decodeLengthPrefixedStream } from 'length-prefixed-stream'
import type { Duplex } from 'node:stream'
import { Duplex as StreamxDuplex } from 'streamx'
import {
  decode,
  FrameParser,
  type LengthField,
  LengthPrefixDecoder,
  type LengthPrefixDecoderOptions,
  uint32be,
  uint32le,
  varint,
} from '../../lib/index.js'
import { BareIterator } from '../baselines/bare-iterator.js'
import { BareParser } from '../baselines/bare-parser.js'
import { StockDecoder } from '../baselines/stock-decoder.js'
import { SubarrayParser } from '../baselines/subarray-parser.js'
import { asyncOf, messagesOf, type Take } from './byte-list.js'
import { ended, feed, onData } from './feed.js'
import { forEach } from './for-each.js'

/** What turns chunks into messages. */
export interface DecoderContestant {
  readonly name: string
  readonly lengthField: LengthField
  /** Hands every message in `chunks` to `take`. */
  readonly decode: (chunks: readonly Buffer[], take: Take) => void | Promise<void>
}

// readable-stream's classes stand for those of Node, whose types they do not name.
const ours = (options?: LengthPrefixDecoderOptions): Duplex & LengthPrefixDecoder =>
  new LengthPrefixDecoder(options) as Duplex & LengthPrefixDecoder

/** Those who decode in memory, ours before the others of the same form. */
export const decoders: readonly DecoderContestant[] = [
  { name: 'bare parser', lengthField: uint32be, decode: bare((take) => new BareParser(take)) },
  { name: 'bare parser, views by subarray', lengthField: uint32be, decode: bare((take) => new SubarrayParser(take)) },
  { name: 'FrameParser', lengthField: uint32be, decode: parse },
  { name: 'LengthPrefixDecoder, data', lengthField: uint32be, decode: onData(() => ours()) },
  { name: 'LengthPrefixDecoder, data, copy', lengthField: uint32be, decode: onData(() => ours({ copy: true })) },
  { name: 'stock Transform, data', lengthField: uint32be, decode: onData(() => new StockDecoder()) },
  { name: 'length-prefixed-stream, data', lengthField: varint, decode: onData(() => decodeLengthPrefixedStream()) },
  { name: 'frame-stream, data', lengthField: uint32be, decode: onData(() => decodeFrameStream()) },
  { name: 'framed-stream, data', lengthField: uint32le, decode: framedOnData },
  { name: 'bare parser, for await', lengthField: uint32be, decode: iterateBare },
  { name: 'LengthPrefixDecoder, for await', lengthField: uint32be, decode: iterate(() => ours()) },
  { name: 'stock Transform, for await', lengthField: uint32be, decode: iterate(() => new StockDecoder()) },
  { name: 'framed-stream, for await', lengthField: uint32le, decode: framedIterated },
  { name: 'LengthPrefixDecoder, batches', lengthField: uint32be, decode: inBatches },
  { name: 'decode(), sync', lengthField: uint32be, decode: messagesOf((chunks) => decode(chunks)) },
  {
    name: 'it-length-prefixed, sync, uint32be',
    lengthField: uint32be,
    decode: messagesOf((chunks) => itLengthPrefixed.decode(chunks, { lengthDecoder: readUint32be })),
  },
  {
    name: 'decode(), sync, varint',
    lengthField: varint,
    decode: messagesOf((chunks) => decode(chunks, { lengthField: varint })),
  },
  {
    name: 'it-length-prefixed, sync',
    lengthField: varint,
    decode: messagesOf((chunks) => itLengthPrefixed.decode(chunks)),
  },
  { name: 'decode(), async', lengthField: uint32be, decode: messagesOf((chunks) => decode(asyncOf(chunks))) },
  {
    name: 'decode(), async, varint',
    lengthField: varint,
    decode: messagesOf((chunks) => decode(asyncOf(chunks), { lengthField: varint })),
  },
  {
    name: 'it-length-prefixed, async',
    lengthField: varint,
    decode: messagesOf((chunks) => itLengthPrefixed.decode(asyncOf(chunks))),
  },
]

type Decode = DecoderContestant['decode']

function bare(create: (take: Take) => BareParser): Decode {
  return (chunks, take) => {
    const parser = create(take)
    for (const chunk of chunks) parser.write(chunk)
  }
}

function parse(chunks: readonly Buffer[], take: Take): void {
  const parser = new FrameParser()
  for (const chunk of chunks) {
    parser.append(chunk)
    for (const message of parser) take(message)
  }
  parser.end()
}

function iterateBare(chunks: readonly Buffer[], take: Take): Promise<void> {
  return forEach(new BareIterator(chunks), take)
}

function iterate(create: () => Duplex & AsyncIterable<Buffer>): Decode {
  return (chunks, take) => {
    const decoder = create()
    void feed(chunks, decoder)
    return forEach(decoder, take)
  }
}

function inBatches(chunks: readonly Buffer[], take: Take): Promise<void> {
  const decoder = ours()
  void feed(chunks, decoder)
  return forEach(decoder.batches(), (batch) => {
    for (const message of batch) take(message)
  })
}

// framed-stream wraps a duplex, here one of its own library that gives what is pushed into it.
async function framedOnData(chunks: readonly Buffer[], take: Take): Promise<void> {
  const raw = rawStream(chunks)
  const framed = new FramedStream(raw).on('data', take)
  await ended(framed, () => undefined)
}

function framedIterated(chunks: readonly Buffer[], take: Take): Promise<void> {
  const framed = new FramedStream(rawStream(chunks))
  // Its iterator ends when both directions have.
  framed.end()
  return forEach(framed as AsyncIterable<Buffer>, take)
}

function rawStream(chunks: readonly Buffer[]): StreamxDuplex {
  let next = 0
  return new StreamxDuplex({
    read(callback) {
      while (next < chunks.length && this.push(chunks[next++]));
      if (next === chunks.length) this.push(null)
      callback(null)
    },
  })
}

// The way in which a length field of four bytes is given to it-length-prefixed.
const readUint32be: itLengthPrefixed.LengthDecoderFunction = Object.assign(
  (bytes: { getUint32(at: number): number }) => bytes.getUint32(0),
  { bytes: 4 },
)
