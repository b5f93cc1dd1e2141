import type { IpAddress } from '../../lib/index.js'
import type { Lab } from './lab.js'
import { type BareReport, type Behaviour, type ServerOptions, SiegeProcess, type Within } from './siege-process.js'

export const MIB = 1_048_576

/** Starts what a siege needs, each in a process of its own, and ends it after the spec. */
export class Siege {
  readonly #lab: Lab

  constructor(lab: Lab) {
    this.#lab = lab
  }

  /** A node that listens, by itself on the loopback interface unless `host` says where. */
  async server(
    options: Omit<ServerOptions, 'bind'> = {},
    { host = '127.0.0.1', ...within }: Within & { readonly host?: string } = {},
  ): Promise<{ readonly server: SiegeProcess; readonly address: IpAddress }> {
    const server = this.keep(new SiegeProcess('server', { ...options, bind: [{ host, port: 0 }] }, within))
    const [address] = await server.says<[IpAddress]>()
    return { server, address }
  }

  /** Bare sockets that have connected, or have been turned away. */
  async bare(address: IpAddress, count: number, behaviour: Behaviour, within?: Within): Promise<SiegeProcess> {
    const sockets = this.keep(new SiegeProcess('bare', { ...address, count, behaviour }, within))
    await sockets.says<BareReport>()
    return sockets
  }

  keep(program: SiegeProcess): SiegeProcess {
    this.#lab.later(() => program.kill())
    return program
  }
}

/** Prints what was measured, below the title of a spec. */
export function tell(what: string, values: unknown): void {
  console.log(`      ${what}: ${JSON.stringify(values)}`)
}

export function inMib(bytes: number): number {
  return Math.round((bytes / MIB) * 10) / 10
}
