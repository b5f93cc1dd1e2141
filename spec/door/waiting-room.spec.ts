import { expect } from 'chai'
import fc from 'fast-check'
import { WaitingRoom } from '../../lib/door/waiting-room.js'
import { check } from '../support/property.js'

/** Enters candidates by the names of their hosts, and keeps who was turned away. */
class Room {
  readonly room: WaitingRoom
  readonly gone: string[] = []
  readonly leave: (() => void)[] = []

  constructor(most: number) {
    this.room = new WaitingRoom(most)
  }

  enter(host: string | undefined, name = `${host}${this.leave.length}`): void {
    this.leave.push(this.room.enter(host, (reason) => this.gone.push(`${name} ${reason}`)))
  }
}

describe('WaitingRoom', () => {
  it('turns away the oldest of the host that has most, and not the newcomer', () => {
    const { room, gone, enter } = bound(new Room(4))
    for (const host of ['a', 'b', 'b', 'c']) enter(host)
    enter('d')
    expect(gone).to.deep.equal(['b1 max-pending'])
    enter('e')
    expect(gone.at(-1)).to.equal('a0 max-pending')
    enter('e')
    expect(gone.at(-1)).to.equal('e5 max-pending')
    expect(room.size).to.equal(4)
  })

  it('takes those without a host for one host each', () => {
    const { gone, enter } = bound(new Room(3))
    for (const host of [undefined, undefined, 'a', 'a']) enter(host)
    expect(gone).to.deep.equal(['a2 max-pending'])
    enter(undefined)
    enter(undefined)
    expect(gone.slice(1)).to.deep.equal(['undefined0 max-pending', 'undefined1 max-pending'])
  })

  it('turns away for another reason, as long as there are any', () => {
    const { room, gone, enter, leave } = bound(new Room(3))
    enter('a')
    enter('b')
    leave[0]!()
    expect(room.turnAwayOne('file-limit')).to.equal(true)
    expect(room.turnAwayOne('file-limit')).to.equal(false)
    expect(gone).to.deep.equal(['b1 file-limit'])
  })

  it('never has more than its limit, and turns away as a slow, obvious one does', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('a', 'b', 'c', 'd', undefined) },
      { weight: 2, arbitrary: fc.nat(20) },
    )
    await check(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.array(step, { maxLength: 60 })), async ([most, steps]) => {
      const { room, gone, enter, leave } = bound(new Room(most))
      const obvious: { host: string; name: string }[] = []
      const expected: string[] = []
      const names: string[] = []
      for (const step of steps) {
        if (typeof step === 'number') {
          leave[step]?.()
          const at = obvious.findIndex(({ name }) => name === names[step])
          if (at !== -1) obvious.splice(at, 1)
          continue
        }
        const name = `${step}${names.length}`
        names.push(name)
        enter(step, name)
        obvious.push({ host: step ?? name, name })
        if (obvious.length <= most) continue
        const sizeOf = (host: string): number => obvious.filter((other) => other.host === host).length
        const largest = Math.max(...obvious.map(({ host }) => sizeOf(host)))
        // Among hosts of one size it may be any but the newcomer alone: what has gone says which.
        const told = gone.at(-1)!.split(' ')[0]!
        const at = obvious.findIndex(({ name }) => name === told)
        const { host } = obvious[at]!
        expect(sizeOf(host)).to.equal(largest)
        expect(obvious.findIndex((other) => other.host === host)).to.equal(at)
        expect(told).not.to.equal(name)
        obvious.splice(at, 1)
        expected.push(`${told} max-pending`)
      }
      expect(gone).to.deep.equal(expected)
      expect(room.size).to.equal(obvious.length)
    })
  })

  it('takes time for each candidate that does not grow with their number', () => {
    const flood = (most: number): number => {
      const room = new WaitingRoom(most)
      for (let i = 0; i < most; i++) room.enter(`${i}`, () => {})
      const startedMs = performance.now()
      for (let i = 0; i < 20_000; i++) room.enter(`host ${i}`, () => {})
      return performance.now() - startedMs
    }
    flood(1000)
    expect(flood(30_000) / flood(300)).to.be.lessThan(20)
  })
})

function bound(room: Room): Pick<Room, 'room' | 'gone' | 'leave' | 'enter'> {
  return { room: room.room, gone: room.gone, leave: room.leave, enter: room.enter.bind(room) }
}
