import { memory } from '../../lib/index.js'
import { describeTransport } from '../contract/transport.js'

describeTransport({
  transport: memory,
  free: () => 'memory:',
  nowhere: () => 'memory:nowhere',
  refusal: 'ECONNREFUSED',
})
