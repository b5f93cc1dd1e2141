import { expect } from 'chai'
import { encodeFrame } from '../../lib/index.js'
import { concat, pattern, text } from '../support/bytes.js'
import { Clock } from '../support/clock.js'
import { departure, Lab, receive, receiveText, settled } from '../support/lab.js'

const LIMIT_MS = 1000
// One look at the frames that are arriving.
const LOOK_MS = LIMIT_MS / 20

describe('a frame that is arriving', () => {
  const lab = new Lab()
  const clock = new Clock()

  function open(options: object = {}) {
    const node = lab.node({ frameTimeoutMs: LIMIT_MS, ...options })
    return { node, ...lab.attach(node) }
  }

  for (const here of [1, 3, 4, 5]) {
    it(`has frameTimeoutMs, when ${here} bytes of it are here`, async () => {
      const { node, peer, wire } = open()
      wire.write(encodeFrame(text('hello')).subarray(0, here))
      await settled()
      const gone = departure(node)
      clock.advance(LIMIT_MS - LOOK_MS)
      expect(peer.isOpen).to.equal(true)
      clock.advance(3 * LOOK_MS)
      expect((await gone).reason).to.include({ code: 'ERR_TIMEOUT', phase: 'frame', limit: LIMIT_MS, peer: peer.id })
    })
  }

  it('is given up within a tenth of its time, however it drips', async () => {
    const { node, wire } = open()
    const gone = departure(node)
    let reason: unknown
    void gone.then((left) => (reason = left.reason))
    const bytes = encodeFrame(pattern(100))
    let ms = 0
    for (; reason === undefined && ms < 2 * LIMIT_MS; ms += 20) {
      wire.write(bytes.subarray(ms / 20, ms / 20 + 1))
      await settled()
      clock.advance(20)
      await settled()
    }
    expect(ms).to.be.within(0.9 * LIMIT_MS, 1.1 * LIMIT_MS)
    expect(reason).to.include({ phase: 'frame' })
  })

  it('has as much time again for every 64 KiB that are here', async () => {
    const { node, peer, wire } = open()
    const bytes = encodeFrame(pattern(300_000))
    wire.write(bytes.subarray(0, 140_000))
    await settled()
    clock.advance(3 * LIMIT_MS - LOOK_MS)
    expect(peer.isOpen).to.equal(true)
    const gone = departure(node)
    clock.advance(3 * LOOK_MS)
    expect((await gone).reason).to.include({ phase: 'frame', limit: 3 * LIMIT_MS })
  })

  it('is another one each time, however long a peer is always inside of one', async () => {
    const { node, peer, wire } = open()
    const frame = encodeFrame(text('hello'))
    wire.write(frame.subarray(0, 5))
    for (let i = 0; i < 50; i++) {
      await settled()
      clock.advance(0.9 * LIMIT_MS)
      wire.write(concat([frame.subarray(5), frame.subarray(0, 5)]))
    }
    await settled()
    expect(peer.isOpen).to.equal(true)
    expect(await receiveText(node, 50)).to.deep.equal(Array(50).fill('hello'))
  })

  it('has its time while we have paused', async () => {
    const { node, peer, wire } = open({ inboundLimit: 1 })
    const frame = encodeFrame(text('hello'))
    wire.write(concat([frame, frame.subarray(0, 7)]))
    await settled()
    clock.advance(100 * LIMIT_MS)
    expect(peer.isOpen).to.equal(true)
    expect(await receiveText(node, 1)).to.deep.equal(['hello'])
    await settled()
    wire.write(frame.subarray(7))
    expect(await receiveText(node, 1)).to.deep.equal(['hello'])
  })

  it('has its time while the reader of its pieces takes none, and not while the remote sends none', async () => {
    const { node, peer, wire } = open({ framing: { streamAbove: 1000, maxMessageLength: 10_000_000 } })
    const frame = encodeFrame(pattern(2_000_000))
    wire.write(frame.subarray(0, 1_500_000))
    const [received] = await receive(node, 1)
    const long = received!.stream!
    await settled()
    clock.advance(100 * LIMIT_MS)
    expect(peer.isOpen).to.equal(true)
    long.on('error', () => undefined).resume()
    for (let i = 0; i < 200; i++) await settled()
    const gone = departure(node)
    clock.advance(100 * LIMIT_MS)
    expect((await gone).reason).to.include({ phase: 'frame' })
  })

  it('is looked at by nothing once it is whole, or its peer is gone', async () => {
    const [one, other] = [open(), open()]
    const frame = encodeFrame(text('hello'))
    for (const { wire } of [one, other]) wire.write(frame.subarray(0, 5))
    await settled()
    one.wire.write(frame.subarray(5))
    other.wire.destroy()
    await settled()
    clock.advance(2 * LOOK_MS)
    await settled()
    expect(clock.running).to.equal(0)
    clock.advance(10 * LIMIT_MS)
    expect(one.peer.isOpen).to.equal(true)
  })
})
