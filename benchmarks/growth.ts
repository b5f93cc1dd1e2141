import { type DecoderContestant, decoders } from './contestants/decoders.js'
import { readRaw, readRawBatches } from './contestants/peer-nodes.js'
import { webSocket } from './contestants/web-socket.js'
import { byteSize, KIB, MIB } from './harness/byte-size.js'
import { calibrate } from './harness/calibrate.js'
import { gatherCrowd } from './harness/crowd.js'
import { decodingTime } from './harness/decoding-time.js'
import { floodTime } from './harness/flood-time.js'
import { columnsFor, type Effort } from './harness/effort.js'
import type { Experiment, Floor, Row } from './harness/experiment.js'
import { Kept } from './harness/kept.js'
import { type Chunking, inputOf } from './harness/input.js'

interface DecodeColumn {
  readonly label: string
  /** What is to grow. */
  readonly n: number
  readonly size: number
  readonly chunking: Chunking
  readonly length: number
  /** Whether the task is one message, and not the whole length. */
  readonly perMessage?: boolean
}

const UNIT = { name: 'ms', better: 'less' } as const

/** Whether twice as much takes twice as long. */
export const growth: Floor = {
  name: 'growth',
  title: 'Growth',
  about:
    'Time against the size of the task. The exponent is the slope in a plot with two logarithmic axes: 1 is linear, less ' +
    'is better than linear, 2 is quadratic.',
  experiments: (effort) => [byTotal(effort), byMessageSize(effort), byChunkCount(effort), byPeers(effort)],
}

function byTotal(effort: Effort): Experiment<DecodeColumn> {
  const totals = columnsFor(effort, { quick: [1, 4, 16], short: [1, 4, 16], full: [1, 4, 16, 64, 256] })
  return decoding(effort, {
    id: 'growth-total',
    title: 'Time against the whole length, messages of 64 B',
    axis: 'bytes in all',
    columns: totals.map((mib) => ({ n: mib * MIB, size: 64, chunking: 64 * KIB, length: mib * MIB })),
  })
}

function byMessageSize(effort: Effort): Experiment<DecodeColumn> {
  const sizes = columnsFor(effort, { quick: [64, 512, 4096], short: [64, 512, 4096], full: [64, 256, 1024, 4096] })
  return decoding(effort, {
    id: 'growth-message',
    title: 'Time for a message against its size, chunks of 64 KiB',
    axis: 'message size',
    columns: sizes.map((kib) => ({
      n: kib * KIB,
      size: kib * KIB,
      chunking: 64 * KIB,
      // More than fits into the caches, whatever the size.
      length: 64 * MIB,
      perMessage: true,
    })),
  })
}

function byChunkCount(effort: Effort): Experiment<DecodeColumn> {
  const lengths = columnsFor(effort, { quick: [4096, 64, 1], short: [4096, 64, 1], full: [4096, 512, 64, 8, 1] })
  const length = 128 * KIB
  return decoding(effort, {
    id: 'growth-chunks',
    title: 'Time against the number of chunks, messages of 1 KiB, 128 KiB in all',
    axis: 'number of chunks',
    columns: lengths.map((chunking) => ({ n: length / chunking, size: KIB, chunking, length })),
    label: (n) => n.toLocaleString('en'),
  })
}

const CONTESTANTS = [
  'FrameParser',
  'LengthPrefixDecoder, data',
  'LengthPrefixDecoder, for await',
  'LengthPrefixDecoder, batches',
  'decode(), sync',
  'length-prefixed-stream, data',
  'frame-stream, data',
  'framed-stream, data',
  'it-length-prefixed, sync',
]

interface DecodeGrowth {
  readonly id: string
  readonly title: string
  readonly axis: string
  readonly columns: readonly Omit<DecodeColumn, 'label'>[]
  readonly label?: (n: number) => string
}

function decoding(effort: Effort, { columns, label = byteSize, ...names }: DecodeGrowth): Experiment<DecodeColumn> {
  return {
    ...names,
    unit: UNIT,
    grows: columns.map(({ n }) => n),
    columns: columns.map((column) => ({ ...column, label: label(column.n) })),
    base: 'bare parser',
    rounds: effort.fewRounds,
    rows: decoders
      .filter(({ name }) => name === 'bare parser' || CONTESTANTS.includes(name))
      .map((contestant) => decodingRow(contestant, effort)),
  }
}

function decodingRow(contestant: DecoderContestant, effort: Effort): Row<DecodeColumn> {
  return {
    name: contestant.name,
    open: async ({ size, chunking, length, perMessage = false }) => {
      const input = inputOf(size, chunking, contestant.lengthField, length)
      const time = await decodingTime(contestant, size, input)
      const times = await calibrate(time, effort.passMs)
      const tasks = times * (perMessage ? input.messages : 1)
      return { run: async () => (await time(times)) / tasks }
    },
  }
}

interface PeerColumn {
  readonly label: string
  readonly peers: number
}

const MESSAGES_PER_PEER = 900

function byPeers(effort: Effort): Experiment<PeerColumn> {
  const counts = columnsFor(effort, { quick: [10, 100, 1000], short: [10, 100, 1000], full: [10, 100, 1000, 4000] })
  return {
    id: 'growth-peers',
    title: `Time against the number of peers, ${MESSAGES_PER_PEER} messages of 64 B from each`,
    unit: UNIT,
    axis: 'number of peers',
    grows: counts,
    columns: counts.map((peers) => ({ label: peers.toLocaleString('en'), peers })),
    base: webSocket.name,
    rounds: effort.fewRounds,
    rows: [readRaw, readRawBatches, webSocket].map(({ name }) => peersRow(name, effort)),
  }
}

function peersRow(name: string, effort: Effort): Row<PeerColumn> {
  const crowd = new Kept(() => gatherCrowd(name))
  return {
    name,
    open: async ({ peers }) => {
      const time = await floodTime(await crowd.get(), peers, 64, MESSAGES_PER_PEER)
      const writes = await calibrate(time, effort.passMs)
      return { run: async () => (await time(writes)) / writes }
    },
    close: crowd.stop,
  }
}
