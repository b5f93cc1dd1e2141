import { webSocket as overWebSocket } from '../../lib/websocket.js'
import type { Contestant } from './contestant.js'
import { bareLibp2p, hostFor } from './libp2p.js'
import { libp2p } from '../../lib/libp2p.js'
import { overWay, readRawBatches } from './peer-nodes.js'
import { webSocket } from './web-socket.js'

/** Those who compete over TCP and over engines. */
export const overEngines: readonly Contestant[] = [
  readRawBatches,
  overWay({
    name: 'libp2p',
    bind: 'libp2p:',
    transport: async () => libp2p(await hostFor()),
    endpointAt: (port) => `/ip4/127.0.0.1/tcp/${port}`,
  }),
  bareLibp2p,
  overWay({
    name: 'WebSocket',
    bind: 'ws://127.0.0.1:0/',
    transport: () => Promise.resolve(overWebSocket()),
    endpointAt: (port) => `ws://127.0.0.1:${port}/`,
  }),
  webSocket,
]
