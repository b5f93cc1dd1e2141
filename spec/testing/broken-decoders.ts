import { Transform, type TransformCallback, type TransformOptions } from 'node:stream'
import type { Decoder } from '../../lib/testing.js'

// All of them read `uint16be` lengths, and refuse one above this.
const LIMIT = 100

/** What {@link right} and the broken ones are given: frames, and messages. */
export const frames: readonly Buffer[] = ['0005' + '68656c6c6f', '0000', '0002' + '6869'].map((digits) =>
  Buffer.from(digits, 'hex'),
)
export const messages: readonly Buffer[] = ['hello', '', 'hi'].map((text) => Buffer.from(text))

/** The frame of a message. */
export function frameOf(message: Uint8Array): Buffer {
  const header = Buffer.alloc(2)
  header.writeUInt16BE(message.length)
  return Buffer.concat([header, message])
}

class Refused extends Error {}
class Truncated extends Error {}

/** A decoder that is right. */
export function* right(chunks: Iterable<Buffer>): Generator<Buffer> {
  let rest = Buffer.alloc(0)
  for (const chunk of chunks) {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 2) {
      const end = 2 + rest.readUInt16BE()
      if (end > 2 + LIMIT) throw new Refused('Too long')
      if (end > rest.length) break
      yield rest.subarray(2, end)
      rest = rest.subarray(end)
    }
  }
  if (rest.length > 0) throw new Truncated('Truncated')
}

/** The same in a Transform as they are mostly written. */
class Naive extends Transform {
  #rest = Buffer.alloc(0)

  constructor({ readableObjectMode = true }: TransformOptions = {}) {
    super({ readableObjectMode })
  }

