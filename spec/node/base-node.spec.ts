import { expect } from 'chai'
import { getEventListeners, once } from 'node:events'
import { type Duplex, Transform, type TransformCallback } from 'node:stream'
import { BaseNode, encodeFrame, PeerNode, type Received } from '../../lib/index.js'
import { hex, text, toHex } from '../support/bytes.js'
import { Clock } from '../support/clock.js'
import { arrival, departure, Lab, receive, receiveText, rejectionOf, settled, take, thrownBy } from '../support/lab.js'

describe('readRaw', () => {
  const lab = new Lab()
  const say = (wire: Duplex, ...messages: string[]): void => {
    wire.write(Buffer.concat(messages.map((message) => encodeFrame(text(message)))))
  }

  it('gives messages with the peer that they came from, to whom an answer can be sent', async () => {
    const node = lab.node()
    const { peer, wire } = lab.attach(node)
    say(wire, 'hello')
    const [message] = await receive(node, 1)
    expect(message).to.have.property('from', peer)
    expect(message!.data).to.be.instanceOf(Buffer)
    node.send(message!.data, message!.from)
    expect(toHex(((await once(wire, 'data')) as [Buffer])[0])).to.equal('00 00 00 05 68 65 6c 6c 6f')
  })

  it('gives empty messages', async () => {
    const node = lab.node()
    say(lab.attach(node).wire, '', 'x', '')
    expect(await receiveText(node, 3)).to.deep.equal(['', 'x', ''])
  })

  it('gives each peer a turn: 99 quiet ones do not wait for a flooding one', async () => {
    const node = lab.node()
    const flooding = lab.attach(node)
    const quiet = Array.from({ length: 99 }, () => lab.attach(node))
    say(flooding.wire, ...Array<string>(5000).fill('flood'))
    for (const { wire } of quiet) say(wire, 'quiet')
    await settled()
    const first = await receive(node, 100)
    expect(new Set(first.map(({ from }) => from)).size).to.equal(100)
  })

  it('loses nothing and closes nobody when a loop is left', async () => {
    const node = lab.node()
    const { peer, wire } = lab.attach(node)
    say(wire, 'one', 'two', 'three')
    for await (const { data } of node.readRaw()) {
      expect(String(data)).to.equal('one')
      break
    }
    const thrown = new Error('from the body')
    const failing = (async () => {
      for await (const { data } of node.readRaw()) {
        expect(String(data)).to.equal('two')
        throw thrown
      }
    })()
    expect(await rejectionOf(failing)).to.equal(thrown)
    expect(peer.isOpen).to.be.true
    say(wire, 'four')
    expect(await receiveText(node, 2)).to.deep.equal(['three', 'four'])
  })

  it('answers concurrent calls of next() in their order', async () => {
    const node = lab.node()
    const { wire } = lab.attach(node)
    const loop = node.readRaw()
    const pending = [loop.next(), loop.next(), loop.next()]
    say(wire, 'one', 'two')
    await settled()
    say(wire, 'three', 'four')
    const results = await Promise.all([...pending, loop.next()])
    expect(results.map(({ value }) => value?.data.toString())).to.deep.equal(['one', 'two', 'three', 'four'])
    await loop.return()
  })

  it('ends a pending next() with return(), and the messages go to the next loop', async () => {
    const node = lab.node()
    const { wire } = lab.attach(node)
    const loop = node.readRaw()
    const pending = loop.next()
    expect(await loop.return()).to.deep.equal({ done: true, value: undefined })
    expect(await pending).to.deep.equal({ done: true, value: undefined })
    say(wire, 'one')
    await settled()
    expect(await loop.next()).to.deep.equal({ done: true, value: undefined })
    await loop.return()
    expect(await receiveText(node, 1)).to.deep.equal(['one'])
  })

  it('refuses a second reader until the first is done', async () => {
    const node = lab.node()
    const loop = node.readRaw()
    const busy = { name: 'PeerError', code: 'ERR_READER_BUSY' }
    expect(thrownBy(() => node.readRaw())).to.include(busy)
    expect(thrownBy(() => node.readRawBatches())).to.include(busy)
    await loop.return()
    await node.readRawBatches().return()
    {
      await using again = node.readRaw()
      expect(again).to.be.an('object')
    }
    await node.readRaw().return()
  })

  it('ends when the node is closed, after what had come by then', async () => {
    const node = lab.node()
    const { wire } = lab.attach(node)
    say(wire, 'one', 'two')
    wire.resume().end()
    await settled()
    const seen: string[] = []
    const controller = new AbortController()
    for await (const { data } of node.readRaw({ signal: controller.signal })) {
      seen.push(data.toString())
      await node.close()
    }
    expect(seen).to.deep.equal(['one', 'two'])
    expect(getEventListeners(controller.signal, 'abort')).to.be.empty
    expect(await node.readRaw().next()).to.deep.equal({ done: true, value: undefined })
  })

  it('ends for those who wait when the node is closed', async () => {
    const node = lab.node()
    const { signal } = new AbortController()
    const loop = node.readRawBatches({ signal })
    const pending = [loop.next(), loop.next()]
    await node.close()
    expect(await Promise.all(pending)).to.deep.equal(Array(2).fill({ done: true, value: undefined }))
    expect(getEventListeners(signal, 'abort')).to.be.empty
  })

  it('is refused when its signal is aborted already', async () => {
    const node = lab.node()
    const reason = new Error('enough')
    expect(thrownBy(() => node.readRaw({ signal: AbortSignal.abort(reason) }))).to.equal(reason)
    await node.readRaw().return()
  })

  it('stops when its signal is aborted, and leaves no listener and no message behind', async () => {
    const node = lab.node()
    const { wire } = lab.attach(node)
    const [waiting, later] = [new AbortController(), new AbortController()]
    const loop = node.readRaw({ signal: waiting.signal })
    const pending = rejectionOf(loop.next())
    waiting.abort('enough')
    expect(await pending).to.equal('enough')
    expect(await loop.next()).to.deep.equal({ done: true, value: undefined })

    const other = node.readRaw({ signal: later.signal })
    say(wire, 'one')
    await settled()
    later.abort('enough')
    expect(await rejectionOf(other.next())).to.equal('enough')
    for (const { signal } of [waiting, later]) expect(getEventListeners(signal, 'abort')).to.be.empty
    expect(await receiveText(node, 1)).to.deep.equal(['one'])
  })

  it('leaves no listener behind when the loop is left', async () => {
    const { signal } = new AbortController()
    await lab.node().readRaw({ signal }).return()
    expect(getEventListeners(signal, 'abort')).to.be.empty
  })

  it('gives arrays as readRawBatches', async () => {
    const node = lab.node()
    const [a, b] = [lab.attach(node), lab.attach(node)]
    say(a.wire, 'one', 'two')
    say(b.wire, 'three')
    await settled()
    const [batch] = await take(node.readRawBatches(), 1)
    const show = ({ data, from }: Received): unknown => [data.toString(), from]
    expect(batch!.map(show)).to.deep.equal([
      ['one', a.peer],
      ['two', a.peer],
      ['three', b.peer],
    ])
    const loop = node.readRawBatches()
    const pending = loop.next()
    say(b.wire, 'four')
    expect((await pending).value?.map(show)).to.deep.equal([['four', b.peer]])
    await loop.return()
  })

  it('stops reading from a peer whose messages wait, until they are read', async () => {
    const node = lab.node({ inboundLimit: 10_000 })
    const { wire } = lab.attach(node)
    let sent = 0
    const message = encodeFrame(Buffer.alloc(1000))
    while (wire.write(message)) {
      sent++
      await settled()
    }
    await settled()
    expect(wire.writableLength).to.be.greaterThan(0)
    expect(sent).to.be.within(10, 1000)
    await receive(node, sent + 1)
    await settled()
    expect(wire.writableLength).to.equal(0)
  })
})

