import { type DecoderContestant, decoders } from './contestants/decoders.js'
import { type EncoderContestant, encoders } from './contestants/encoders.js'
import { byteSize, KIB, MIB } from './harness/measure/byte-size.js'
import { columnsFor, type Effort } from './harness/measure/effort.js'
import type { Experiment, Row, Suite } from './harness/measure/experiment.js'
import type { Chunking } from './harness/measure/input.js'
import { Kept } from './harness/process/kept.js'
import { type Child, type Circumstances, startChild } from './harness/process/start-child.js'
import type { Coder } from './roles/coder.js'

interface Column {
  readonly label: string
  readonly size: number
  readonly chunking: Chunking
}

const CODER = new URL('roles/coder.ts', import.meta.url)
const UNIT = { name: 'ns/message', better: 'less' } as const

/** Bytes in memory, no socket: what the code itself costs. */
export const memory: Suite = {
  name: 'memory',
  title: 'In memory',
  about:
    'What framing costs when no socket is in the way. The base of decoding is a bare synchronous parser with a callback, ' +
    'that of encoding a bare loop that copies frames into a slab; no stream can be as fast as these. Each row is measured in ' +
    'a process of its own.',
  experiments: (effort) => [
    decodingBySize(effort),
    decodingByForAwait(effort),
    decodingByChunk(effort),
    encoding(effort),
  ],
}

function decodingBySize(effort: Effort): Experiment<Column> {
  return {
    id: 'decode',
    title: 'Decode, chunks of 64 KiB',
    unit: UNIT,
    axis: 'message size',
    columns: sizeColumns(effort, [64, KIB, 64 * KIB, MIB]),
    base: 'bare parser',
    rows: decoders.map((contestant) => decodingRow(contestant, effort)),
  }
}

// The same figures beside the least that the loop itself costs, whatever parses.
function decodingByForAwait(effort: Effort): Experiment<Column> {
  return {
    id: 'decode-for-await',
    title: 'Decode by for await, chunks of 64 KiB',
    unit: UNIT,
    axis: 'message size',
    columns: sizeColumns(effort, [64, KIB]),
    base: 'bare parser, for await',
    rows: decoders
      .filter(({ name }) => name.endsWith('for await'))
      .map((contestant) => decodingRow(contestant, effort)),
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
    // Longer messages pass by reference too.
    columns: sizeColumns(effort, [64, KIB, 64 * KIB]),
    base: 'bare slab',
    rows: encoders.map((contestant) => encodingRow(contestant, effort)),
  }
}

function sizeColumns(effort: Effort, short: readonly number[]): Column[] {
  const full = [16, 64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB]
  return columnsFor(effort, { quick: [64, KIB], short, full }).map((size) => ({
    label: byteSize(size),
    size,
    chunking: 64 * KIB,
  }))
}

function decodingRow({ name }: DecoderContestant, { passMs }: Effort): Row<Column> {
  return coderRow(name, (coder, { size, chunking }) => coder.openDecoder(name, size, chunking, passMs))
}

function encodingRow({ name }: EncoderContestant, { passMs }: Effort): Row<Column> {
  return coderRow(name, (coder, { size }) => coder.openEncoder(name, size, passMs))
}

// Two things go well in one process and wrong in the next, by what happened before. Each made messages of 64 KiB slow in all
// passes of a process, whichever row decoded them:
const STEADY: Circumstances = {
  // glibc gives freed memory back to the kernel, or keeps it, by what lies behind it. Getting it anew: 2 to 3 times the time.
  env: { MALLOC_TRIM_THRESHOLD_: String(256 * MIB), MALLOC_MMAP_THRESHOLD_: String(32 * MIB) },
  // Having collected old objects once, V8 may do so again whenever there are a few of them. In every other pass: 1.4 times.
  nodeArgs: ['--initial-old-space-size=512'],
}

// Each has a process of its own. In one process, what the compiler learns of one contestant slows down the others: it can
// inline a listener only where there has been one.
function coderRow(name: string, open: (coder: Child<Coder>['call'], column: Column) => Promise<void>): Row<Column> {
  const coder = new Kept(() => startChild<Coder>(CODER, [], STEADY))
  return {
    name,
    open: async (column) => {
      const { call } = await coder.get()
      await open(call, column)
      return { run: () => call.run() }
    },
    close: coder.stop,
  }
}