  override _transform(chunk: Buffer, _encoding: string, callback: TransformCallback): void {
    this.#rest = Buffer.concat([this.#rest, chunk])
    while (this.#rest.length >= 2) {
      const end = 2 + this.#rest.readUInt16BE()
      if (end > 2 + LIMIT) {
        callback(new Refused('Too long'))
        return
      }
      if (end > this.#rest.length) break
      this.push(this.#rest.subarray(2, end))
      this.#rest = this.#rest.subarray(end)
    }
    callback()
  }

  override _flush(callback: TransformCallback): void {
    callback(this.#rest.length > 0 ? new Truncated('Truncated') : null)
  }
}

class NeverEnding extends Naive {
  override _flush(): void {}
}

function* oneChunkAtATime(chunks: Iterable<Buffer>): Generator<Buffer> {
  for (const chunk of chunks) yield* right([chunk])
}

function* losesRemainder(chunks: Iterable<Buffer>): Generator<Buffer> {
  for (const chunk of chunks) {
    try {
      yield* right([chunk])
    } catch (error) {
      if (error instanceof Refused) throw error
    }
  }
}

function* oneMessageAChunk(chunks: Iterable<Buffer>): Generator<Buffer> {
  for (const chunk of chunks) yield chunk.subarray(2, 2 + chunk.readUInt16BE())
}

// Takes the first byte that it has of a header for the whole of it.
function* misreadsCutHeader(chunks: Iterable<Buffer>): Generator<Buffer> {
  let rest = Buffer.alloc(0)
  const whole: Buffer[] = []
  for (const chunk of chunks) {
    rest = Buffer.concat([rest, rest.length === 1 ? Buffer.from([0]) : Buffer.alloc(0), chunk])
    whole.push(rest)
    rest = rest.subarray(rest.length - 1)
    if (whole.length > 1) break
  }
  yield* right(whole)
}

function* dropsEmptyMessages(chunks: Iterable<Buffer>): Generator<Buffer> {
  for (const message of right(chunks)) if (message.length > 0) yield message
}

// The messages that a chunk completes come out as one.
function* mergesMessages(chunks: readonly Buffer[]): Generator<Buffer> {
  let given = 0
  for (const [i] of chunks.entries()) {
    const fresh = completedBy(chunks.slice(0, i + 1)).slice(given)
    given += fresh.length
    if (fresh.length > 0) yield Buffer.concat(fresh)
  }
  for (const message of right(chunks)) if (given-- <= 0) yield message
}

function completedBy(chunks: readonly Buffer[]): Buffer[] {
  const completed: Buffer[] = []
  try {
    for (const message of right(chunks)) completed.push(message)
  } catch {
    // Told at the end.
  }
  return completed
}

function* endsCleanlyInsideAFrame(chunks: Iterable<Buffer>): Generator<Buffer> {
  try {
    yield* right(chunks)
  } catch (error) {
    if (!(error instanceof Truncated)) throw error
  }
}

// A short read becomes a message.
function* givesHalfAMessage(chunks: Iterable<Buffer>): Generator<Buffer> {
  const seen: Buffer[] = []
  try {
    for (const message of right(chunks)) {
      seen.push(message)
      yield message
    }
  } catch (error) {
    if (!(error instanceof Truncated)) throw error
    const read = seen.reduce((sum, { length }) => sum + 2 + length, 0)
    yield Buffer.concat([...chunks]).subarray(read)
    throw error
  }
}

function* failsAtEveryEnd(chunks: Iterable<Buffer>): Generator<Buffer> {
  yield* right(chunks)
  throw new Truncated('Truncated')
}

function* throwsBeforeDelivering(chunks: Iterable<Buffer>): Generator<Buffer> {
  yield* [...right(chunks)]
}

function* forgetsByteOffset(chunks: Iterable<Buffer>): Generator<Buffer> {
  yield* right(Array.from(chunks, (chunk) => Buffer.from(chunk.buffer, 0, chunk.length)))
}

function* stopsAtAnEmptyChunk(chunks: Iterable<Buffer>): Generator<Buffer> {
  const before: Buffer[] = []
  for (const chunk of chunks) {
    if (chunk.length === 0) break
    before.push(chunk)
  }
  yield* right(before)
}

function* reusesItsMemory(chunks: Iterable<Buffer>): Generator<Buffer> {
  const memory = Buffer.alloc(1000)
  for (const message of right(chunks)) {
    memory.set(message)
    yield memory.subarray(0, message.length)
  }
}

function* tellsAboutTheChunk(chunks: Iterable<Buffer>): Generator<Buffer> {
  try {
    yield* right(chunks)
  } catch (error) {
    throw Object.assign(error as Error, { chunks: [...chunks].length })
  }
}

/** A decoder, and the law that each check has to find broken by it; `undefined` where it keeps all. */
export interface BrokenDecoder {
  readonly decoder: Decoder
  /** Of {@link frames}, with {@link messages} expected. */
  readonly chunking?: number
  /** Of {@link frames} and a length that is refused, with {@link messages} and an error expected. */
  readonly fault?: number
  readonly truncation?: number
  readonly inverse?: number
  /** How long to wait for it, where that is in vain. */
  readonly timeoutMs?: number
}

export const brokenDecoders: Readonly<Record<string, BrokenDecoder>> = {
  'is right': { decoder: right },
  'is right, but gives all or nothing': { decoder: (chunks) => [...right(chunks)] },
  'begins anew with each chunk': { decoder: oneChunkAtATime, chunking: 1, fault: 1, truncation: 3, inverse: 1 },
  'loses the remainder of a chunk': { decoder: losesRemainder, chunking: 1, fault: 1, truncation: 3, inverse: 1 },
  'sees one message in a chunk': { decoder: oneMessageAChunk, chunking: 2, fault: 2, truncation: 3, inverse: 6 },
  'misreads a header that is cut': { decoder: misreadsCutHeader, chunking: 1, fault: 1, truncation: 3, inverse: 1 },
  'drops empty messages': { decoder: dropsEmptyMessages, chunking: 2, fault: 2, truncation: 2, inverse: 6 },
  'merges messages': { decoder: mergesMessages, chunking: 2, fault: 2, truncation: 2, inverse: 6 },
  'is in byte mode': {
    decoder: () => new Naive({ readableObjectMode: false }),
    chunking: 2,
    fault: 4,
    truncation: 4,
    inverse: 6,
  },
  'ends cleanly inside a frame': { decoder: endsCleanlyInsideAFrame, truncation: 3 },
  'gives half a message': { decoder: givesHalfAMessage, truncation: 3 },
  'fails at every end': { decoder: failsAtEveryEnd, chunking: 3, truncation: 3, inverse: 6 },
  'never ends': { decoder: () => new NeverEnding(), chunking: 3, fault: 4, truncation: 3, inverse: 3, timeoutMs: 100 },
  'throws before it delivers': { decoder: throwsBeforeDelivering, fault: 4, truncation: 4 },
  'forgets the slow reader': { decoder: () => new Naive(), fault: 4, truncation: 4 },
  'forgets byteOffset': { decoder: forgetsByteOffset, chunking: 1, fault: 1, truncation: 3, inverse: 1 },
  'stops at an empty chunk': { decoder: stopsAtAnEmptyChunk, chunking: 1, fault: 1, inverse: 1 },
  'reuses its memory': { decoder: reusesItsMemory, chunking: 2, fault: 2, truncation: 2, inverse: 6 },
  'tells about the chunk': { decoder: tellsAboutTheChunk, fault: 1 },
}
