import { expect } from 'chai'
import { type Duplex, PassThrough, Readable, Writable } from 'node:stream'
import { PeerNode } from '../../lib/index.js'

describe('Options of the calls of a node', () => {
  type Call = (node: PeerNode, options: never) => unknown

  const calls: Readonly<Record<string, Call>> = {
    start: (node, options) => node.start(options),
    startServer: (node, options) => node.startServer('memory:', options),
    connectTo: (node, options) => node.connectTo('memory:nothing', options),
    readRaw: (node, options) => node.readRaw(options),
    readRawBatches: (node, options) => node.readRawBatches(options),
    addHandler: (node, options) => node.addHandler(0, () => undefined, options),
    attach: (node, options) => node.attach(new PassThrough(), options),
  }

  async function outcome(call: Call, options: unknown): Promise<unknown> {
    const node = new PeerNode()
    try {
      return await call(node, options as never)
    } catch (error) {
      return error
    } finally {
      await node.close()
    }
  }

  for (const [name, call] of Object.entries(calls)) {
    it(`are refused by ${name} where they are no object, or misspelt`, async () => {
      for (const options of [null, 5, 'signal']) {
        const error = await outcome(call, options)
        expect(error).to.be.instanceOf(TypeError)
        expect(error)
          .to.have.property('message')
          .that.matches(/^Cannot use options: expected an object, got /)
      }
      const error = await outcome(call, { sginal: undefined })
      expect(error).to.be.instanceOf(TypeError)
      expect(error)
        .to.have.property('message')
        .that.matches(/^Cannot use option sginal: no such option/)
    })
  }

  for (const name of ['start', 'startServer', 'connectTo', 'readRaw', 'readRawBatches']) {
    it(`are refused by ${name} where the signal is none`, async () => {
      for (const signal of [null, 5, {}]) {
        const error = await outcome(calls[name]!, { signal })
        expect(error).to.be.instanceOf(TypeError)
        expect(error)
          .to.have.property('message')
          .that.matches(/^Cannot use signal: expected an AbortSignal, got /)
      }
    })
  }

  const wrong: readonly (readonly [name: string, options: object, says: string])[] = [
    ['startServer', { backlog: 'x' }, 'Cannot use backlog: expected a number, got string "x"'],
    ['startServer', { backlog: -1 }, 'Cannot use backlog: expected an integer of at least 0, got -1'],
    ['startServer', { replaceStale: 'yes' }, 'Cannot use replaceStale: expected a boolean, got string "yes"'],
    ['addHandler', { exclusive: 1 }, 'Cannot use exclusive: expected a boolean, got 1'],
    ['attach', { id: 5 }, 'Cannot attach: expected an id that is a string and not empty, got 5'],
    ['attach', { identity: '' }, 'Cannot attach: expected an identity that is a string and not empty, got string ""'],
  ]
  for (const [name, options, says] of wrong) {
    it(`are refused by ${name} where they are ${JSON.stringify(options)}`, async () => {
      expect(await outcome(calls[name]!, options))
        .to.be.an('error')
        .with.property('message', says)
    })
  }
})

describe('What is attached', () => {
  it('is a duplex, and no half of one', () => {
    const node = new PeerNode()
    const halves = [new Writable(), new Readable(), Object.assign(new Writable(), { pipe: () => undefined }), {}, null]
    for (const half of halves) {
      expect(() => node.attach(half as Duplex)).to.throw(TypeError, 'Cannot attach: expected a Duplex, got ')
    }
    expect(node.peers.size).to.equal(0)
  })
})
