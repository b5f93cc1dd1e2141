import { expect } from 'chai'
import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { arrival, departure, Lab, receive } from '../support/lab.js'
import { seed } from '../support/property.js'

const script = fileURLToPath(new URL('peer.py', import.meta.url))

/** Numbers from 0 to 2^31 that look random, and are the same for the same seed. */
function* lehmer(start: number): Generator<number, never> {
  for (let state = (start % 2_147_483_646) + 1; ;) yield (state = (state * 48_271) % 2_147_483_647)
}

describe('a peer in Python', () => {
  const lab = new Lab()

  it('understands every message, and is understood, however its frames are cut', async () => {
    if (spawnSync('python3', ['--version']).status !== 0) {
      const message = 'THE PYTHON INTEROP SPEC DID NOT RUN: python3 is missing'
      if (process.env['CI'] !== undefined) throw new Error(message)
      console.warn(message)
      return
    }
    const numbers = lehmer(seed)
    const next = (below: number): number => numbers.next().value % below
    const lengths = [0, 1, 255, 256, 65_535, 65_536, 3_000_000, ...Array.from({ length: 40 }, () => next(2000))]
    const messages = lengths.map((length) => Buffer.alloc(length, Buffer.from([next(256), next(256), next(256)])))

    const { node, address } = await lab.listen()
    const joined = arrival(node)
    const python = promisify(execFile)('python3', [script, address.host, String(address.port), String(seed)])
    const peer = await joined
    for (const message of messages) node.send(message, peer)
    const answers = await receive(node, messages.length)
    expect(answers.map(({ data }) => data.length)).to.deep.equal(lengths)
    for (const [i, { data }] of answers.entries()) expect(data.equals(Buffer.from(messages[i]!).reverse())).to.be.true

    const gone = departure(node)
    await node.closePeer(peer)
    expect((await gone).reason).to.equal(undefined)
    expect(await python).to.deep.equal({ stdout: '', stderr: '' })
  })
})
