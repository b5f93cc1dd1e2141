import { expect } from 'chai'
import fc from 'fast-check'
import { once } from 'node:events'
import type net from 'node:net'
import { encodeFrame, LengthPrefixDecoder, pipeInPlace } from '../../lib/index.js'
import { Landing } from '../../lib/streams/landing.js'
import { readInto } from '../../lib/streams/read-into.js'
import { concat, isSame, pattern, text } from '../support/bytes.js'
import { byData } from '../support/by-data.js'
import { Lab } from '../support/lab.js'
import { check } from '../support/property.js'

const MIB = 1_048_576

describe('pipeInPlace', () => {
  const lab = new Lab()

  /** Two ends of a TCP connection. */
  async function open(): Promise<{ near: net.Socket; far: net.Socket }> {
    let accept!: (socket: net.Socket) => void
    const accepted = new Promise<net.Socket>((resolve) => (accept = resolve))
    const far = await lab.dial(await lab.serve((socket) => accept(socket)))
    return { near: await accepted, far }
  }

  for (const [name, asIs] of [
    ['into place', true],
    ["by 'data'", false],
  ] as const) {
    describe(name, () => {
      const decoderOf = (socket: net.Socket): LengthPrefixDecoder =>
        pipeInPlace(asIs ? socket : byData(socket), new LengthPrefixDecoder())

      it('gives every message as it was sent, in order, however it is cut', async () => {
        const lengths = fc.oneof(fc.nat(100), fc.nat(70_000), fc.constantFrom(65_536, MIB))
        const cases = fc.tuple(fc.array(lengths, { minLength: 1, maxLength: 20 }), fc.integer({ min: 100, max: MIB }))
        await check(
          cases,
          async ([sent, cut]) => {
            const { near, far } = await open()
            const bytes = concat(sent.map((length) => encodeFrame(pattern(length))))
            for (let at = 0; at < bytes.length; at += cut) far.write(bytes.subarray(at, at + cut))
            far.end()
            const messages: Buffer[] = []
            for await (const message of decoderOf(near)) messages.push(message)
            near.end()
            expect(messages.map(({ length }) => length)).to.deep.equal(sent)
            expect(messages.every((message) => isSame(message, pattern(message.length)))).to.equal(true)
          },
          20,
        )
      })

      it('reads no further while its reader has enough', async () => {
        const { near, far } = await open()
        const decoder = decoderOf(near)
        const most = 64 * MIB
        far.write(concat(Array.from({ length: 64 }, () => encodeFrame(pattern(MIB - 4)))))
        // Nothing takes messages: what the stream holds and what the system has room for is all that leaves.
        await once(near, 'pause')
        expect(near.bytesRead).to.be.below(most / 8)
        let count = 0
        for await (const message of decoder) if (message.length === MIB - 4 && ++count === 64) break
        expect(count).to.equal(64)
      })

      it('ends with the socket, and says when that was inside a frame', async () => {
        const { near, far } = await open()
        const decoder = decoderOf(near)
        far.end(encodeFrame(text('whole')).subarray(0, 7))
        decoder.resume()
        const [error] = (await once(decoder, 'error')) as [Error]
        expect(error).to.include({ code: 'ERR_FRAME_TRUNCATED' })
        expect(near.isPaused()).to.equal(true)
      })

      it('gives the socket back when the decoder is detached', async () => {
        const { near, far } = await open()
        const decoder = decoderOf(near)
        far.write(concat([encodeFrame(text('last')), text('then ')]))
        await new Promise<void>((resolve) => {
          decoder.once('data', () => {
            near.unpipe(decoder).pause()
            near.unshift(decoder.detach())
            resolve()
          })
        })
        far.end('lines')
        let rest = ''
        for await (const chunk of near) rest += String(chunk)
        expect(rest).to.equal('then lines')
      })

      it('gives back all that comes behind the frames, however much', async () => {
        const { near, far } = await open()
        const decoder = decoderOf(near)
        // What comes behind the frames looks like the beginning of a long one, which is read into a slab.
        const rest = encodeFrame(pattern(3 * MIB))
        far.write(concat([...Array.from({ length: 9 }, () => encodeFrame(pattern(200_000))), rest.subarray(0, MIB)]))
        let count = 0
        decoder.on('data', () => count++)
        while (count < 9 || near.bytesRead < 9 * 200_004 + MIB) await new Promise((resolve) => setImmediate(resolve))
        near.unpipe(decoder).pause()
        near.unshift(decoder.detach())
        far.end(rest.subarray(MIB))
        const chunks: Buffer[] = []
        for await (const chunk of near) chunks.push(chunk as Buffer)
        expect(isSame(concat(chunks), rest)).to.equal(true)
      })
    })
  }

  it('pipes any other duplex', async () => {
    const [near, far] = lab.duplexes()
    const decoder = pipeInPlace(near as net.Socket, new LengthPrefixDecoder())
    far.end(encodeFrame(text('hello')))
    expect(String((await once(decoder, 'data'))[0])).to.equal('hello')
  })

  it('pipes a socket that has read already', async () => {
    const { near, far } = await open()
    far.write(encodeFrame(text('early')))
    await once(near, 'readable')
    expect(readInto(near, { room: Landing.field, onRead: () => true })).to.equal(false)
    const decoder = pipeInPlace(near, new LengthPrefixDecoder())
    expect(String((await once(decoder, 'data'))[0])).to.equal('early')
  })

  it('overwrites nothing when an error that nothing catches is thrown while it reads', async () => {
    const { near, far } = await open()
    const messages: Buffer[] = []
    const decoder = pipeInPlace(near, new LengthPrefixDecoder())
    const thrown: unknown[] = []
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException').on('uncaughtException', (error) => thrown.push(error))
    try {
      decoder.on('data', (message: Buffer) => {
        messages.push(message)
        process.nextTick(() => {
          throw new Error('thrown by what a listener began')
        })
      })
      for (let i = 0; i < 20; i++) far.write(encodeFrame(pattern(300_000 + i)))
      far.end()
      await once(decoder, 'end')
    } finally {
      process.removeAllListeners('uncaughtException')
      for (const other of others) process.on('uncaughtException', other)
    }
    expect(thrown).to.have.lengthOf(20)
    expect(messages.map((message, i) => isSame(message, pattern(300_000 + i)))).to.deep.equal(Array(20).fill(true))
  })

  it('hands on what a listener throws', async () => {
    const { near, far } = await open()
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    pipeInPlace(near, new LengthPrefixDecoder()).on('data', () => {
      throw new Error('thrown by a listener')
    })
    far.write(encodeFrame(text('hello')))
    const [error] = (await once(process, 'uncaughtException')) as [Error]
    for (const other of others) process.on('uncaughtException', other)
    expect(error.message).to.equal('thrown by a listener')
  })
})
