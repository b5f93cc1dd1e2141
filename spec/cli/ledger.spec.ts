import { expect } from 'chai'
import { Ledger } from '../../lib/cli/ledger.js'
import { type Peer, PeerError } from '../../lib/index.js'

const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
const cutOff = new PeerError('ERR_PEER_GONE', 'Cannot send to it: its connection closed before all was sent')

/** A peer of which a node says that so many messages were never sent. */
const peerThatLost = (unsent: number): Peer => ({ stats: { waiting: 0, dropped: 0, unsent } }) as Peer

describe('Ledger', () => {
  const cases: readonly [law: string, unsent: number, reason: Error | undefined, lost: number, isLeast: boolean][] = [
    ['knows of no loss after a clean end', 0, undefined, 0, false],
    ['knows what the node has not sent, and that more may be lost after a reset', 1, reset, 1, true],
    ['knows that any may be lost after a reset', 0, reset, 0, true],
    ['knows that no more than all can be lost', 3, reset, 3, false],
    ['knows of one message at least where the node says that not all was sent', 0, cutOff, 1, true],
  ]
  for (const [law, unsent, reason, lost, isLeast] of cases) {
    it(law, () => {
      const ledger = new Ledger()
      const peer = peerThatLost(unsent)
      for (let i = 0; i < 3; i++) ledger.give(peer)
      expect(ledger.settle(peer, reason)).to.deep.equal({ given: 3, lost, isLeast })
      expect(ledger.settle(peer, reason)).to.equal(undefined)
    })
  }

  it('has nothing on a peer that was given nothing', () => {
    const ledger = new Ledger()
    ledger.give(peerThatLost(0))
    expect(ledger.settle(peerThatLost(0), reset)).to.equal(undefined)
  })
})
