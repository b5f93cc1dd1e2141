import { connectPair } from './connections/connect-pair.js'
import type { Contestant } from './contestants/contestant.js'
import { overTcp } from './contestants/over-tcp.js'
import { receivers } from './contestants/receivers.js'
import { senders } from './contestants/senders.js'
import { byteSize, KIB, MIB } from './harness/measure/byte-size.js'
import { calibrate } from './harness/measure/calibrate.js'
import { columnsFor, type Effort } from './harness/measure/effort.js'
import type { Experiment, Row, Suite } from './harness/measure/experiment.js'
import { RING_LENGTH } from './harness/measure/messages.js'
import { Kept } from './harness/process/kept.js'

interface Column {
  readonly label: string
  readonly size: number
}

/** From one process to another, as fast as both can. */
export const oneWay: Suite = {
  name: 'one-way',
  title: 'One way over TCP',
  about:
    'Two processes, one connection over the loopback interface, as many messages a second as get through. Every message ' +
    'is checked when it arrives.',
  experiments: (effort) => [throughput(effort), sending(effort), receiving(effort)],
}

function throughput(effort: Effort): Experiment<Column> {
  return {
    ...experiment(overTcp, effort, {
      quick: [64, KIB, 16 * KIB],
      short: [64, KIB, 16 * KIB, MIB],
      full: [16, 64, 256, KIB, 4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB],
    }),
    id: 'one-way',
    title: 'One connection, one direction',
    base: 'ws',
  }
}

function sending(effort: Effort): Experiment<Column> {
  return {
    ...experiment(senders, effort, {
      quick: [64, KIB],
      short: [64, KIB, 64 * KIB],
      full: [64, KIB, 4 * KIB, 64 * KIB, 256 * KIB],
    }),
    id: 'sending',
    title: 'What sends, before the same bare receiver',
    base: 'LengthPrefixEncoder, piped',
  }
}

function receiving(effort: Effort): Experiment<Column> {
  return {
    ...experiment(receivers, effort, {
      quick: [64 * KIB, MIB],
      short: [64 * KIB, MIB],
      full: [4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, MIB],
    }),
    id: 'receiving',
    title: 'What receives, behind the same bare sender',
    base: 'bare reader, into place',
  }
}

type Sizes = Parameters<typeof columnsFor<number>>[1]

function experiment(
  contestants: readonly Contestant[],
  effort: Effort,
  sizes: Sizes,
): Pick<Experiment<Column>, 'unit' | 'axis' | 'columns' | 'rows'> {
  return {
    unit: { name: 'messages/s', better: 'more' },
    axis: 'message size',
    columns: columnsFor(effort, sizes).map((size) => ({ label: byteSize(size), size })),
    rows: contestants.map((contestant) => throughputRow(contestant, effort)),
  }
}

// Both processes of a contestant stay, so that their code is warm.
function throughputRow({ name }: Contestant, effort: Effort): Row<Column> {
  const pair = new Kept(() => connectPair(name, 'take'))
  return {
    name,
    open: async ({ size }) => {
      const { server, client } = await pair.get()
      const time = async (count: number, thorough = false): Promise<number> => {
        await server.call.expect(size, count, thorough)
        const start = await client.call.send(size, count)
        return Number((await server.call.finished()) - start) / 1e6
      }
      await time(RING_LENGTH, true)
      const times = await calibrate((rings) => time(rings * RING_LENGTH), effort.passMs * 4)
      return { run: async () => (times * RING_LENGTH * 1000) / (await time(times * RING_LENGTH)) }
    },
    close: pair.stop,
  }
}
