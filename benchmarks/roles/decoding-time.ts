import type { DecoderContestant } from '../contestants/decoders.js'
import { type Input, repeated } from '../harness/measure/input.js'
import { Tally } from '../harness/measure/tally.js'
import { timed } from '../harness/measure/timed.js'

// One for all, so that `take` is one function, which the compiler can inline everywhere.
const tally = new Tally()

/** Milliseconds that decoding an input so many times takes. What comes out is verified when the clock has stopped. */
export type DecodingTime = (times: number, thorough?: boolean) => Promise<number>

/** How long a contestant takes for an input, which holds messages of `size` bytes. It has been verified byte for byte. */
export async function decodingTime({ decode }: DecoderContestant, size: number, input: Input): Promise<DecodingTime> {
  const time: DecodingTime = async (times, thorough = false) => {
    const { chunks, messages } = repeated(input, times)
    void tally.expect(size, messages, thorough)
    const ms = await timed(() => decode(chunks, tally.take))
    tally.verify()
    return ms
  }
  await time(1, true)
  return time
}
