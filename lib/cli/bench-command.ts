import { constants } from 'node:os'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { BenchClient } from './bench/bench-client.js'
import { BenchServer, type BenchServerFlags } from './bench/bench-server.js'
import { type OtherEnd, startOtherEnd } from './bench/other-end.js'
import type { Amount } from './bench/pace.js'
import { ProgressBar } from './bench/progress-bar.js'
import { bytes, headOfTable, type Result, toJsonLine, toRow } from './bench/result.js'
import { LONGEST_MESSAGE } from './bench/wire.js'
import { BYTE_UNITS, byteCount } from './byte-count.js'
import { print } from './print.js'
import { quantity } from './quantity.js'
import type { Terminal } from './terminal.js'

interface BenchFlags extends BenchServerFlags {
  readonly listen?: boolean
  readonly sizes?: readonly number[]
  readonly messages?: number
  readonly seconds?: number
  readonly connections?: number
}

const SIZES = '64,1KiB,16KiB,256KiB'
const SECONDS = 1
const CONNECTIONS = 1
// So that the compiler has seen the code, and the windows of TCP are open. Not counted.
const WARM_UP_SECONDS = 0.3
// What only the dialling end decides.
const MEASURING = ['sizes', 'messages', 'seconds', 'connections']

/** Adds `bench` to the program: it measures how fast messages get through to another machine. */
export function addBenchCommand(program: Command, terminal: Terminal): void {
  program
    .command('bench')
    .summary('measure how fast messages get through')
    .description(
      'Measures between this machine and the one where "lengthwise bench --listen" runs; without an endpoint, between two ' +
        'processes of this one. One way: as many messages as get through, counted and timed by the end that receives them. ' +
        'Round trip: a message goes when the one before has come back.',
    )
    .argument('[endpoint]', 'where the other end listens, or where to listen')
    .addOption(new Option('--listen', 'be the other end, until interrupted').conflicts(MEASURING))
    .addOption(new Option('--once', 'the same, until the first peer has left').implies({ listen: true }))
    .option('--sizes <bytes,...>', `bytes of a message (default: ${SIZES})`, sizes)
    .option(
      '--seconds <number>',
      `how long to measure each figure (default: ${SECONDS})`,
      quantity('number', 0.01, 3600),
    )
    .addOption(
      new Option('--messages <count>', 'how many messages to measure each figure with, on each connection')
        .argParser(quantity('whole number', 1, 1e12))
        .conflicts('seconds'),
    )
    .option(
      '--connections <count>',
      `how many connections to measure with, all at once (default: ${CONNECTIONS})`,
      quantity('whole number', 1, 1000),
    )
    .option('--json', 'print results as JSON, one object a line')
    .addHelpText('after', `\n${BYTE_UNITS}`)
    .action((endpoint: string | undefined, flags: BenchFlags) =>
      flags.listen === true
        ? new BenchServer(terminal, flags, endpoint ?? '0').run()
        : measure(terminal, flags, endpoint),
    )
}

function sizes(text: string): number[] {
  return text.split(',').map((part) => {
    const size = byteCount(part)
    if (size >= 1 && size <= LONGEST_MESSAGE) return size
    throw new InvalidArgumentError(`Expected messages of 1 B to ${bytes(LONGEST_MESSAGE)}`)
  })
}

async function measure(terminal: Terminal, flags: BenchFlags, endpoint: string | undefined): Promise<void> {
  const over = new AbortController()
  let client: BenchClient | undefined
  terminal.onSignal((signal) => {
    terminal.exitCode = 128 + constants.signals[signal]
    over.abort()
    void client?.close()
  })
  const bar = new ProgressBar(terminal)
  let otherEnd: OtherEnd | undefined
  try {
    otherEnd = endpoint === undefined ? await startOtherEnd(terminal) : undefined
    over.signal.throwIfAborted()
    client = new BenchClient(endpoint ?? otherEnd!.endpoint)
    const { connections = CONNECTIONS } = flags
    await client.connect(connections, over.signal)
    await measureSizes(terminal, flags, client, bar)
  } catch (error) {
    bar.clear()
    // Interrupted, what goes on fails, which is no news.
    if (!over.signal.aborted) throw error
  } finally {
    await client?.close()
    otherEnd?.[Symbol.dispose]()
  }
}

async function measureSizes(
  terminal: Terminal,
  flags: BenchFlags,
  client: BenchClient,
  bar: ProgressBar,
): Promise<void> {
  const { sizes: wanted = sizes(SIZES), messages, seconds, json = false } = flags
  const amount: Amount = messages === undefined ? { seconds: seconds ?? SECONDS } : { messages }
  if (!json) await print(terminal, headOfTable())
  for (const [index, size] of wanted.entries()) {
    const onProgress = (begin: number, what: string) => (done: number) =>
      bar.show((index + begin + done / 2) / wanted.length, `${bytes(size)}, ${what}`)
    const result = await measureSize(client, size, amount, onProgress)
    bar.clear()
    await print(terminal, json ? toJsonLine(result) : toRow(result))
  }
}

async function measureSize(
  client: BenchClient,
  size: number,
  amount: Amount,
  onProgress: (begin: number, what: string) => (done: number) => void,
): Promise<Result> {
  const warmUp: Amount = { ...amount, seconds: Math.min(amount.seconds ?? Infinity, WARM_UP_SECONDS) }
  const ignore = (): void => undefined
  await client.oneWay(size, warmUp, ignore)
  const oneWay = await client.oneWay(size, amount, onProgress(0, 'one way'))
  await client.roundTrips(size, warmUp, ignore)
  const roundTrip = await client.roundTrips(size, amount, onProgress(0.5, 'round trip'))
  return { size, oneWay, roundTrip }
}
