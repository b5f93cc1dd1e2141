import { overEngines } from './contestants/over-engines.js'
import { byteSize, KIB } from './harness/measure/byte-size.js'
import type { Effort } from './harness/measure/effort.js'
import type { Experiment, Suite } from './harness/measure/experiment.js'
import { type Column, throughputRow } from './one-way.js'

/** Nodes over engines of others, beside TCP, and beside what the engines carry by themselves. */
export const engines: Suite = {
  name: 'engines',
  title: 'Over engines of others',
  about:
    'Two processes, one connection over the loopback interface, as many messages a second as get through: nodes over TCP, ' +
    'libp2p and WebSocket, a stream of libp2p alone, and ws with one message each. libp2p encrypts; the others do not.',
  experiments: (effort) => [throughput(effort)],
}

function throughput(effort: Effort): Experiment<Column> {
  return {
    id: 'engines-one-way',
    title: 'One connection, one direction',
    unit: { name: 'messages/s', better: 'more' },
    axis: 'message size',
    columns: [64, 16 * KIB].map((size) => ({ label: byteSize(size), size })),
    base: overEngines[0]!.name,
    rows: overEngines.map((contestant) => throughputRow(contestant, effort)),
  }
}
