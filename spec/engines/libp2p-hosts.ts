import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import type { ServiceMap } from '@libp2p/interface'
import { createLibp2p, type Libp2p, type Libp2pOptions } from 'libp2p'

/** Makes hosts on loopback, and stops them after the suite. */
export class Hosts {
  readonly #hosts: Libp2p[] = []

  constructor() {
    after(async () => {
      for (const host of this.#hosts) await host.stop()
    })
  }

  /** A host that listens at a free port, unless options say otherwise. */
  async host<Services extends ServiceMap>(options: Libp2pOptions<Services> = {}): Promise<Libp2p<Services>> {
    const host = await createLibp2p<Services>({
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      ...options,
    })
    this.#hosts.push(host)
    return host
  }
}
