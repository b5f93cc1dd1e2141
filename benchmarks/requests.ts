import { asking } from './contestants/asking.js'
import { calibrate } from './harness/measure/calibrate.js'
import type { Effort } from './harness/measure/effort.js'
import type { Experiment, Row, Suite } from './harness/measure/experiment.js'
import { Kept } from './harness/process/kept.js'
import { pinnedCore } from './harness/process/pinning.js'
import { type Child, startChild } from './harness/process/start-child.js'
import type { Asker } from './roles/asker.js'

interface Column {
  readonly label: string
  readonly atOnce: number
}

const ASKER = new URL('roles/asker.ts', import.meta.url)

/** Questions and answers. */
export const requests: Suite = {
  name: 'requests',
  title: 'Request and reply',
  about:
    'One process asks another for a small object by its key, over one connection: one question after the other, or a hundred ' +
    'at any time. Every answer is compared with what was asked. What gRPC carries is JSON too. Both processes are pinned ' +
    'to one processor.',
  experiments: (effort) => [answered(effort)],
}

function answered(effort: Effort): Experiment<Column> {
  return {
    id: 'requests',
    title: pinnedCore === undefined ? 'Requests, not pinned' : 'Requests, both ends on one processor',
    unit: { name: 'requests/s', better: 'more' },
    axis: 'at once',
    columns: [1, 100].map((atOnce) => ({ label: String(atOnce), atOnce })),
    base: 'ws, JSON by hand',
    rows: asking.map(({ name }) => answeredRow(name, effort)),
  }
}

function answeredRow(name: string, effort: Effort): Row<Column> {
  const client = new Kept(() => connect(name))
  return {
    name,
    open: async ({ atOnce }) => {
      const { call } = await client.get()
      const times = await calibrate((rounds) => call.ask(rounds * atOnce, atOnce), effort.passMs * 10, 1000)
      const count = times * atOnce
      return { run: async () => (count * 1000) / (await call.ask(count, atOnce)) }
    },
    close: client.stop,
  }
}

async function connect(name: string): Promise<Child<Asker>> {
  const [server, client] = await Promise.all([
    startChild<Asker>(ASKER, [name], { core: pinnedCore }),
    startChild<Asker>(ASKER, [name], { core: pinnedCore }),
  ])
  await client.call.dial(await server.call.serve())
  return {
    call: client.call,
    stop: () => {
      server.stop()
      client.stop()
    },
  }
}
