import { expect } from 'chai'
import fc from 'fast-check'
import { Inbox, type Received } from '../../lib/peer/inbox.js'
import type { Lane, LaneOwner } from '../../lib/peer/lane.js'
import { check } from '../support/property.js'

/** Says what an inbox tells a peer. */
class FakePeer {
  readonly calls: string[] = []
  readonly id: string
  lane: Lane | undefined
  lost = 0

  constructor(id: string) {
    this.id = id
  }

  get peer(): LaneOwner {
    // An inbox asks for nothing else of a peer.
    return this as unknown as LaneOwner
  }

  onRoom(): void {
    this.calls.push('room')
  }

  onHandled(): void {
    this.calls.push('handled')
  }

  drop(count: number): void {
    this.lost += count
  }
}

const inboxOf = (limit: number): Inbox => new Inbox(limit, () => {})
const batch = (...texts: string[]): Buffer[] => texts.map((text) => Buffer.from(text))
const show = ({ data, from }: Received): string => `${from.id}:${data.toString()}`

const threePeers = (): [FakePeer, FakePeer, FakePeer] => [new FakePeer('a'), new FakePeer('b'), new FakePeer('c')]

function takeAll(inbox: Inbox): string[] {
  const taken: string[] = []
  for (let next = inbox.take(); next !== undefined; next = inbox.take()) taken.push(show(next))
  return taken
}

