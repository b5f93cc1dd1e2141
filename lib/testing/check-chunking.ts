import { inspect } from 'node:util'
import { assertBytes, checkFunction } from '../arguments.js'
import type { Decoder } from './coder.js'
import { allCuts, chunksOf, type Cuts } from './cuts.js'
import { NeverEnded } from './deadline.js'
import { describeEnding } from './describe.js'
import type { BrokenLawError, Law } from './finding.js'
import { type DecoderExpectations, isExpectedError, type ReadingOptions, resolveReadingOptions } from './options.js'
import { isBeginning, type Outcome, sameError, sameMessages, settle } from './outcome.js'
import { anySeed, Random } from './random.js'
import { run } from './run.js'
import { shrink } from './shrink.js'
import { findIn } from './trial.js'

/** Options of {@link checkChunking}. */
export interface ChunkingOptions extends DecoderExpectations, ReadingOptions {
  /** Decides the random cuts. A finding tells it; give it to get the same cuts again. @default another each time */
  readonly seed?: number | undefined
  /** How often the bytes are cut at random. @default 100 */
  readonly runs?: number | undefined
}

/**
 * Checks that a decoder gives the same messages and the same error however its input is cut: whole, at every offset,
 * byte by byte, and at random.
 *
 * Streams are read in every way, also by a slow reader, which shows laws 2 and 4 as well. With `expected` the messages
 * have to be these, and then a clean end, or the `error`. A few short frames are enough; time grows with the square of
 * their length.
 *
 * @returns What the decoder gave, every time.
 * @throws {TypeError} If `decoder` is no function, `bytes` are none, or an option is unknown.
 * @throws {BrokenLawError} If a law is broken. Its message tells the law, the fewest cuts that break it, and the seed.
 *
 * @example
 * const frames = Buffer.from('00000002' + '6869' + '00000000', 'hex')
 * await checkChunking(() => new LengthPrefixDecoder(), frames, { expected: [Buffer.from('hi'), Buffer.alloc(0)] })
 *
 * @example
 * const bytes = Buffer.from('ffffffff', 'hex')
 * await checkChunking((chunks) => decode(chunks), bytes, { error: { code: 'ERR_MESSAGE_TOO_LARGE' } })
 */
export async function checkChunking(
  decoder: Decoder,
  bytes: Uint8Array,
  options: ChunkingOptions = {},
): Promise<Outcome> {
  checkFunction('decoder', decoder)
  assertBytes(bytes, 'check chunking')
  const settings = resolveReadingOptions(options, ['expected', 'error', 'seed', 'runs'])
  const { seed = anySeed(), runs = 100 } = options
  const { outcome } = await run(decoder, chunksOf(bytes, []), settings.readers[0]!, settings.timeoutMs)
  const wanted = wantedAfter(outcome, options)
  const attempt = (cuts: Cuts): Promise<BrokenLawError | undefined> =>
    findIn(
      { decoder, bytes, cuts, settings },
      {
        ...wanted,
        rows: { seed },
        lawAgainst: (got, isOtherReader) => lawAgainst(got, wanted, cuts.length > 0 && !isOtherReader),
      },
    )
  for (const cuts of allCuts(bytes.length, new Random(seed), runs)) {
    const found = await attempt(cuts)
    if (found !== undefined) throw await shrink(cuts, found, attempt)
  }
  return outcome
}

/** What every cut has to give. */
interface Wanted {
  readonly label: string
  readonly messages: readonly unknown[] | undefined
  readonly ending: string
  isEnding(got: Outcome): boolean
}

function wantedAfter(first: Outcome, { expected, error }: DecoderExpectations): Wanted {
  const label = expected === undefined ? 'at first' : 'expected'
  const messages = expected === undefined ? first.messages : settle(expected)
  if (error !== undefined && !isExpectedError(first.error, error)) {
    return { label, messages, ending: inspect(error), isEnding: (got) => isExpectedError(got.error, error) }
  }
  // With messages and nothing else expected, the end is clean.
  const isClean = (expected !== undefined && error === undefined) || first.error instanceof NeverEnded
  const last = { messages, error: isClean ? undefined : first.error }
  return { label, messages, ending: describeEnding(last), isEnding: (got) => sameError(got, last) }
}

/** @param isCutToBlame Whether the same bytes gave what they have to when they were not cut. */
function lawAgainst(got: Outcome, wanted: Wanted, isCutToBlame: boolean): Law | undefined {
  const isEnding = wanted.isEnding(got)
  const isSame = sameMessages(got, wanted)
  if (isEnding && isSame) return undefined
  // Where a cut gives more than the whole did, it was the whole that lost some.
  const isLost = isBeginning(wanted, got) || (isBeginning(got, wanted) && !isCutToBlame)
  if (isEnding && isLost && got.error !== undefined) return 4
  if (isCutToBlame) return 1
  return isSame ? 3 : 2
}
