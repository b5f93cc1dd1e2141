// A program of somebody who has installed the package. package.spec.ts compiles and runs a copy that imports 'lengthwise'.
import { pipeline } from 'node:stream/promises'
import { duplexPair, Readable } from 'node:stream'
import {
  BaseNode,
  type Codec,
  decode,
  decodeFrames,
  encode,
  encodeFrame,
  type EncodeOptions,
  type FrameOptions,
  FrameParser,
  FramingError,
  type Handler,
  type LengthField,
  LengthPrefixDecoder,
  LengthPrefixEncoder,
  MessageTooLargeError,
  type Peer,
  PeerError,
  PeerNode,
  type PeerNodeOptions,
  type Received,
  tcp,
  type Transport,
  uint16be,
  uint32be,
  varint,
} from '../../lib/index.js'

const message: Uint8Array = new TextEncoder().encode('hello')
const said: string[] = []
const say = (what: string, bytes: Uint8Array | undefined): void => {
  said.push(`${what}: ${new TextDecoder().decode(bytes)}`)
}

const field: LengthField = uint16be
const layout: FrameOptions & EncodeOptions = { lengthField: field, maxMessageLength: 100 }
const parser = new FrameParser(layout)
parser.append(encodeFrame(message, layout))
for (const whole of parser) say('parser', whole)
parser.end()
say('function', decodeFrames(encodeFrame(message))[0])

try {
  encodeFrame(new Uint8Array(101), layout)
} catch (error) {
  if (!(error instanceof MessageTooLargeError && error instanceof FramingError)) throw error
  said.push(`error: ${error.code} ${error.length ?? 0} > ${error.limit ?? 0}`)
}

const encoder = new LengthPrefixEncoder({ lengthField: varint })
const decoder: LengthPrefixDecoder = new LengthPrefixDecoder({ lengthField: varint })
await pipeline(Readable.from([message]), encoder, decoder, async (messages: AsyncIterable<Buffer>) => {
  for await (const whole of messages) say('stream', whole)
})
for (const list of decode(encode([message], { lengthField: uint32be }))) say('iterable', list.subarray())

const codec: Codec<string> = {
  parse: (bytes) => ({ type: 'text', data: bytes.toString() }),
  serialise: (_type, data) => new TextEncoder().encode(data),
}
const answer: Handler<string> = (from: Peer, type, data) => {
  if (server.sendMsg(type, `${data} yourself`, from)) said.push(`handler: ${data}`)
}
const options: PeerNodeOptions<string> = { bind: { port: 0 }, codec, handlers: { text: answer } }
const server = new PeerNode<string>(options)
await server.start()
const transports: readonly Transport[] = [tcp]
const client = new BaseNode({ connect: server.address }, transports)
await client.start()
client.send(message)
const received: IteratorResult<Received, undefined> = await client.readRaw().next()
say('peer', received.value?.data)
try {
  client.send(message, 'nobody')
} catch (error) {
  if (error instanceof PeerError) said.push(`error: ${error.code}`)
}
client.attach(duplexPair()[0].destroy(), { id: 'gone' })
await client.close()
await server.close()

console.log(said.join('\n'))
