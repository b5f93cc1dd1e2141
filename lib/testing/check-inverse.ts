import { checkFunction } from '../arguments.js'
import type { Decoder, Encoder } from './coder.js'
import { type Cuts, randomCuts } from './cuts.js'
import { type BrokenLawError, finding } from './finding.js'
import { type ReadingOptions, type ReadingSettings, resolveReadingOptions } from './options.js'
import { sameMessages, settle } from './outcome.js'
import { anySeed, Random } from './random.js'
import { run } from './run.js'
import { shrink } from './shrink.js'
import { findIn } from './trial.js'

/** Options of {@link checkInverse}. */
export interface InverseOptions<Message = Uint8Array> extends ReadingOptions {
  /** Messages to choose from, where not any bytes are a message. @default any bytes */
  readonly messages?: readonly Message[] | undefined
  /** Longest message that is made up, in bytes. @default 70000 */
  readonly maxMessageLength?: number | undefined
  /** Decides messages and cuts. A finding tells it; give it to get the same again. @default another each time */
  readonly seed?: number | undefined
  /** How often messages are encoded and decoded, up to five each time. @default 100 */
  readonly runs?: number | undefined
}

/**
 * Checks that a decoder gives back the messages that an encoder got, whole and cut at random.
 *
 * Messages that are made up have lengths around those at which length fields change: 0, 127, 255, 16,383 and 65,535.
 *
 * @throws {TypeError} If `encoder` or `decoder` is no function, or an option is unknown.
 * @throws {BrokenLawError} If law 6 is broken, or law 1 by a cut. Its message tells the fewest messages that break it, and
 * the seed.
 *
 * @example
 * await checkInverse(
 *   (messages) => messages.map((message) => encodeFrame(message, protocols.dns)),
 *   () => new LengthPrefixDecoder(protocols.dns),
 *   { maxMessageLength: 65_535 },
 * )
 */
export async function checkInverse<Message = Uint8Array>(
  encoder: Encoder<Message>,
  decoder: Decoder,
  options: InverseOptions<Message> = {},
): Promise<void> {
  checkFunction('encoder', encoder)
  checkFunction('decoder', decoder)
  const settings = resolveReadingOptions(options, ['messages', 'maxMessageLength', 'seed', 'runs'])
  const { seed = anySeed(), runs = 100, maxMessageLength = 70_000, messages: samples } = options
  const random = new Random(seed)
  for (let i = 0; i < runs; i++) {
    const messages = Array.from({ length: random.below(6) }, () =>
      // Without samples, messages are bytes.
      samples === undefined ? (anyBytes(random, maxMessageLength) as Message) : random.pick(samples),
    )
    const cutSeed = random.below(2 ** 32)
    const attempt = (fewer: readonly Message[]): Promise<BrokenLawError | undefined> =>
      findInPair({ encoder, decoder, settings, seed, cutSeed }, fewer)
    const found = await attempt(messages)
    if (found !== undefined) throw await shrink(messages, found, attempt)
  }
}

interface Pair<Message> {
  readonly encoder: Encoder<Message>
  readonly decoder: Decoder
  readonly settings: ReadingSettings
  readonly seed: number
  readonly cutSeed: number
}

async function findInPair<Message>(
  { encoder, decoder, settings, seed, cutSeed }: Pair<Message>,
  given: readonly Message[],
): Promise<BrokenLawError | undefined> {
  const messages = settle(given)
  const told = { messages, ending: 'end', rows: { seed } }
  const { outcome } = await run(encoder, given, 'for await', settings.timeoutMs)
  if (outcome.error !== undefined) return finding({ law: 6, ...told, got: outcome })
  // An encoder gives bytes; concat refuses what is none.
  const bytes = Buffer.concat((outcome.messages ?? []) as readonly Uint8Array[])
  const attempt = (cuts: Cuts, law: 1 | 6): Promise<BrokenLawError | undefined> =>
    findIn(
      { decoder, bytes, cuts, settings },
      {
        ...told,
        lawAgainst: (got) => (got.error === undefined && sameMessages(got, { messages }) ? undefined : law),
      },
    )
  return (await attempt([], 6)) ?? (await attempt(randomCuts(bytes.length, new Random(cutSeed)), 1))
}

// Behind these, a length takes one more byte.
const TURNS = [0, 127, 255, 16_383, 65_535]

function anyBytes(random: Random, maxMessageLength: number): Buffer {
  const around = random.pick(TURNS) + random.below(2)
  const length = random.pick([around, random.below(40), random.below(40)])
  return random.bytes(Math.min(length, maxMessageLength))
}
