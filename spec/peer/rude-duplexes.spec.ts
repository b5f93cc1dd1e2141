import { expect } from 'chai'
import { Duplex, type DuplexOptions, Transform } from 'node:stream'
import {
  BaseNode,
  encodeFrame,
  LengthPrefixDecoder,
  LengthPrefixEncoder,
  type PeerNodeOptions,
} from '../../lib/index.js'
import { departure, Lab, receiveText } from '../support/lab.js'

describe('A peer over a duplex that keeps no rules', () => {
  const lab = new Lab()

  function duplexOf(options: DuplexOptions): Duplex {
    return new Duplex({ read: () => undefined, write: (_bytes, _encoding, callback) => callback(), ...options })
  }

  const silent: Readonly<Record<string, DuplexOptions>> = {
    'that emits no close': { emitClose: false },
    'whose destroy never calls back': { destroy: () => undefined },
  }
  for (const [which, options] of Object.entries(silent)) {
    it(`${which} is closed all the same`, async () => {
      const node = lab.node({ closeTimeoutMs: 20 })
      const peer = node.attach(duplexOf(options))
      const gone = departure(node)
      peer.send(Buffer.from('hi'))
      await node.close()
      expect(await gone).to.deep.equal({ peer, reason: undefined })
      expect(node.peers.size).to.equal(0)
    })

    it(`${which} has left when it was destroyed before it was attached`, async () => {
      const node = lab.node()
      const gone = departure(node)
      const peer = node.attach(duplexOf(options).destroy())
      expect(await gone).to.deep.equal({ peer, reason: undefined })
    })
  }

  it('that emits no close has left when it fails', async () => {
    const node = lab.node()
    const duplex = duplexOf({ emitClose: false })
    const gone = departure(node)
    node.attach(duplex)
    duplex.destroy(new Error('gone wrong'))
    expect((await gone).reason?.message).to.equal('gone wrong')
  })

  it('is closed by what its write throws, at the end of a tick or at once, and nothing else is', async () => {
    const throwing = (): Duplex =>
      duplexOf({
        write: () => {
          throw new Error('cannot write')
        },
      })
    const node = lab.node()
    const { wire } = lab.attach(node)
    for (const send of [
      (peer: { send(message: Uint8Array): boolean }) => peer.send(Buffer.from('hi')),
      () => node.send(Buffer.from('all')),
    ]) {
      const peer = node.attach(throwing())
      const gone = departure(node)
      send(peer)
      const { peer: who, reason } = await gone
      expect(who).to.equal(peer)
      expect(reason?.message).to.equal('cannot write')
      expect(peer.stats).to.include({ dropped: 1, unsent: 1 })
    }
    wire.write(encodeFrame(Buffer.from('still here')))
    expect(await receiveText(node, 1)).to.deep.equal(['still here'])
  })
})

describe('A decoder of a subclass', () => {
  const lab = new Lab()

  class OwnDecoders extends BaseNode {
    readonly #give: (message: Buffer) => unknown

    constructor(give: (message: Buffer) => unknown, options: PeerNodeOptions = {}) {
      super(options, [])
      this.#give = give
    }

    protected override createDecoder(): Transform {
      return new Transform({
        readableObjectMode: true,
        transform: (message: Buffer, _encoding, callback) => callback(null, this.#give(message)),
      })
    }
  }

  function nodeOf(give: (message: Buffer) => unknown): OwnDecoders {
    const node = new OwnDecoders(give)
    lab.later(() => node.close())
    return node
  }

  it('may give bytes of any kind, which arrive as Buffers', async () => {
    for (const give of [(m: Buffer) => new Uint8Array(m), (m: Buffer) => [new Uint8Array(m)]]) {
      const node = nodeOf(give)
      lab.attach(node).wire.write('hi')
      expect(await receiveText(node, 1)).to.deep.equal(['hi'])
    }
  })

  for (const [what, item] of [
    ['text', 'hi'],
    ['an object', { a: 1 }],
    ['an array of text', ['hi']],
  ] as const) {
    it(`is refused when it gives ${what}: its peer is closed with the reason`, async () => {
      const node = nodeOf(() => item)
      const gone = departure(node)
      lab.attach(node).wire.write('hi')
      const { reason } = await gone
      expect(reason).to.be.instanceOf(TypeError)
      expect(reason?.message).to.match(
        /^Cannot read message of the decoder that createDecoder made: expected a Uint8Array/,
      )
    })
  }
})

describe('encodeMsg of a subclass', () => {
  const lab = new Lab()

  class Marked extends BaseNode {
    constructor() {
      super({}, [])
    }

    protected override encodeMsg(message: Uint8Array): Uint8Array {
      return encodeFrame(Buffer.concat([Buffer.from('<'), message]))
    }

    protected override createEncoder(): Transform {
      return new LengthPrefixEncoder()
    }

    protected override createDecoder(): Transform {
      return new LengthPrefixDecoder()
    }
  }

  it('frames everything: a message in pieces is refused, its source is closed, and its peer stays', async () => {
    const node = new Marked()
    lab.later(() => node.close())
    const { peer } = lab.attach(node)
    let returned = 0
    const source = {
      length: 1,
      *[Symbol.iterator]() {
        yield Buffer.from('a')
      },
      return: () => returned++,
    }
    const error: unknown = await peer.sendLong(source).catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(TypeError)
    expect(error).to.have.property('message', 'Cannot send long message: encodeMsg of this node frames whole messages')
    expect(returned).to.equal(1)
    expect(peer.isOpen).to.equal(true)
  })
})

describe('Closing that takes too long', () => {
  const lab = new Lab()

  it('says that a long message was not sent, and no number of bytes, where none waits', async () => {
    const node = lab.node({ closeTimeoutMs: 20 })
    const { peer } = lab.attach(node)
    const sent = peer.sendLong({
      length: 10,
      async *[Symbol.asyncIterator]() {
        yield Buffer.from('abc')
        await new Promise(() => undefined)
      },
    })
    const gone = departure(node)
    await peer.close()
    expect((await gone).reason?.message).to.equal(
      `Cannot close ${peer.id} cleanly: its last message was not sent to its end within 20 ms`,
    )
    expect(await sent.catch((error: unknown) => error)).to.have.property('code', 'ERR_PEER_GONE')
  })
})
