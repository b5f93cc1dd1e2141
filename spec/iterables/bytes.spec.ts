import { expect } from 'chai'
import { runInNewContext } from 'node:vm'
import { Uint8ArrayList } from 'uint8arraylist'
import { decode, encode } from '../../lib/iterables.js'
import { inOnePiece, isInPieces, listOf } from '../../lib/iterables/bytes.js'
import { hex, toHex } from '../support/bytes.js'

const foreign = (list: string): Uint8Array => runInNewContext(`new Uint8Array(${list})`) as Uint8Array

describe('bytes', () => {
  it('are in one piece as what they are, and as a list', () => {
    expect(toHex(inOnePiece(new Uint8ArrayList(hex('01'), hex('02 03'))))).to.equal('01 02 03')
    const bytes = hex('01')
    expect(inOnePiece(bytes)).to.equal(bytes)
    expect([...listOf(bytes)]).to.deep.equal([bytes])
  })

  it('in pieces know their length; a list is in memory, and so are bytes of another realm', () => {
    expect(isInPieces(Object.assign([hex('01')].values(), { length: 1 }))).to.equal(true)
    for (const message of [hex('01'), foreign('[1]'), new Uint8ArrayList(hex('01'))])
      expect(isInPieces(message)).to.equal(false)
  })

  it('of another realm are messages, chunks and pieces like others', () => {
    const frames = [...encode([foreign('[97]'), Object.assign([foreign('[98, 99]')].values(), { length: 2 })])]
    expect(frames.map((frame) => toHex(frame.subarray())).join(' ')).to.equal('00 00 00 01 61 00 00 00 02 62 63')
    const messages = [...decode([foreign('[0, 0, 0, 1, 97, 0]'), foreign('[0, 0, 1, 98]')])]
    expect(messages.map((message) => toHex(message.subarray()))).to.deep.equal(['61', '62'])
  })
})
