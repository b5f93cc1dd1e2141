import { decoders } from '../contestants/decoders.js'
import { encoders } from '../contestants/encoders.js'
import { KIB } from '../harness/measure/byte-size.js'
import { calibrate } from '../harness/measure/calibrate.js'
import { type Chunking, inputOf } from '../harness/measure/input.js'
import { collectGarbage } from '../harness/process/collect-garbage.js'
import { expose } from '../harness/process/expose.js'
import { decodingTime } from './decoding-time.js'
import { encodingTime } from './encoding-time.js'

// Decodes or encodes in memory.

type Time = (times: number) => Promise<number>

// A table begins with small messages, and no contestant is as fast at first as after a third of a second of them.
const FIRST_WARM_UP_MS = 300

// Short, so that a pass of a slow contestant is no longer than those of others.
const INPUT_LENGTH = 256 * KIB

let pass: (() => Promise<number>) | undefined

const functions = {
  /** Gets ready to decode messages of a size in chunks of a length: verifies, warms up. */
  async openDecoder(name: string, size: number, chunking: Chunking, passMs: number): Promise<void> {
    const contestant = decoders.find((decoder) => decoder.name === name)!
    // A chunk object for each byte is slow for all.
    const input = inputOf(size, chunking, contestant.lengthField, chunking === 1 ? INPUT_LENGTH / 16 : INPUT_LENGTH)
    await open(await decodingTime(contestant, size, input), input.messages, passMs)
  },

  /** Gets ready to encode messages of a size. */
  async openEncoder(name: string, size: number, passMs: number): Promise<void> {
    const contestant = encoders.find((encoder) => encoder.name === name)!
    const { time, messages } = await encodingTime(contestant, size, INPUT_LENGTH)
    await open(time, messages, passMs)
  },

  /** Does it, and answers with nanoseconds per message. */
  run(): Promise<number> {
    collectGarbage('minor')
    return pass!()
  },
}

async function open(time: Time, messages: number, passMs: number): Promise<void> {
  const times = await calibrate(time, passMs, pass === undefined ? FIRST_WARM_UP_MS : undefined)
  pass = async () => ((await time(times)) * 1e6) / (messages * times)
}

export type Coder = typeof functions

expose(functions)
