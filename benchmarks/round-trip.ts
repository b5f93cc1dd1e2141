import { connectPair, type Pair } from './connections/connect-pair.js'
import type { Contestant } from './contestants/contestant.js'
import { byForAwait, overTcp } from './contestants/over-tcp.js'
import { bareNetForAwait, plainNet } from './contestants/plain-net.js'
import { byteSize, KIB } from './harness/measure/byte-size.js'
import { calibrate } from './harness/measure/calibrate.js'
import { columnsFor, type Effort } from './harness/measure/effort.js'
import type { Experiment, Row, Suite } from './harness/measure/experiment.js'
import { Kept } from './harness/process/kept.js'
import { pinnedCore } from './harness/process/pinning.js'

interface Column {
  readonly label: string
  readonly size: number
}

const WARM_UP_TRIPS = 2000

/** There and back again. */
export const roundTrip: Suite = {
  name: 'round-trip',
  title: 'Round trip',
  about:
    'One message goes to another process and comes back; then the next one. Both processes are pinned to one processor: ' +
    'on two, a figure says whether the other one was asleep, and nothing else.',
  experiments: (effort) => [latency(effort), latencyByForAwait(effort)],
}

function latency(effort: Effort): Experiment<Column> {
  return { ...experiment('Round trip', overTcp, effort), id: 'round-trip', base: plainNet.name }
}

function latencyByForAwait(effort: Effort): Experiment<Column> {
  const what = 'Round trip by for await'
  return { ...experiment(what, byForAwait, effort), id: 'round-trip-for-await', base: bareNetForAwait.name }
}

function experiment(
  what: string,
  contestants: readonly Contestant[],
  effort: Effort,
): Omit<Experiment<Column>, 'id' | 'base'> {
  return {
    title:
      pinnedCore === undefined
        ? `${what}, NOT PINNED (taskset is missing): THESE FIGURES SAY NOTHING`
        : `${what}, half of all are faster, both ends on one processor`,
    unit: { name: 'µs', better: 'less' },
    axis: 'message size',
    columns: columnsFor(effort, { quick: [64], short: [64], full: [64, KIB, 4 * KIB, 64 * KIB, 256 * KIB] }).map(
      (size) => ({ label: byteSize(size), size }),
    ),
    rows: contestants.map(({ name }) => latencyRow(name, effort)),
  }
}

function latencyRow(name: string, effort: Effort): Row<Column> {
  const pair = new Kept(() => connectWarm(name))
  return {
    name,
    open: async ({ size }) => {
      const { client } = await pair.get()
      const time = async (trips: number): Promise<number> =>
        ((await client.call.pingPong(size, trips, true)) * trips) / 1000
      const trips = await calibrate(time, effort.passMs * 4)
      return { run: () => client.call.pingPong(size, trips, false) }
    },
    close: pair.stop,
  }
}

// A slow contestant would otherwise be measured before the compiler has seen enough of it.
async function connectWarm(name: string): Promise<Pair> {
  const pair = await connectPair(name, 'echo', pinnedCore)
  await pair.client.call.pingPong(64, WARM_UP_TRIPS, true)
  return pair
}
