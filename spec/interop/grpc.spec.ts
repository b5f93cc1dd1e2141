import * as grpc from '@grpc/grpc-js'
import { expect } from 'chai'
import { once } from 'node:events'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { LengthPrefixDecoder, LengthPrefixEncoder, protocols } from '../../lib/index.js'

// Neither side compresses: the message is what follows the five bytes of header.
const framing = { ...protocols.grpc, initialBytesToStrip: 'header', maxMessageLength: 4_194_304 } as const

// Some are empty.
const messages = Array.from({ length: 2000 }, (_, i) => Buffer.from(`${i} `.repeat(i % 200)))
const longest = Buffer.alloc(framing.maxMessageLength, 'The longest message. ')

// gRPC does not mind what its messages are.
const asIs = (message: Buffer): Buffer => message
const upperCase = (message: Buffer): Buffer => Buffer.from(message.toString('latin1').toUpperCase())

const UNARY = '/spec.Texts/UpperCase'
const SERVER_STREAM = '/spec.Texts/Words'
const BOTH_STREAM = '/spec.Texts/UpperCaseOfEach'

/** Messages that a request for `SERVER_STREAM` is answered with. */
function wordsOf(message: Buffer): Buffer[] {
  return message
    .toString('latin1')
    .split(' ')
    .map((word) => Buffer.from(word))
}

/** Calls a method of a gRPC server: messages in the body, status in the trailers. */
async function call(session: http2.ClientHttp2Session, path: string, requests: readonly Buffer[]): Promise<Buffer[]> {
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
  })
  const trailers = once(stream, 'trailers') as Promise<[http2.IncomingHttpHeaders]>
  const sent = pipeline(Readable.from(requests), new LengthPrefixEncoder(framing), stream)
  const answers = (await stream.pipe(new LengthPrefixDecoder(framing)).toArray()) as Buffer[]
  await sent
  const [{ 'grpc-status': status }] = await trailers
  expect(status).to.equal('0')
  return answers
}

describe('a server of @grpc/grpc-js', () => {
  const server = new grpc.Server()
  let session: http2.ClientHttp2Session

  before(async () => {
    const bytes = {
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    }
    const upperCaseOf: grpc.handleUnaryCall<Buffer, Buffer> = ({ request }, answer) => answer(null, upperCase(request))
    const words: grpc.handleServerStreamingCall<Buffer, Buffer> = (stream) => {
      for (const word of wordsOf(stream.request)) stream.write(word)
      stream.end()
    }
    const upperCaseOfEach: grpc.handleBidiStreamingCall<Buffer, Buffer> = (stream) => {
      stream.on('data', (message: Buffer) => stream.write(upperCase(message)))
      stream.on('end', () => stream.end())
    }
    server.addService(
      {
        upperCase: { path: UNARY, requestStream: false, responseStream: false, ...bytes },
        words: { path: SERVER_STREAM, requestStream: false, responseStream: true, ...bytes },
        upperCaseOfEach: { path: BOTH_STREAM, requestStream: true, responseStream: true, ...bytes },
      },
      { upperCase: upperCaseOf, words, upperCaseOfEach },
    )
    const bind = promisify(server.bindAsync.bind(server))
    const port = await bind('127.0.0.1:0', grpc.ServerCredentials.createInsecure())
    session = http2.connect(`http://127.0.0.1:${port}`)
  })

  after(async () => {
    session.close()
    await once(session, 'close')
    await promisify(server.tryShutdown.bind(server))()
  })

  it('answers a message with a message', async () => {
    expect(await call(session, UNARY, [Buffer.from('hello')])).to.deep.equal([Buffer.from('HELLO')])
    expect(await call(session, UNARY, [Buffer.alloc(0)])).to.deep.equal([Buffer.alloc(0)])
  })

  it('takes and gives the longest message', async () => {
    const [answer] = await call(session, UNARY, [longest])
    expect(answer?.equals(upperCase(longest))).to.equal(true)
  })

  it('answers a message with many', async () => {
    const request = messages[199]!
    expect(await call(session, SERVER_STREAM, [request])).to.deep.equal(wordsOf(request))
  })

  it('answers many messages with many', async () => {
    const answers = await call(session, BOTH_STREAM, messages)
    expect(answers.map(String)).to.deep.equal(messages.map(upperCase).map(String))
  })
})

describe('a client of @grpc/grpc-js', () => {
  const server = http2.createServer()
  const handlers: Record<string, (message: Buffer) => Buffer[]> = {
    [UNARY]: (message) => [upperCase(message)],
    [SERVER_STREAM]: wordsOf,
    [BOTH_STREAM]: (message) => [upperCase(message)],
  }
  let client: grpc.Client

  async function serve(stream: http2.ServerHttp2Stream, path: string): Promise<void> {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    await pipeline(
      stream,
      new LengthPrefixDecoder(framing),
      async function* (requests: AsyncIterable<Buffer>) {
        for await (const message of requests) yield* handlers[path]!(message)
      },
      new LengthPrefixEncoder(framing),
      stream,
    )
  }

  before(async () => {
    server.on('stream', (stream, headers) => void serve(stream, headers[':path']!))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), { 'grpc.enable_http_proxy': 0 })
  })

  after(async () => {
    client.close()
    server.close()
    await once(server, 'close')
  })

  async function unary(request: Buffer): Promise<Buffer | undefined> {
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest(UNARY, asIs, asIs, request, (error, answer) => {
        if (error) reject(error)
        else resolve(answer)
      })
    })
  }

  it('is answered a message with a message', async () => {
    expect(await unary(Buffer.from('hello'))).to.deep.equal(Buffer.from('HELLO'))
    expect(await unary(Buffer.alloc(0))).to.deep.equal(Buffer.alloc(0))
  })

  it('takes and gives the longest message', async () => {
    expect((await unary(longest))?.equals(upperCase(longest))).to.equal(true)
  })

  it('is answered a message with many', async () => {
    const request = messages[199]!
    const answers = client.makeServerStreamRequest(SERVER_STREAM, asIs, asIs, request)
    expect(await answers.toArray()).to.deep.equal(wordsOf(request))
  })

  it('is answered many messages with many', async () => {
    const stream = client.makeBidiStreamRequest(BOTH_STREAM, asIs, asIs)
    for (const message of messages) stream.write(message)
    stream.end()
    expect((await stream.toArray()).map(String)).to.deep.equal(messages.map(upperCase).map(String))
  })
})
