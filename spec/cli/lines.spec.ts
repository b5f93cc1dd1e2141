import { expect } from 'chai'
import { lines } from '../../lib/cli/lines.js'
import { byteByByte, everyCut } from '../support/cut.js'

async function linesOf(chunks: readonly Uint8Array[]): Promise<string[]> {
  const found: string[] = []
  for await (const line of lines(asBuffers(chunks))) found.push(line.toString('latin1'))
  return found
}

async function* asBuffers(chunks: readonly Uint8Array[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield Buffer.from(chunk)
}

describe('lines', () => {
  const text = Buffer.from('one\n\ntwo\r\n\xff', 'latin1')
  const expected = ['one', '', 'two\r', '\xff']

  it('gives the same lines however the input is cut', async () => {
    for (const chunks of [...everyCut(text), byteByByte(text)]) expect(await linesOf(chunks)).to.deep.equal(expected)
  })

  it('needs no line feed at the end', async () => {
    expect(await linesOf([Buffer.from('a\nb')])).to.deep.equal(['a', 'b'])
    expect(await linesOf([Buffer.from('a\nb\n')])).to.deep.equal(['a', 'b'])
  })

  it('gives no line for no input', async () => {
    expect(await linesOf([])).to.deep.equal([])
  })
})
