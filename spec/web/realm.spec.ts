import { expect } from 'chai'
import { runInNewContext } from 'node:vm'
import { LengthPrefixDecoderStream, LengthPrefixEncoderStream } from '../../lib/web.js'
import { toHex } from '../support/bytes.js'
import { sourceOf } from './web-streams.js'

const foreign = (list: string): Uint8Array => runInNewContext(`new Uint8Array(${list})`) as Uint8Array

describe('web streams', () => {
  it('take bytes of another realm', async () => {
    const chunks = [foreign('[0, 0, 0, 1, 97, 0]'), foreign('[0, 0, 1, 98]')]
    const seen: string[] = []
    for await (const frame of sourceOf(chunks)
      .pipeThrough(new LengthPrefixDecoderStream())
      .pipeThrough(new LengthPrefixEncoderStream()))
      seen.push(toHex(frame))
    for await (const frame of sourceOf([foreign('[99]')]).pipeThrough(new LengthPrefixEncoderStream()))
      seen.push(toHex(frame))
    expect(seen).to.deep.equal(['00 00 00 01 61', '00 00 00 01 62', '00 00 00 01 63'])
  })
})
