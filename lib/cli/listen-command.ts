import { PeerNode } from '../index.js'
import { endpointUrl } from './endpoint-url.js'
import { cannot } from './failure.js'
import { layoutOf } from './layout-options.js'
import { CLOSE_TIMEOUT_MS, PeerSession, type PeerSessionOptions } from './peer-session.js'

/** Listens and talks to whoever comes, until it is interrupted. */
export async function listenCommand(endpoint: string | undefined, options: PeerSessionOptions): Promise<void> {
  const node = new PeerNode({ framing: layoutOf(options), closeTimeoutMs: CLOSE_TIMEOUT_MS })
  const session = new PeerSession(node, options)
  const url = endpointUrl(endpoint ?? '0')
  await session.run(async () => {
    await node.startServer(url).catch(cannot(`listen at ${url}`))
    await session.send()
  })
}
