import type { EncoderContestant } from '../contestants/encoders.js'
import { RING_LENGTH, ringOf } from '../harness/measure/messages.js'
import { outputOf, OutputTally } from '../harness/measure/output.js'
import { timed } from '../harness/measure/timed.js'

const tally = new OutputTally()

/** Milliseconds that encoding `messages` messages so many times takes. What comes out is verified when the clock has stopped. */
interface Encoding {
  readonly time: (times: number) => Promise<number>
  readonly messages: number
}

/** How long a contestant takes for messages of `size` bytes, about `length` bytes of them. It has been verified byte for byte. */
export async function encodingTime(
  { lengthField, encode }: EncoderContestant,
  size: number,
  length: number,
): Promise<Encoding> {
  const ring = ringOf(size)
  const expected = outputOf(ring, lengthField)
  const rings = Math.max(1, Math.round(length / (size * RING_LENGTH)))
  const time = async (times: number, thorough = false): Promise<number> => {
    const messages = Array.from({ length: rings * times }, () => ring).flat()
    tally.expect(expected, rings * times, thorough)
    const ms = await timed(() => encode(messages, tally.take))
    tally.verify()
    return ms
  }
  await time(1, true)
  return { time, messages: rings * RING_LENGTH }
}
