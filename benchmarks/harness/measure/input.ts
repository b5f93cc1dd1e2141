import { encodeFrame, type LengthField } from '../../../lib/index.js'
import { ringOf } from './messages.js'

/** How a stream is cut: chunks of so many bytes, or of random lengths up to 64 KiB. */
export type Chunking = number | 'random'

/** Chunks that hold so many messages. */
export interface Input {
  readonly chunks: readonly Buffer[]
  readonly messages: number
}

const inputs = new Map<string, Input>()

/** Whole rings of messages of a size, about `length` bytes of them, as frames in chunks. Made once. */
export function inputOf(size: number, chunking: Chunking, lengthField: LengthField, length: number): Input {
  const key = [size, chunking, lengthField.name, length].join()
  const input = inputs.get(key) ?? makeInput(size, chunking, lengthField, length)
  inputs.set(key, input)
  return input
}

/** The same input so many times. */
export function repeated({ chunks, messages }: Input, times: number): Input {
  return { chunks: Array.from({ length: times }, () => chunks).flat(), messages: messages * times }
}

function makeInput(size: number, chunking: Chunking, lengthField: LengthField, length: number): Input {
  const ring = ringOf(size)
  const frames = Buffer.concat(ring.map((message) => encodeFrame(message, { lengthField, maxMessageLength: Infinity })))
  const rings = Math.max(1, Math.round(length / frames.length))
  const bytes = Buffer.concat(Array.from({ length: rings }, () => frames))
  return { chunks: cut(bytes, chunking), messages: rings * ring.length }
}

function cut(bytes: Buffer, chunking: Chunking): Buffer[] {
  const chunks: Buffer[] = []
  let state = 1
  for (let start = 0; start < bytes.length;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const length = chunking === 'random' ? 1 + (state >>> 16) : chunking
    chunks.push(bytes.subarray(start, start + length))
    start += length
  }
  return chunks
}
