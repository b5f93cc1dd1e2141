import { expect } from 'chai'
import { Readable } from 'node:stream'
import { runInNewContext } from 'node:vm'
import { isInMemory, isLongMessageSource } from '../../lib/frame/long-message.js'

describe('a message', () => {
  it('is in memory as bytes of whatever realm', () => {
    for (const message of [new Uint8Array(1), Buffer.alloc(1), runInNewContext('new Uint8Array(1)')]) {
      expect(isInMemory(message)).to.equal(true)
      expect(isLongMessageSource(message)).to.equal(false)
    }
  })

  it('is long as anything that is iterated for its pieces', () => {
    const pieces = function* (): Generator<Uint8Array> {
      yield new Uint8Array(1)
    }
    for (const message of [Readable.from([]), pieces(), new ReadableStream(), { [Symbol.asyncIterator]: pieces }]) {
      expect(isInMemory(message)).to.equal(false)
      expect(isLongMessageSource(message)).to.equal(true)
    }
  })

  it('is neither as anything else', () => {
    for (const value of [undefined, null, 5, 'text', {}, [new Uint8Array(1)], new ArrayBuffer(1)]) {
      expect(isInMemory(value)).to.equal(false)
      expect(isLongMessageSource(value)).to.equal(false)
    }
  })
})
