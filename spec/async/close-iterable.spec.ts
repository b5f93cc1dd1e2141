import { expect } from 'chai'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { closeIterable } from '../../lib/async/close-iterable.js'

describe('closeIterable', () => {
  it('destroys a stream, without an error', async () => {
    const stream = new PassThrough()
    const closed = once(stream, 'close')
    await closeIterable(stream, stream[Symbol.asyncIterator]())
    await closed
    expect(stream.errored).to.equal(null)
  })

  it('ends the iterator of a loop, or one that is the source itself', async () => {
    let closed = 0
    const iterator = {
      next: () => ({ done: false, value: 1 }),
      return: () => {
        closed++
        return { done: true, value: undefined }
      },
    }
    await closeIterable({ [Symbol.iterator]: () => iterator }, iterator)
    await closeIterable(iterator)
    expect(closed).to.equal(2)
  })

  it('cancels a web stream that has no reader', async () => {
    let cancelled = false
    const stream = new ReadableStream({
      cancel: () => {
        cancelled = true
      },
    })
    await closeIterable(stream)
    expect(cancelled).to.equal(true)
  })

  it('has nothing to do for an array', async () => {
    await closeIterable([])
  })

  it('hides no error behind one of closing', async () => {
    const fault = (): never => {
      throw new Error('closing failed')
    }
    await closeIterable({ return: fault })
    await closeIterable({ destroy: fault })
    await closeIterable({ return: async () => fault() })
  })
})
