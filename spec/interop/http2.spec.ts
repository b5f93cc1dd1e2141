import { expect } from 'chai'
import { once } from 'node:events'
import http2 from 'node:http2'
import net, { type AddressInfo, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { encodeFrame, LengthPrefixDecoder, LengthPrefixEncoder, protocols } from '../../lib/index.js'
import { pattern } from '../support/bytes.js'

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
const NAMES = 'DATA HEADERS PRIORITY RST_STREAM SETTINGS PUSH_PROMISE PING GOAWAY WINDOW_UPDATE CONTINUATION'.split(' ')

// Of some 100 KB each; requests go at the same time.
const exchanges = Array.from({ length: 5 }, (_, i) => ({
  path: `/${i}`,
  // A client numbers its streams 1, 3, 5 …
  stream: 2 * i + 1,
  request: Buffer.from(pattern(100_000 * (i + 1))),
  response: Buffer.from(pattern(123_456 * (i + 1)).reverse()),
}))

/** What went one way through a connection. */
class Direction {
  readonly chunks: Buffer[] = []
  readonly frames: Buffer[] = []

  /** Passes everything on, frame by frame. */
  async relay(from: Socket, to: Socket): Promise<void> {
    from.on('data', (chunk) => this.chunks.push(chunk))
    const { frames } = this
    await pipeline(
      from,
      new LengthPrefixDecoder(protocols.http2),
      async function* (source: AsyncIterable<Buffer>) {
        for await (const frame of source) {
          frames.push(frame)
          yield frame
        }
      },
      new LengthPrefixEncoder(protocols.http2),
      to,
    )
  }

  typesOf(stream: number): string[] {
    return this.#of(stream).map((frame) => NAMES[frame[0]!] ?? '?')
  }

  bodyOf(stream: number): Buffer {
    return Buffer.concat(this.#of(stream).flatMap((frame) => (NAMES[frame[0]!] === 'DATA' ? [frame.subarray(6)] : [])))
  }

  #of(stream: number): Buffer[] {
    return this.frames.filter((frame) => frame.readUInt32BE(2) === stream)
  }
}

/** The next `length` bytes of a socket. */
async function read(socket: Socket, length: number): Promise<Buffer> {
  for (;;) {
    const bytes = socket.read(length) as Buffer | null
    if (bytes !== null) return bytes
    await once(socket, 'readable')
  }
}

async function listen(server: net.Server | http2.Http2Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Takes a connection apart into frames and puts it together again, on its way to `port`. */
async function relay(client: Socket, port: number, toServer: Direction, toClient: Direction): Promise<void> {
  const server = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const preface = await read(client, PREFACE.length)
  expect(preface.toString('latin1')).to.equal(PREFACE)
  server.write(preface)
  await Promise.all([toServer.relay(client, server), toClient.relay(server, client)])
}

describe('an HTTP/2 connection', () => {
  const [toServer, toClient] = [new Direction(), new Direction()]
  const bodies = new Map<string, { request: Buffer; response: Buffer }>()
  const server = http2.createServer()
  const between = net.createServer({ allowHalfOpen: true })

  before(async () => {
    const requests = new Map<string, Buffer>()
    server.on('stream', (stream, { ':path': path }) => {
      void buffer(stream).then((request) => {
        requests.set(path!, request)
        stream.respond({ ':status': 200 })
        stream.end(exchanges.find((exchange) => exchange.path === path)?.response)
      })
    })
    const port = await listen(server)
    const relayed = once(between, 'connection').then(async ([client]: Socket[]) => {
      await relay(client!, port, toServer, toClient)
    })

    const session = http2.connect(`http://127.0.0.1:${await listen(between)}`)
    await Promise.all(
      exchanges.map(async ({ path, request }) => {
        const stream = session.request({ ':method': 'POST', ':path': path })
        stream.end(request)
        const response = await buffer(stream)
        bodies.set(path, { request: requests.get(path)!, response })
      }),
    )
    session.close()
    await relayed
  })

  after(() => {
    between.close()
    server.close()
  })

  it('works when it is taken apart into frames and put together again', () => {
    for (const { path, request, response } of exchanges) {
      expect(bodies.get(path)?.request.equals(request)).to.equal(true)
      expect(bodies.get(path)?.response.equals(response)).to.equal(true)
    }
  })

  it('begins with settings, and ends with a farewell', () => {
    expect(toServer.typesOf(0)[0]).to.equal('SETTINGS')
    expect(toServer.typesOf(0).at(-1)).to.equal('GOAWAY')
    expect(toClient.typesOf(0)[0]).to.equal('SETTINGS')
  })

  it('carries each body in DATA frames behind HEADERS', () => {
    for (const { stream, request, response } of exchanges) {
      for (const direction of [toServer, toClient]) {
        const types = direction.typesOf(stream).filter((type) => type !== 'WINDOW_UPDATE')
        expect(types.join(' ')).to.match(/^HEADERS( DATA)+$/)
      }
      expect(toServer.bodyOf(stream).equals(request)).to.equal(true)
      expect(toClient.bodyOf(stream).equals(response)).to.equal(true)
    }
  })

  it('has frames as long as the limit, and none that is longer', () => {
    const longest = Math.max(...toClient.frames.map((frame) => frame.length))
    expect(longest).to.equal(protocols.http2.maxMessageLength)
  })

  it('has the same bytes when its frames are encoded again', () => {
    for (const { chunks, frames } of [toServer, toClient]) {
      const again = Buffer.concat(frames.map((frame) => encodeFrame(frame, protocols.http2)))
      expect(Buffer.concat(chunks).equals(again)).to.equal(true)
    }
  })
})
