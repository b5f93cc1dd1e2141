import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node'
import { freePort, ServerProcess } from './server-process.js'

/** How the servers are, beside that they are on the loopback interface. */
export interface NatsServersOptions {
  readonly count?: number
  readonly jetStream?: boolean
  /** More lines of the configuration of each. */
  readonly config?: string
}

/** NATS servers, alone or as a cluster, which can be killed and begun again. */
export class NatsServers {
  readonly ports: readonly number[]
  readonly #folder: string
  readonly #program: string
  readonly #running = new Map<number, ServerProcess>()
  readonly #connections: NatsConnection[] = []

  private constructor(program: string, folder: string, ports: readonly number[]) {
    this.#program = program
    this.#folder = folder
    this.ports = ports
  }

  static async start(program: string, options: NatsServersOptions = {}): Promise<NatsServers> {
    const { count = 1, jetStream = false, config = '' } = options
    const folder = await mkdtemp(join(tmpdir(), 'lengthwise-nats-'))
    const ports = await freePorts(2 * count)
    const [clients, routes] = [ports.slice(0, count), ports.slice(count)]
    const servers = new NatsServers(program, folder, clients)
    for (const [i, port] of clients.entries()) {
      const lines = [
        `listen: 127.0.0.1:${port}`,
        `server_name: n${i}`,
        jetStream ? `jetstream { store_dir: "${join(folder, `n${i}`)}", max_mem: 64M, max_file: 512M }` : '',
        count === 1
          ? ''
          : `cluster { name: c, listen: 127.0.0.1:${routes[i]}, routes: [${routes.map((route) => `nats://127.0.0.1:${route}`).join()}] }`,
        config,
      ]
      await writeFile(join(folder, `n${i}.conf`), lines.join('\n'))
    }
    await Promise.all(clients.map((_, i) => servers.begin(i)))
    await Promise.all(clients.map((_, i) => servers.#knowsAll(i)))
    return servers
  }

  /** Starts one, also one that was killed. */
  async begin(i: number): Promise<void> {
    const server = new ServerProcess(this.#program, ['-c', join(this.#folder, `n${i}.conf`)])
    this.#running.set(i, server)
    await server.says('Server is ready')
  }

  /** Ends one as a broken machine does. */
  async kill(i: number): Promise<void> {
    await this.#running.get(i)!.stop('SIGKILL')
    this.#running.delete(i)
  }

  /** A client of one of them, which knows the others too. It is closed by `stop`. */
  async connect(i = 0, options: NodeConnectionOptions = {}): Promise<NatsConnection> {
    const addresses = this.ports.map((port) => `127.0.0.1:${port}`)
    const servers = [addresses[i]!, ...addresses.filter((_, at) => at !== i)]
    const connection = await connect({
      servers,
      noRandomize: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 100,
      ...options,
    })
    this.#connections.push(connection)
    return connection
  }

  /** Which of them a client is connected to. */
  of(connection: NatsConnection): number {
    return this.ports.findIndex((port) => connection.getServer().endsWith(`:${port}`))
  }

  // What is published before that does not reach the others.
  async #knowsAll(i: number): Promise<void> {
    if (this.ports.length === 1) return
    const connection = await this.connect(i)
    await until(() => connection.info?.connect_urls?.length === this.ports.length)
    await connection.close()
  }

  async stop(): Promise<void> {
    await Promise.all(this.#connections.splice(0).map((connection) => connection.close()))
    await Promise.all([...this.#running.values()].map((server) => server.stop('SIGKILL')))
    await rm(this.#folder, { recursive: true, force: true })
  }
}

async function freePorts(count: number): Promise<number[]> {
  const ports = await Promise.all(Array.from({ length: count }, () => freePort()))
  return new Set(ports).size === count ? ports : freePorts(count)
}

/** Waits until something is so, which is no longer than a spec may take. */
export async function until(isSo: () => boolean | Promise<boolean>, forMs = 20_000): Promise<void> {
  const untilMs = performance.now() + forMs
  while (!(await isSo())) {
    if (performance.now() > untilMs) throw new Error(`Cannot wait any longer until: ${String(isSo)}`)
    await setTimeout(20)
  }
}