describe('Inbox', () => {
  let [a, b, c] = threePeers()

  beforeEach(() => {
    ;[a, b, c] = threePeers()
  })

  it('is empty at first', () => {
    const inbox = inboxOf(1000)
    expect(inbox.take()).to.equal(undefined)
    expect(inbox.takeBatch()).to.equal(undefined)
  })

  it('gives each peer a turn of one message', () => {
    const inbox = inboxOf(1000)
    inbox.add(a.peer, batch('1', '2', '3'))
    inbox.add(b.peer, batch('1'))
    inbox.add(b.peer, batch('2'))
    inbox.add(c.peer, batch('1'))
    expect(takeAll(inbox)).to.deep.equal(['a:1', 'b:1', 'c:1', 'a:2', 'b:2', 'a:3'])
  })

  it('puts a peer that speaks again behind those that wait', () => {
    const inbox = inboxOf(1000)
    inbox.add(a.peer, batch('1'))
    inbox.add(b.peer, batch('1', '2'))
    expect(show(inbox.take()!)).to.equal('a:1')
    inbox.add(a.peer, batch('2'))
    expect(takeAll(inbox)).to.deep.equal(['b:1', 'a:2', 'b:2'])
  })

  it('starves nobody: 99 quiet peers wait one turn each for a flooding one', () => {
    const inbox = inboxOf(Infinity)
    const quiet = Array.from({ length: 99 }, (_, i) => new FakePeer(String(i)))
    inbox.add(a.peer, Array<Buffer>(100_000).fill(Buffer.from('x')))
    for (const peer of quiet) inbox.add(peer.peer, batch('hello'))
    const first = Array.from({ length: 100 }, () => show(inbox.take()!))
    expect(first).to.deep.equal(['a:x', ...quiet.map(({ id }) => `${id}:hello`)])
  })

  it('gives each peer a turn of one batch, until there are 1024 messages', () => {
    const inbox = inboxOf(Infinity)
    inbox.add(a.peer, batch('1', '2'))
    inbox.add(a.peer, batch('3'))
    inbox.add(b.peer, batch('1'))
    inbox.add(c.peer, Array<Buffer>(1021).fill(Buffer.from('x')))
    inbox.add(c.peer, batch('y'))
    const first = inbox.takeBatch()!
    expect(first).to.have.lengthOf(1024)
    expect(first.slice(0, 4).map(show)).to.deep.equal(['a:1', 'a:2', 'b:1', 'c:x'])
    expect(inbox.takeBatch()!.map(show)).to.deep.equal(['a:3', 'c:y'])
    expect(inbox.takeBatch()).to.equal(undefined)
  })

  it('goes on with the rest of a batch of which messages were taken one by one', () => {
    const inbox = inboxOf(1000)
    inbox.add(a.peer, batch('1', '2', '3'))
    expect(show(inbox.take()!)).to.equal('a:1')
    expect(inbox.takeBatch()!.map(show)).to.deep.equal(['a:2', 'a:3'])
  })

  it('says when a peer costs more than the limit, and tells it when half of that is read', () => {
    const inbox = inboxOf(200)
    // Each costs its byte, and 64 for being there.
    expect(inbox.add(a.peer, batch('1', '2', '3'))).to.equal(true)
    expect(inbox.add(a.peer, batch('4'))).to.equal(false)
    expect(inbox.add(a.peer, batch('5'))).to.equal(false)
    expect(inbox.add(b.peer, batch('1'))).to.equal(true)
    for (let i = 0; i < 4; i++) inbox.take()
    expect(a.calls).to.be.empty
    expect(takeAll(inbox)).to.deep.equal(['a:4', 'a:5'])
    expect(a.calls).to.deep.equal(['room'])
    expect(b.calls).to.be.empty
  })

  it('counts empty messages', () => {
    const inbox = inboxOf(640)
    expect(inbox.add(a.peer, batch(...Array<string>(10).fill('')))).to.equal(true)
    expect(inbox.add(a.peer, batch(''))).to.equal(false)
  })

  it('tells a peer whose single message costs more than the limit when that is read', () => {
    const inbox = inboxOf(100)
    expect(inbox.add(a.peer, batch('x'.repeat(200)))).to.equal(false)
    inbox.take()
    expect(a.calls).to.deep.equal(['room'])
  })

  describe('tells a peer that what it has said is handled', () => {
    it('at once where nothing reads', () => {
      const inbox = inboxOf(1000)
      inbox.add(a.peer, batch('1'))
      inbox.whenHandled(a.peer)
      expect(a.calls).to.deep.equal(['handled'])
    })

    it('when the loop comes back for more, and not when it has the last message', () => {
      const inbox = inboxOf(1000)
      inbox.open('loop')
      inbox.add(a.peer, batch('1', '2'))
      inbox.whenHandled(a.peer)
      inbox.take()
      inbox.take()
      expect(a.calls).to.be.empty
      expect(inbox.take()).to.equal(undefined)
      expect(a.calls).to.deep.equal(['handled'])
    })

    it('when a loop over batches comes back, whichever peers they are of', () => {
      const inbox = inboxOf(1000)
      inbox.open('loop')
      inbox.add(a.peer, batch('1'))
      inbox.add(b.peer, batch('1'))
      inbox.whenHandled(a.peer)
      inbox.whenHandled(b.peer)
      inbox.takeBatch()
      inbox.whenHandled(c.peer)
      expect([a.calls, b.calls, c.calls]).to.deep.equal([[], [], ['handled']])
      inbox.takeBatch()
      expect([a.calls, b.calls]).to.deep.equal([['handled'], ['handled']])
    })

    it('when the loop is left, whatever waits', () => {
      const inbox = inboxOf(1000)
      inbox.open('loop')
      inbox.add(a.peer, batch('1', '2'))
      inbox.take()
      inbox.whenHandled(a.peer)
      inbox.close()
      expect(a.calls).to.deep.equal(['handled'])
      expect(takeAll(inbox)).to.deep.equal(['a:2'])
    })

    it('when it is released, if nothing of it waits', () => {
      const inbox = inboxOf(1000)
      inbox.open('handlers')
      inbox.add(a.peer, batch('1'))
      inbox.take()
      inbox.hold(a.peer)
      inbox.take()
      inbox.whenHandled(a.peer)
      expect(a.calls).to.be.empty
      inbox.release(a.peer)
      expect(a.calls).to.deep.equal(['handled'])
    })
  })

  describe('loses what waits for handlers, and counts it,', () => {
    it('when its peer is closed', () => {
      const inbox = inboxOf(1000)
      inbox.open('handlers')
      inbox.add(a.peer, batch('1', '2', '3'))
      inbox.take()
      inbox.onClosing(a.peer)
      expect(a.lost).to.equal(2)
      expect(inbox.take()).to.equal(undefined)
      inbox.add(a.peer, batch('4'))
      expect(takeAll(inbox)).to.deep.equal(['a:4'])
    })

    it('when the node is closed, also when the handlers come back later', () => {
      const inbox = inboxOf(1000)
      inbox.open('handlers')
      inbox.add(a.peer, batch('1', '2'))
      inbox.add(b.peer, batch('1'))
      inbox.hold(b.peer)
      inbox.end()
      expect([a.lost, b.lost]).to.deep.equal([2, 0])
      inbox.release(b.peer)
      expect(b.lost).to.equal(1)
    })

    it('and nothing that waits for a loop', () => {
      const inbox = inboxOf(1000)
      inbox.open('loop')
      inbox.add(a.peer, batch('1'))
      inbox.onClosing(a.peer)
      inbox.end()
      expect(a.lost).to.equal(0)
      expect(takeAll(inbox)).to.deep.equal(['a:1'])
    })
  })

  it('gives no turn to a peer that is held, and lets its messages wait', () => {
    const inbox = inboxOf(1000)
    inbox.add(a.peer, batch('1', '2'))
    inbox.add(b.peer, batch('1'))
    expect(show(inbox.take()!)).to.equal('a:1')
    inbox.hold(a.peer)
    inbox.add(a.peer, batch('3'))
    expect(takeAll(inbox)).to.deep.equal(['b:1'])
    inbox.add(a.peer, batch('4'))
    expect(takeAll(inbox)).to.be.empty
    inbox.release(a.peer)
    expect(takeAll(inbox)).to.deep.equal(['a:2', 'a:3', 'a:4'])
  })

  it('keeps the place in line of a peer that is released before its turn', () => {
    const inbox = inboxOf(1000)
    inbox.add(a.peer, batch('1', '2'))
    inbox.add(b.peer, batch('1', '2'))
    inbox.take()
    inbox.hold(a.peer)
    inbox.release(a.peer)
    expect(takeAll(inbox)).to.deep.equal(['b:1', 'a:2', 'b:2'])
  })

  it('keeps what comes of a peer that was held when nothing of it waited', () => {
    const inbox = inboxOf(1000)
    inbox.add(a.peer, batch('1'))
    inbox.take()
    inbox.hold(a.peer)
    inbox.add(a.peer, batch('2'))
    expect(takeAll(inbox)).to.be.empty
    inbox.release(a.peer)
    expect(takeAll(inbox)).to.deep.equal(['a:2'])
    inbox.release(a.peer)
    expect(takeAll(inbox)).to.be.empty
  })

  it('gives each peer its messages in order, whatever happens in between', async () => {
    const peer = fc.nat({ max: 3 })
    type Step =
      | { action: 'add'; peer: number; count: number }
      | { action: 'take' | 'takeBatch' }
      | { action: 'hold' | 'release'; peer: number }
    const step: fc.Arbitrary<Step> = fc.oneof(
      fc.record({ action: fc.constant('add'), peer, count: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ action: fc.constantFrom('take', 'takeBatch') }),
      fc.record({ action: fc.constantFrom('hold', 'release'), peer }),
    )
    await check(fc.array(step, { maxLength: 60 }), async (steps) => {
      const inbox = inboxOf(300)
      const peers = Array.from({ length: 4 }, (_, id) => ({ fake: new FakePeer(String(id)), added: 0, next: 0 }))
      const expectNext = ({ data, from }: Received): void => {
        expect(Number(data.toString())).to.equal(peers[Number(from.id)]!.next++)
      }
      for (const step of steps) {
        if (step.action === 'add') {
          const to = peers[step.peer]!
          inbox.add(to.fake.peer, batch(...Array.from({ length: step.count }, () => String(to.added++))))
        } else if ('peer' in step) {
          inbox[step.action](peers[step.peer]!.fake.peer)
        } else if (step.action === 'take') {
          const message = inbox.take()
          if (message !== undefined) expectNext(message)
        } else {
          inbox.takeBatch()?.forEach(expectNext)
        }
      }
      for (const { fake } of peers) inbox.release(fake.peer)
      for (let message = inbox.take(); message !== undefined; message = inbox.take()) expectNext(message)
      for (const { added, next, fake } of peers) {
        expect(next).to.equal(added)
        expect(fake.calls.filter((call) => call === 'pause').length).to.equal(
          fake.calls.filter((call) => call === 'resume').length,
        )
      }
    })
  })
})
