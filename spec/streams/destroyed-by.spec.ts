import { expect } from 'chai'
import { PassThrough } from 'node:stream'
import { FrameTruncatedError } from '../../lib/errors.js'
import { isDestroyedByReader, rememberSource } from '../../lib/streams/destroyed-by.js'

const error = new Error('reset')
const abort = Object.assign(new Error('aborted'), { name: 'AbortError' })
const premature = Object.assign(new Error('premature'), { code: 'ERR_STREAM_PREMATURE_CLOSE' })

function pipedFrom(source: PassThrough): PassThrough {
  const stream = new PassThrough()
  rememberSource(stream)
  source.on('error', () => {})
  return source.pipe(stream)
}

describe('isDestroyedByReader', () => {
  it('is true without an error, and for a signal', () => {
    for (const stream of [new PassThrough(), pipedFrom(new PassThrough())]) {
      expect(isDestroyedByReader(stream, null)).to.equal(true)
      expect(isDestroyedByReader(stream, abort)).to.equal(true)
    }
  })

  it('is false for what was found in the bytes', () => {
    expect(isDestroyedByReader(new PassThrough(), new FrameTruncatedError({ length: 1 }))).to.equal(false)
  })

  it('is true for an error that its source does not have', () => {
    expect(isDestroyedByReader(pipedFrom(new PassThrough()), error)).to.equal(true)
    expect(isDestroyedByReader(pipedFrom(new PassThrough().destroy(new Error('another'))), error)).to.equal(true)
    expect(isDestroyedByReader(new PassThrough(), error)).to.equal(true)
  })

  it('is false for the error of its source, and for one that closed too early', () => {
    const source = new PassThrough()
    const stream = pipedFrom(source)
    source.destroy(error)
    expect(isDestroyedByReader(stream, error)).to.equal(false)
    expect(isDestroyedByReader(stream, premature)).to.equal(false)
  })

  it('is false while an iterable is written to it by a pipeline', () => {
    const stream = new PassThrough()
    stream.on('drain', () => {})
    expect(isDestroyedByReader(stream, error)).to.equal(false)
  })
})
