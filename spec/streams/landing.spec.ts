import { expect } from 'chai'
import fc from 'fast-check'
import { encodeFrame } from '../../lib/index.js'
import { FrameParser } from '../../lib/frame/frame-parser.js'
import { Landing } from '../../lib/streams/landing.js'
import { concat, isSame, pattern, text } from '../support/bytes.js'
import { check } from '../support/property.js'

const KIB = 1024
const MIB = 1_048_576

/** A landing in front of a parser, as a socket reads into it; `read` as much as there is room for. */
class Trial {
  readonly landing = new Landing()
  readonly parser = new FrameParser()
  readonly messages: Uint8Array[] = []

  read(bytes: Uint8Array, { isPaused = false } = {}): void {
    for (let at = 0; at < bytes.length;) {
      const { room } = this.landing
      const length = Math.min(room.length, bytes.length - at)
      expect(length).to.be.above(0)
      room.set(bytes.subarray(at, at + length))
      at += length
      this.parser.append(this.landing.take(length))
      if (!isPaused) this.messages.push(...this.parser)
      this.landing.choose(this.parser)
    }
  }
}

describe('Landing', () => {
  it('gives every message as it was sent, and leaves it as it is, however much arrives at a time', async () => {
    const lengths = fc.oneof(fc.nat(100), fc.nat(20_000), fc.nat(300_000), fc.constantFrom(65_532, 65_536, MIB))
    const reads = fc.oneof(fc.nat(100), fc.nat(70_000), fc.constant(MIB))
    const cases = fc.record({
      sent: fc.array(lengths, { minLength: 1, maxLength: 12 }),
      reads: fc.array(fc.tuple(reads, fc.boolean()), { minLength: 1, maxLength: 8 }),
    })
    await check(cases, async ({ sent, reads }) => {
      const messages = sent.map((length, i) => pattern(length + i).subarray(i))
      const bytes = concat(messages.map((message) => encodeFrame(message)))
      const trial = new Trial()
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const [length, isPaused] = reads[i % reads.length]!
        // Some are no read at all, which must not go on for ever.
        const end = at + Math.max(length, i < 100 ? 1 : MIB)
        trial.read(bytes.subarray(at, end), { isPaused })
        at = end
      }
      trial.messages.push(...trial.parser)
      expect(trial.messages.map((message, i) => isSame(message, messages[i]!))).to.deep.equal(sent.map(() => true))
      expect(trial.parser.unreadLength).to.equal(0)
    })
  })

  it('keeps a long message in the place where it was read, once one like it has arrived', () => {
    const trial = new Trial()
    const bytes = encodeFrame(pattern(MIB))
    for (let i = 0; i < 3; i++) trial.read(bytes)
    const [, , third] = trial.messages
    // All of it but what had landed in the field: its frame begins the slab.
    expect([third!.byteOffset, third!.buffer.byteLength]).to.deep.equal([4, MIB + 4])
    for (const message of trial.messages) expect(isSame(message, pattern(MIB))).to.equal(true)
  })

  it('has room for several messages like those before', () => {
    const trial = new Trial()
    trial.read(concat(Array.from({ length: 100 }, () => encodeFrame(pattern(64 * KIB)))))
    const memories = new Set(trial.messages.map(({ buffer }) => buffer))
    expect(memories.size).to.be.below(30)
    expect(Math.max(...Array.from(memories, ({ byteLength }) => byteLength))).to.equal(8 * (64 * KIB + 4))
  })

  it('keeps no more than 64 KiB alive with a small message', () => {
    const trial = new Trial()
    for (let i = 0; i < 50; i++) trial.read(concat(Array.from({ length: 3000 }, () => encodeFrame(pattern(60)))))
    for (const { buffer } of trial.messages) expect(buffer.byteLength).to.be.at.most(64 * KIB)
  })

  it('has no memory of its own for a socket of which no long frame is under way', () => {
    const trial = new Trial()
    for (const length of [0, 12, 5000, 100_000, MIB, 12]) {
      trial.read(encodeFrame(pattern(length)))
      expect(trial.landing.room).to.equal(Landing.field)
    }
  })

  it('takes memory for what has arrived of a message, and none for what it says it will be', () => {
    const trial = new Trial()
    const bytes = encodeFrame(pattern(4 * MIB))
    trial.read(bytes.subarray(0, 5))
    trial.read(bytes.subarray(5, 10_000))
    expect(trial.landing.room).to.equal(Landing.field)
    for (let at = 10_000; at < bytes.length; at += 50_000) {
      trial.read(bytes.subarray(at, at + 50_000))
      expect(trial.landing.room.buffer.byteLength).to.be.at.most(Math.max(4 * (at + 50_000), 64 * KIB))
    }
    expect(isSame(trial.messages[0]!, pattern(4 * MIB))).to.equal(true)
  })

  it('holds no slab for a remote that sends little of a message and stops', () => {
    const trial = new Trial()
    for (let i = 0; i < 3; i++) trial.read(encodeFrame(pattern(MIB)))
    trial.read(encodeFrame(pattern(MIB)).subarray(0, 1000))
    expect(trial.landing.room).to.equal(Landing.field)
  })

  it('has room also when nothing says where to go on', () => {
    const trial = new Trial()
    for (let i = 0; i < 3; i++) trial.read(encodeFrame(pattern(MIB)))
    trial.read(encodeFrame(pattern(MIB)).subarray(0, 100_000))
    const { landing } = trial
    expect(landing.room).not.to.equal(Landing.field)
    landing.take(landing.room.length)
    expect(landing.room).to.equal(Landing.field)
    landing.room.set(text('behind'))
    expect(landing.take(6).toString()).to.equal('behind')
  })

  it('forgets what was read for a reader that has left', () => {
    const landing = new Landing()
    landing.take(landing.room.length)
    landing.choose({ missingLength: 0, unreadLength: 0, moveTo: () => expect.fail('nothing is unread') })
    expect(landing.room).to.equal(Landing.field)
  })
})
