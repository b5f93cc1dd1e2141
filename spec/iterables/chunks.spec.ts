import { expect } from 'chai'
import { decode } from '../../lib/iterables.js'
import { hex } from '../support/bytes.js'

interface Fate {
  readonly chunks: readonly unknown[]
  /** What the source does behind its chunks, instead of ending. */
  readonly fault?: string
  readonly closingFault?: string
  /** Leave the loop at the first message. */
  readonly isLeft?: boolean
  readonly streamAbove?: number
}

interface Outcome {
  readonly closed: number
  readonly error: string | undefined
}

const one = hex('00 00 00 01 61')
const two = hex('00 00 00 01 61 00 00 00 01 62')

// What becomes of a source, as for…of has it.
const fates: readonly (readonly [title: string, fate: Fate, closed: number, error?: string])[] = [
  ['is not closed when it has ended', { chunks: [one] }, 0],
  ['is not closed when it has ended inside a frame', { chunks: [one, hex('00')] }, 0, 'stream ended'],
  ['is not closed when it fails', { chunks: [one], fault: 'disk' }, 0, 'disk'],
  ['is closed when the loop is left', { chunks: [two], isLeft: true }, 1],
  ['is closed when the loop is left at the last message', { chunks: [one], isLeft: true }, 1],
  ['is closed when a frame is refused', { chunks: [hex('ff ff ff ff')] }, 1, 'limit is'],
  ['is closed when a chunk is not bytes', { chunks: ['text'] }, 1, 'Cannot append chunk'],
  [
    'tells what closing throws when the loop is left',
    { chunks: [one], isLeft: true, closingFault: 'closing' },
    1,
    'closing',
  ],
  ['hides no error behind one of closing', { chunks: [hex('ff ff ff ff')], closingFault: 'closing' }, 1, 'limit is'],
  ['is not closed when it ends inside a long message', { chunks: [one.subarray(0, 4)], streamAbove: 0 }, 0, 'ended'],
  [
    'is not closed when it fails inside a long message',
    { chunks: [one.subarray(0, 4)], fault: 'disk', streamAbove: 0 },
    0,
    'disk',
  ],
  ['is closed when the loop is left at a long message', { chunks: [two], isLeft: true, streamAbove: 0 }, 1],
]

/** A source that counts how often it is closed. */
class Source {
  closed = 0
  readonly #chunks: Iterator<unknown>
  readonly #fate: Fate

  constructor(fate: Fate) {
    this.#fate = fate
    this.#chunks = fate.chunks.values()
  }

  next(): IteratorResult<Uint8Array> {
    const next = this.#chunks.next() as IteratorResult<Uint8Array>
    if (next.done === true && this.#fate.fault !== undefined) throw new Error(this.#fate.fault)
    return next
  }

  return(): IteratorResult<Uint8Array> {
    this.closed++
    if (this.#fate.closingFault !== undefined) throw new Error(this.#fate.closingFault)
    return { done: true, value: undefined }
  }
}

async function* ofFrames(bytes: AsyncIterable<Uint8Array>, streamAbove?: number): AsyncGenerator {
  yield* streamAbove === undefined ? decode(bytes) : decode(bytes, { streamAbove })
}

const forms: Record<string, (source: Source, fate: Fate) => Promise<unknown>> = {
  'decode, sync': async (source, { isLeft, streamAbove }) => {
    const iterable = { [Symbol.iterator]: () => source }
    for (const message of streamAbove === undefined ? decode(iterable) : decode(iterable, { streamAbove }))
      if (message.length === 1 && isLeft === true) break
  },
  'decode, async': async (source, { isLeft, streamAbove }) => {
    const iterator = { next: async () => source.next(), return: async () => source.return() }
    const iterable = { [Symbol.asyncIterator]: () => iterator }
    for await (const message of ofFrames(iterable, streamAbove)) if (message !== undefined && isLeft === true) break
  },
}

async function outcomeOf(form: (source: Source, fate: Fate) => Promise<unknown>, fate: Fate): Promise<Outcome> {
  const source = new Source(fate)
  try {
    await form(source, fate)
    return { closed: source.closed, error: undefined }
  } catch (error) {
    return { closed: source.closed, error: (error as Error).message }
  }
}

describe('the source of decode', () => {
  for (const [title, fate, closed, error] of fates) {
    for (const [name, form] of Object.entries(forms)) {
      it(`${title} (${name})`, async () => {
        const outcome = await outcomeOf(form, fate)
        expect(outcome.closed).to.equal(closed)
        if (error === undefined) expect(outcome.error).to.equal(undefined)
        else expect(outcome.error).to.include(error)
      })
    }
  }

  it('is closed once when the pieces of a long message are left, and the loop with them', async () => {
    const source = new Source({ chunks: [hex('00 00 00 05 61'), hex('62')] })
    for (const message of decode({ [Symbol.iterator]: () => source }, { streamAbove: 2 })) {
      for (const piece of message as Iterable<Uint8Array>) if (piece.length > 0) break
      break
    }
    expect(source.closed).to.equal(1)
  })

  it('need not have a way to be closed', () => {
    const chunks = [two].values()
    const source = { [Symbol.iterator]: () => ({ next: () => chunks.next() }) }
    for (const message of decode(source)) if (message.length === 1) break
  })
})
