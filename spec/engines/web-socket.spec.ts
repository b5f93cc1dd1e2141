import { webSocket } from '../../lib/websocket.js'
import { describeTransport } from '../contract/transport.js'

describeTransport({
  transport: webSocket(),
  free: () => 'ws://127.0.0.1:0/peers',
  nowhere: () => 'ws://127.0.0.1:1/',
  refusal: 'ECONNREFUSED',
})
