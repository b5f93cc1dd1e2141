import { expect } from 'chai'
import { Congestion } from '../../lib/peer/congestion.js'
import { OBSERVES_NOTHING } from '../../lib/peer/observer.js'
import type { Peer } from '../../lib/peer/peer.js'
import { settled } from '../support/lab.js'

describe('Congestion', () => {
  // It asks nothing of a peer, and tells one from another.
  const [a, b] = [{ id: 'a' } as Peer, { id: 'b' } as Peer]

  /** What waits has been answered, once it has. */
  function answers(congestion: Congestion, ...peers: (Peer | undefined)[]): (boolean | undefined)[] {
    const given: (boolean | undefined)[] = peers.map(() => undefined)
    for (const [i, peer] of peers.entries()) void congestion.drained(peer).then((hasRoom) => (given[i] = hasRoom))
    return given
  }

  it('has room where nothing was entered', async () => {
    const congestion = new Congestion(OBSERVES_NOTHING)
    congestion.enter(b)
    expect([await congestion.drained(a), congestion.isAny]).to.deep.equal([true, true])
    congestion.leave(b)
    expect([await congestion.drained(), congestion.isAny]).to.deep.equal([true, false])
  })

  it('tells those who wait for one peer, and those who wait for all when the last has room', async () => {
    const congestion = new Congestion(OBSERVES_NOTHING)
    congestion.enter(a)
    congestion.enter(b)
    const given = answers(congestion, a, b, undefined)
    congestion.leave(a)
    await settled()
    expect(given).to.deep.equal([true, undefined, undefined])
    congestion.leave(b)
    await settled()
    expect(given).to.deep.equal([true, true, true])
  })

  it('tells those who wait for a peer that it is gone, and does not hold up the others', async () => {
    const congestion = new Congestion(OBSERVES_NOTHING)
    congestion.enter(a)
    const given = answers(congestion, a, undefined)
    congestion.forget(a)
    await settled()
    expect(given).to.deep.equal([false, true])
  })

  it('does not wait for one that has stalled where all are meant, until it takes bytes again', async () => {
    const congestion = new Congestion(OBSERVES_NOTHING)
    congestion.enter(a)
    const given = answers(congestion, a, undefined)
    congestion.stall(a)
    congestion.stall(b)
    await settled()
    expect([given, congestion.isAny]).to.deep.equal([[undefined, true], false])
    congestion.unstall(a)
    expect(congestion.isAny).to.equal(true)
    congestion.leave(a)
    await settled()
    expect([given, congestion.isAny]).to.deep.equal([[true, true], false])
  })
})
