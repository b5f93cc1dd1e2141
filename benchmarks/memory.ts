import { type DecoderContestant, decoders } from './contestants/decoders.js'
import { type EncoderContestant, encoders } from './contestants/encoders.js'
import { byteSize, KIB, MIB } from './harness/byte-size.js'
import { calibrate } from './harness/calibrate.js'
import { decodingTime } from './harness/decoding-time.js'
import { columnsFor, type Effort } from './harness/effort.js'
import type { Experiment, Floor, Pass, Row } from './harness/experiment.js'
import { type Chunking, inputOf } from './harness/input.js'
import { outputOf, OutputTally } from './harness/output.js'
import { RING_LENGTH, ringOf } from './harness/messages.js'
import { timed } from './harness/timed.js'

interface Column {
  readonly label: string
  readonly size: number
  readonly chunking: Chunking
}

const UNIT = { name: 'ns/message', better: 'less' } as const

/** Bytes in memory, no socket: what the code itself costs. */
export const memory: Floor = {
  name: 'memory',
  title: 'In memory',
  about:
    'What framing costs when no socket is in the way. The base of decoding is a bare synchronous parser with a callback, ' +
    'that of encoding a bare loop that copies frames into a slab; no stream can be as fast as these.',
  experiments: (effort) => [decodingBySize(effort), decodingByChunk(effort), encoding(effort)],
}

function decodingBySize(effort: Effort): Experiment<Column> {
  return {
    id: 'decode',
    title: 'Decode, chunks of 64 KiB',
    unit: UNIT,
    axis: 'message size',
    columns: sizesFor(effort).map((size) => ({ label: byteSize(size), size, chunking: 64 * KIB })),
    base: 'bare parser',
    rows: decoders.map((contestant) => decodingRow(contestant, effort)),
  }
}

function decodingByChunk(effort: Effort): Experiment<Column> {
  const columns: Column[] = [
    { label: '64 B in 1460 B', size: 64, chunking: 1460 },
    { label: '64 B in random', size: 64, chunking: 'random' },
    { label: '64 B in 1 B', size: 64, chunking: 1 },
    { label: '16 KiB in 1460 B', size: 16 * KIB, chunking: 1460 },
    { label: '64 KiB in random', size: 64 * KIB, chunking: 'random' },
    { label: '1 KiB in 1460 B', size: KIB, chunking: 1460 },
    { label: '1 KiB in random', size: KIB, chunking: 'random' },
    { label: '1 KiB in 1 B', size: KIB, chunking: 1 },
  ]
  return {
    id: 'decode-chunks',
    title: 'Decode, chunks of other lengths',
    unit: UNIT,
    axis: 'message size and chunk length',
    columns: columnsFor(effort, { quick: columns.slice(0, 3), short: columns.slice(0, 4), full: columns }),
    base: 'bare parser',
    rows: decoders.map((contestant) => decodingRow(contestant, effort)),
  }
}

function encoding(effort: Effort): Experiment<Column> {
  return {
    id: 'encode',
    title: 'Encode',
    unit: UNIT,
    axis: 'message size',
    columns: sizesFor(effort).map((size) => ({ label: byteSize(size), size, chunking: 64 * KIB })),
    base: 'bare slab',
    rows: encoders.map((contestant) => encodingRow(contestant, effort)),
  }
}

function sizesFor(effort: Effort): readonly number[] {
  return columnsFor(effort, {
    quick: [64, KIB],
    short: [64, KIB, 64 * KIB, MIB],
    full: [16, 64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, MIB],
  })
}

function decodingRow(contestant: DecoderContestant, effort: Effort): Row<Column> {
  return {
    name: contestant.name,
    open: async ({ size, chunking }) => {
      // A chunk object for each byte takes 100 times the byte.
      const input = inputOf(size, chunking, contestant.lengthField, chunking === 1 ? MIB / 16 : MIB)
      return passOf(await decodingTime(contestant, size, input), input.messages, effort)
    },
  }
}

const outputTally = new OutputTally()

function encodingRow({ name, lengthField, encode }: EncoderContestant, effort: Effort): Row<Column> {
  return {
    name,
    open: async ({ size }) => {
      const ring = ringOf(size)
      const expected = outputOf(ring, lengthField)
      const rings = Math.max(1, Math.round(MIB / (size * RING_LENGTH)))
      const time = async (times: number, thorough = false): Promise<number> => {
        const messages = Array.from({ length: rings * times }, () => ring).flat()
        outputTally.expect(expected, rings * times, thorough)
        const ms = await timed(() => encode(messages, outputTally.take))
        outputTally.verify()
        return ms
      }
      await time(1, true)
      return passOf(time, rings * RING_LENGTH, effort)
    },
  }
}

async function passOf(time: (times: number) => Promise<number>, messages: number, effort: Effort): Promise<Pass> {
  const times = await calibrate(time, effort.passMs)
  return { run: async () => ((await time(times)) * 1e6) / (messages * times) }
}
