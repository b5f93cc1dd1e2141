import { inspect } from 'node:util'
import { assertBytes, checkFunction, nameOf } from '../arguments.js'
import type { Decoder } from './coder.js'
import { atEveryByte } from './cuts.js'
import { finding } from './finding.js'
import {
  type DecoderExpectations,
  isExpectedError,
  type ReadingOptions,
  type ReadingSettings,
  resolveReadingOptions,
} from './options.js'
import { isBeginning, type Outcome, sameMessages, settle } from './outcome.js'
import { run } from './run.js'
import { type Demand, findIn } from './trial.js'

/** Options of {@link checkTruncation}. */
export interface TruncationOptions extends DecoderExpectations, ReadingOptions {}

/**
 * Checks what a decoder makes of an end at every offset: the messages of the whole frames before it, and an error unless
 * the end lies between two frames.
 *
 * The bytes before the end come whole and byte by byte, and streams are read in every way, also by a slow reader. Each
 * frame is one message.
 *
 * @param frames Whole frames, in order.
 * @throws {TypeError} If `decoder` is no function, `frames` is no array of bytes, or an option is unknown.
 * @throws {BrokenLawError} If law 3 is broken, or law 2 or 4 on the way. Its message tells the law and the end that breaks it.
 *
 * @example
 * const frames = ['hello', '', 'hi'].map((text) => encodeFrame(Buffer.from(text)))
 * await checkTruncation(() => new LengthPrefixDecoder(), frames, { error: { code: 'ERR_FRAME_TRUNCATED' } })
 */
export async function checkTruncation(
  decoder: Decoder,
  frames: readonly Uint8Array[],
  options: TruncationOptions = {},
): Promise<void> {
  checkFunction('decoder', decoder)
  if (!Array.isArray(frames))
    throw new TypeError(`Cannot check truncation: expected an array of frames, got ${nameOf(frames)}`)
  for (const frame of frames as readonly unknown[]) assertBytes(frame, 'check truncation')
  const settings = resolveReadingOptions(options, ['expected', 'error'])
  const bytes = Buffer.concat(frames)
  const messages = settle(options.expected ?? (await messagesOf(decoder, frames, settings)))
  const ends = endsOf(frames)
  for (let end = 0; end <= bytes.length; end++) {
    const demand = demandAt(end, ends, messages, options)
    for (const cuts of [[], atEveryByte(end)]) {
      const found = await findIn({ decoder, bytes: bytes.subarray(0, end), cuts, settings }, demand)
      if (found !== undefined) throw found
    }
  }
}

// What has to come out where the caller does not say: a message of each frame.
async function messagesOf(
  decoder: Decoder,
  frames: readonly Uint8Array[],
  { readers, timeoutMs }: ReadingSettings,
): Promise<readonly unknown[]> {
  const { outcome } = await run(decoder, [Buffer.concat(frames)], readers[0]!, timeoutMs)
  const { messages, error } = outcome
  if (error === undefined && messages?.length === frames.length) return messages
  throw finding({
    law: error === undefined ? 2 : 3,
    rows: { input: `${frames.length} frames, whole` },
    messages: [],
    ending: `a message for each frame, end`,
    got: outcome,
  })
}

/** @param ends Where each frame ends. */
function demandAt(
  end: number,
  ends: readonly number[],
  all: readonly unknown[],
  { error }: DecoderExpectations,
): Demand {
  const count = ends.filter((offset) => offset <= end).length
  const isBetween = end === 0 || ends.includes(end)
  const messages = all.slice(0, count)
  const place = isBetween ? `behind ${count} whole frames` : `inside frame ${count}`
  const isEnding = (got: Outcome): boolean => (isBetween ? got.error === undefined : isExpectedError(got.error, error))
  return {
    messages,
    ending: isBetween ? 'end' : error === undefined ? 'an error' : inspect(error),
    rows: { end: `at ${end} of ${ends.at(-1) ?? 0} bytes, ${place}` },
    lawAgainst: (got) => {
      if (!isEnding(got)) return 3
      if (sameMessages(got, { messages })) return undefined
      if (got.error !== undefined && isBeginning(got, { messages })) return 4
      return isBetween ? 2 : 3
    },
  }
}

function endsOf(frames: readonly Uint8Array[]): number[] {
  let end = 0
  return frames.map((frame) => (end += frame.length))
}