/** All that has come, as text: from Node.js 26 on, `read` gives one chunk at a time. */
function readAll(duplex: Duplex): string {
  const chunks: unknown[] = []
  for (let chunk: unknown = duplex.read(); chunk !== null; chunk = duplex.read()) chunks.push(chunk)
  return chunks.join('')
}

describe('BaseNode', () => {
  const lab = new Lab()

  describe('of a class of its own', () => {
    /** Cuts bytes into lines, and answers late. */
    class LineDecoder extends Transform {
      #rest = ''

      constructor() {
        super({ readableObjectMode: true })
      }

      override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
        const lines = (this.#rest + chunk.toString()).split('\n')
        this.#rest = lines.pop() ?? ''
        setImmediate(() => {
          for (const line of lines) this.push(Buffer.from(line))
          callback()
        })
      }
    }

    class LineNode extends BaseNode {
      protected override createEncoder(): Transform {
        return new Transform({
          writableObjectMode: true,
          transform: (message: Uint8Array, _encoding, callback) => callback(null, Buffer.concat([message, text('\n')])),
        })
      }

      protected override createDecoder(): Transform {
        return new LineDecoder()
      }
    }

    it('frames with the Transforms that it makes', async () => {
      const node = lab.keep(new LineNode({}, []))
      const [a, b] = [lab.attach(node), lab.attach(node)]
      node.send(text('to a'), a.peer)
      node.send(text('to all'))
      node.sendRaw(text('raw\n'), a.peer)
      node.send(text('last'), a.peer)
      await settled()
      expect(readAll(a.wire)).to.equal('to a\nto all\nraw\nlast\n')
      expect(readAll(b.wire)).to.equal('to all\n')
      a.wire.write('he')
      a.wire.write('llo\nworld\n')
      expect(await receiveText(node, 2)).to.deep.equal(['hello', 'world'])
    })

    it('goes on until its decoder has, also when the connection has ended', async () => {
      const node = lab.keep(new LineNode({}, []))
      const { wire } = lab.attach(node)
      const gone = departure(node)
      wire.resume().end('one\ntwo\n')
      expect((await gone).reason).to.equal(undefined)
      expect(await receiveText(node, 2)).to.deep.equal(['one', 'two'])
    })

    it('frames everything with its own encodeMsg', async () => {
      class ShoutingNode extends PeerNode {
        protected override encodeMsg(message: Uint8Array): Uint8Array {
          return super.encodeMsg(text(Buffer.from(message).toString().toUpperCase()))
        }
      }
      const node = lab.keep(new ShoutingNode())
      const { peer, wire } = lab.attach(node)
      node.send(text('one'), peer)
      node.send(text('all'))
      node.sendMsg(0, text('typed'), peer)
      node.sendRaw(hex('00 00 00 01 61'), peer)
      await settled()
      expect(readAll(wire)).to.equal('\0\0\0\x03ONE\0\0\0\x03ALL\0\0\0\x05TYPED\0\0\0\x01a')
    })

    it('passes over arrays without messages', async () => {
      class SilentNode extends BaseNode {
        protected override createDecoder(): Transform {
          return new Transform({
            readableObjectMode: true,
            transform: (chunk: Buffer, _encoding, callback) => {
              callback(null, chunk.toString() === '-' ? [] : [chunk, chunk])
            },
          })
        }
      }
      const node = lab.keep(new SilentNode({}, []))
      const { wire } = lab.attach(node)
      wire.write('-')
      await settled()
      wire.write('x')
      expect(await receiveText(node, 2)).to.deep.equal(['x', 'x'])
    })

    it('closes a peer for which it cannot make a decoder, and nobody else', async () => {
      class BrokenNode extends BaseNode {
        protected override createDecoder(): Transform {
          throw new Error('out of order')
        }
      }
      const node = lab.keep(new BrokenNode({}, []))
      const [a, b] = [lab.attach(node), lab.attach(node)]
      const gone = departure(node)
      a.wire.write('x')
      const { peer, reason } = await gone
      expect(peer).to.equal(a.peer)
      expect(reason).to.have.property('message', 'out of order')
      expect(b.peer.isOpen).to.be.true
    })

    it('closes a peer for which it cannot make an encoder, and no other that is sent the same', async () => {
      const broken: readonly (() => Transform)[] = [
        () => {
          throw new Error('out of order')
        },
        () => undefined as unknown as Transform,
        () =>
          Object.assign(new Transform({ writableObjectMode: true }), {
            write: () => {
              throw new Error('cannot write')
            },
          }),
      ]
      const says = ['out of order', 'Cannot use what createEncoder returned: expected a Transform', 'cannot write']
      for (const [i, create] of broken.entries()) {
        let made = 0
        class BrokenNode extends LineNode {
          protected override createEncoder(): Transform {
            return made++ === 0 ? create() : super.createEncoder()
          }
        }
        const node = lab.keep(new BrokenNode({}, []))
        const [a, b] = [lab.attach(node), lab.attach(node)]
        const gone = departure(node)
        const heard = once(b.wire, 'data')
        node.send(text('to all'))
        const { peer, reason } = await gone
        expect(peer).to.equal(a.peer)
        expect(reason?.message).to.include(says[i])
        expect(String((await heard)[0])).to.equal('to all\n')
        expect(b.peer.isOpen).to.be.true
      }
    })

    it('closes the peer whose Transform fails, with its error', async () => {
      class PickyNode extends LineNode {
        protected override createEncoder(): Transform {
          return new Transform({
            writableObjectMode: true,
            transform: (_message, _encoding, callback) => callback(new Error('not this one')),
          })
        }
      }
      const node = lab.keep(new PickyNode({}, []))
      const { peer } = lab.attach(node)
      const gone = departure(node)
      node.send(text('x'), peer)
      expect((await gone).reason).to.have.property('message', 'not this one')
    })

    it('asks its own goodPeer', async () => {
      class ShyNode extends PeerNode {
        protected override goodPeer(): boolean {
          return false
        }
      }
      const { address } = await lab.listen()
      expect(await rejectionOf(lab.keep(new ShyNode()).connectTo(address))).to.include({ code: 'ERR_PEER_REFUSED' })
    })
  })

  it('refuses to attach what is no duplex', () => {
    for (const [duplex, name] of [
      [undefined, 'undefined'],
      [{}, 'Object'],
      [process.stdin.constructor, 'function'],
    ] as const) {
      expect(() => lab.node().attach(duplex as unknown as Duplex)).to.throw(TypeError, `got ${name}`)
    }
  })

  it('tells of a peer before its messages, and of its departure after them', async () => {
    const node = lab.node({ handlers: { 0: (from) => void story.push(`message of ${from.id}`) } })
    const story: string[] = []
    node.on('peer', ({ id }) => story.push(`peer ${id}`))
    node.on('disconnect', ({ id }) => story.push(`disconnect ${id}`))
    const { wire } = lab.attach(node)
    wire.resume().end(hex('00 00 00 00 00 00 00 00'))
    await departure(node)
    expect(story).to.deep.equal([
      'peer attached#1',
      'message of attached#1',
      'message of attached#1',
      'disconnect attached#1',
    ])
  })

  it('has a peer in its map from the peer event until the disconnect event', async () => {
    const node = lab.node()
    const sizes: number[] = []
    node.on('peer', () => sizes.push(node.peers.size))
    node.on('disconnect', () => sizes.push(node.peers.size))
    const gone = departure(node)
    lab.attach(node).wire.resume().end()
    await gone
    expect(sizes).to.deep.equal([1, 0])
  })

  describe('reports what a listener throws, and goes on', () => {
    const fault = new Error('in a listener')

    it('with the close of a peer, and with the other listeners', async () => {
      const node = lab.node()
      const { peer, wire } = lab.attach(node)
      const faults: unknown[] = []
      const calls: string[] = []
      node.on('error', (error, from) => faults.push([error, from]))
      node.once('disconnect', () => {
        throw fault
      })
      const rejecting: () => unknown = () => Promise.reject(fault)
      node.on('disconnect', rejecting)
      node.on('disconnect', () => calls.push('the third'))
      const closed = peer.close()
      wire.resume().end()
      await closed
      await settled()
      expect(faults).to.deep.equal([
        [fault, peer],
        [fault, peer],
      ])
      expect(calls).to.deep.equal(['the third'])
    })

    it('of peer: the peer stays, and its messages come', async () => {
      const node = lab.node()
      node.on('peer', () => {
        throw fault
      })
      const { wire, peer } = lab.attach(node)
      wire.write(encodeFrame(text('hello')))
      expect(await receiveText(node, 1)).to.deep.equal(['hello'])
      expect(peer.isOpen).to.be.true
    })

    it('of error: to the logger, or else as a warning of the process', async () => {
      const throwing = (): never => {
        throw fault
      }
      const logged: string[] = []
      const node = lab.node({ logger: { error: (_fields, sentence) => logged.push(sentence) } })
      node.on('error', throwing)
      node.addHandler(0, () => {
        throw new Error('in a handler')
      })
      lab.attach(node).wire.write(encodeFrame(text('x')))
      await settled()
      expect(logged).to.deep.equal(['Peer attached#1: in a handler', 'Peer attached#1: in a listener'])

      const silent = lab.node()
      silent.on('error', throwing)
      silent.on('listening', throwing)
      const warned = once(process, 'warning')
      await silent.startServer('memory:')
      expect((await warned)[0]).to.equal(fault)
    })

    it('also where it is a logger that throws', async () => {
      const logger = {
        info: () => {
          throw fault
        },
      }
      const node = lab.node({ logger })
      const warned = once(process, 'warning')
      const { wire } = lab.attach(node)
      expect((await warned)[0]).to.equal(fault)
      wire.write(encodeFrame(text('hello')))
      expect(await receiveText(node, 1)).to.deep.equal(['hello'])
    })
  })

  describe('once closed', () => {
    it('lets no more peers in, and takes no more messages', async () => {
      const node = lab.node({ bind: { port: 0 } })
      const { peer, wire } = lab.attach(node)
      const closed = node.close()
      wire.resume().end()
      await closed
      const refusals = [node.startServer(), node.start(), node.connectTo({ port: 1 }), (async () => lab.attach(node))()]
      for (const refusal of refusals) {
        expect(await rejectionOf(refusal)).to.include({ name: 'PeerError', code: 'ERR_NODE_CLOSED' })
      }
      expect([node.send(text('x')), node.sendRaw(text('x')), node.send(text('x'), peer)]).to.deep.equal([
        false,
        false,
        false,
      ])
      expect(peer.stats.dropped).to.equal(1)
      expect(await node.drained()).to.be.false
      expect([node.isClosing, node.isClosed]).to.deep.equal([true, true])
    })

    it('lets no more peers in from the moment on when it begins to close, and sends to those that are there', async () => {
      const { near, far, toFar } = lab.pair()
      expect([near.isClosing, near.isClosed]).to.deep.equal([false, false])
      near.addHandler(0, async (from) => {
        await settled()
        near.send(text('the answer'), from)
      })
      far.send(text('the question'))
      await settled()
      const closed = near.close()
      expect([near.isClosing, near.isClosed]).to.deep.equal([true, false])
      expect(thrownBy(() => lab.attach(near))).to.include({ code: 'ERR_NODE_CLOSED' })
      expect(near.send(text('while it closes'), toFar)).to.be.true
      await closed
      expect(await receiveText(far, 2)).to.deep.equal(['while it closes', 'the answer'])
    })

    it('is closed once, however often that is asked for', async () => {
      const node = lab.node()
      let closes = 0
      node.on('close', () => closes++)
      expect(node.close()).to.equal(node.close())
      await node.close()
      await node.close()
      expect(closes).to.equal(1)
    })

    it('has sent what waited, and tells of each peer before its own end', async () => {
      const { near, far } = lab.pair()
      const story: string[] = []
      near.on('disconnect', (_peer, reason) => story.push(`disconnect ${String(reason)}`))
      near.on('close', () => story.push('close'))
      near.send(text('last words'))
      await near.close()
      expect(story).to.deep.equal(['disconnect undefined', 'close'])
      expect(await receiveText(far, 1)).to.deep.equal(['last words'])
    })

    it('is closed by await using', async () => {
      let closed = false
      {
        await using node = new PeerNode()
        node.on('close', () => (closed = true))
      }
      expect(closed).to.be.true
    })
  })

  describe('with a clock', () => {
    const clock = new Clock()

    it('ticks with the elapsed time until it is closed', async () => {
      const node = lab.node({ tickIntervalMs: 50 })
      const ticks: number[] = []
      node.on('tick', (elapsedMs) => ticks.push(elapsedMs))
      clock.advance(120)
      expect(ticks).to.deep.equal([50, 50])
      await node.close()
      expect(clock.running).to.equal(0)
    })

    it('has no timer without tickIntervalMs', () => {
      lab.node()
      expect(clock.running).to.equal(0)
    })
  })

  it('talks over any duplexes, both ways', async () => {
    const { near, far, toFar, toNear } = lab.pair()
    near.send(text('ping'), toFar)
    expect(await receiveText(far, 1)).to.deep.equal(['ping'])
    far.send(text('pong'), toNear)
    expect(await receiveText(near, 1)).to.deep.equal(['pong'])
  })

  it('gives the peer of an attached duplex to its peer event', async () => {
    const node = lab.node()
    const joined = arrival(node)
    const { peer } = lab.attach(node)
    expect(await joined).to.equal(peer)
  })
})
