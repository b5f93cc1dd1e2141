import { expect } from 'chai'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { counterparts, describeWith } from '../support/counterparts.js'
import { KINDS, usePage } from '../web/page.js'

const MIB = 1_048_576

describeWith(counterparts.chromium, 'a page in Chromium as a peer that has much to say', (executablePath) => {
  const pages = usePage(executablePath)

  for (const kind of KINDS) {
    describe(`over ${kind}`, () => {
      const { run, listen } = pages(kind)

      it('exchanges 64 MiB with a node, both ways at once', async () => {
        const { node, url } = await listen()
        const [count, size] = [256, MIB / 4]
        const flooded = run('flood', url, count, size)
        let next = 0
        for await (const { data, from } of node.readRaw()) {
          expect([data.length, data[0], data[size - 1]]).to.deep.equal([size, next % 256, next % 256])
          if (!node.send(Buffer.alloc(size, next), from)) await node.drained(from)
          if (++next === count) break
        }
        expect(await flooded).to.deep.equal({ bytes: count * size, isRight: true })
      })

      if (kind === 'WebSocketStream') {
        it('holds back a node that is faster than it reads', async () => {
          const { node, url } = await listen({ outboundLimit: 64 * MIB })
          const joined = once(node, 'peer')
          const late = run('readLate', url, 1000)
          await joined
          const [peer] = node.peers.values()
          for (let i = 0; i < 64; i++) node.send(Buffer.alloc(MIB))
          await setTimeout(900)
          expect(peer!.stats.waiting).to.be.greaterThan(32 * MIB)
          peer!.end()
          expect(await late).to.equal(64 * MIB)
        })
      }
    })
  }
})
