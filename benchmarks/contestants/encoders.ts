import { encode as encodeFrameStream } from 'frame-stream'
import FramedStream from 'framed-stream'
import * as itLengthPrefixed from 'it-length-prefixed'
import { encode as encodeLengthPrefixedStream } from 'length-prefixed-stream'
import { Duplex as StreamxDuplex } from 'streamx'
import {
  encode,
  FrameEncoder,
  type LengthField,
  LengthPrefixEncoder,
  uint32be,
  uint32le,
  varint,
} from '../../lib/index.js'
import { BareSlab } from '../baselines/bare-slab.js'
import { asyncOf, bytesOf, type Take } from './byte-list.js'
import { feed, onData } from './feed.js'

/** What turns messages into bytes. */
export interface EncoderContestant {
  readonly name: string
  readonly lengthField: LengthField
  /** Hands the frames of all messages to `take`, cut as it likes. */
  readonly encode: (messages: readonly Buffer[], take: Take) => void | Promise<void>
}

/** Those who encode in memory. */
export const encoders: readonly EncoderContestant[] = [
  { name: 'bare slab', lengthField: uint32be, encode: intoSlab },
  { name: 'Buffer.concat', lengthField: uint32be, encode: concatenate },
  { name: 'FrameEncoder', lengthField: uint32be, encode: encodeEach },
  {
    name: 'LengthPrefixEncoder',
    lengthField: uint32be,
    encode: onData(() => new LengthPrefixEncoder()),
  },
  { name: 'length-prefixed-stream', lengthField: varint, encode: onData(() => encodeLengthPrefixedStream()) },
  { name: 'frame-stream', lengthField: uint32be, encode: onData(() => encodeFrameStream()) },
  { name: 'framed-stream', lengthField: uint32le, encode: framed },
  { name: 'encode(), sync', lengthField: uint32be, encode: bytesOf((messages) => encode(messages)) },
  {
    name: 'encode(), sync, varint',
    lengthField: varint,
    encode: bytesOf((messages) => encode(messages, { lengthField: varint })),
  },
  {
    name: 'it-length-prefixed, sync',
    lengthField: varint,
    encode: bytesOf((messages) => itLengthPrefixed.encode(messages)),
  },
  { name: 'encode(), async', lengthField: uint32be, encode: bytesOf((messages) => encode(asyncOf(messages))) },
  {
    name: 'it-length-prefixed, async',
    lengthField: varint,
    encode: bytesOf((messages) => itLengthPrefixed.encode(asyncOf(messages))),
  },
]

function intoSlab(messages: readonly Buffer[], take: Take): void {
  const slab = new BareSlab(take)
  for (const message of messages) slab.add(message)
  slab.flush()
}

function concatenate(messages: readonly Buffer[], take: Take): void {
  for (const message of messages) {
    const header = Buffer.allocUnsafe(4)
    header.writeUInt32BE(message.length)
    take(Buffer.concat([header, message]))
  }
}

function encodeEach(messages: readonly Buffer[], take: Take): void {
  const encoder = new FrameEncoder()
  for (const message of messages) take(encoder.encode(message))
}

// framed-stream writes to the duplex that it wraps, here one that hands on what it gets.
async function framed(messages: readonly Buffer[], take: Take): Promise<void> {
  const raw = new StreamxDuplex({
    write(bytes, callback) {
      take(bytes as Buffer)
      callback(null)
    },
  })
  const stream = new FramedStream(raw)
  const finished = new Promise<void>((resolve) => raw.once('finish', () => resolve()))
  await feed(messages, stream)
  await finished
}
