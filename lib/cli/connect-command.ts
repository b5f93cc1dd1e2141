import { PeerNode } from '../index.js'
import { endpointUrl } from './endpoint-url.js'
import { cannot } from './failure.js'
import { layoutOf } from './layout-options.js'
import { CLOSE_TIMEOUT_MS, PeerSession, type PeerSessionOptions } from './peer-session.js'

interface ConnectOptions extends PeerSessionOptions {
  /** Whether connections stay open when there is nothing more to send. */
  readonly keepOpen?: boolean
}

/** Dials all endpoints and talks to them, until all have gone. */
export async function connectCommand(endpoints: string[], options: ConnectOptions): Promise<void> {
  const node = new PeerNode({ framing: layoutOf(options), closeTimeoutMs: CLOSE_TIMEOUT_MS })
  const session = new PeerSession(node, options)
  const stopWhenAlone = (): void => {
    if (node.peers.size === 0) session.stop()
  }
  await session.run(async () => {
    await Promise.all(endpoints.map(endpointUrl).map((url) => node.connectTo(url).catch(cannot(`connect to ${url}`))))
    node.on('disconnect', stopWhenAlone)
    stopWhenAlone()
    await session.send()
    if (options.keepOpen !== true) for (const peer of node.peers.values()) peer.end()
  })
}
