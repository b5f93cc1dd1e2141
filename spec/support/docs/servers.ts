import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Counterpart, counterparts } from '../counterparts.js'
import { freePort, ServerProcess } from '../server-process.js'
import type { Example } from './examples.js'

/** A server that examples need: where its program is, and how they are told where it listens. */
interface Needed {
  readonly counterpart: Counterpart
  readonly args: (port: number, folder: string) => string[]
  readonly says: string
  readonly variable: string
  readonly scheme: string
}

const SERVERS: Readonly<Record<string, Needed>> = {
  'nats-server': {
    counterpart: counterparts.nats,
    args: (port, folder) => ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', folder],
    says: 'Server is ready',
    variable: 'NATS_URL',
    scheme: 'nats',
  },
  'redis-server': {
    counterpart: counterparts.redis,
    args: (port, folder) => ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', ''],
    says: 'Ready to accept connections',
    variable: 'REDIS_URL',
    scheme: 'redis',
  },
}

/** The server that an example says it needs, in a line `// Needs nats-server`. */
export function neededBy({ source }: Example): Needed | undefined {
  const [, name] = /^\/\/ Needs ([\w-]+)$/m.exec(source) ?? []
  return name === undefined ? undefined : SERVERS[name]
}

/** Starts a server for one example, which is told where by a variable of its environment. */
export async function startFor(
  { args, says, variable, scheme }: Needed,
  program: string,
): Promise<{ readonly env: NodeJS.ProcessEnv; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'lengthwise-server-'))
  const port = await freePort()
  const server = new ServerProcess(program, args(port, folder))
  await server.says(says)
  return {
    // Fewer subscribers than a reader would have.
    env: { [variable]: `${scheme}://127.0.0.1:${port}`, SUBSCRIBERS: '50' },
    stop: async () => {
      await server.stop('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}
