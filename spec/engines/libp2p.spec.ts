import type { Transport } from '../../lib/index.js'
import { libp2p } from '../../lib/libp2p.js'
import { describeTransport } from '../contract/transport.js'
import { Hosts } from './libp2p-hosts.js'

describe('libp2p', () => {
  const hosts = new Hosts()
  // A host does not dial itself: one listens, and another one dials.
  let listening: Transport
  let dialling: Transport

  before(async () => {
    listening = libp2p(await hosts.host())
    dialling = libp2p(await hosts.host({ addresses: { listen: [] } }))
  })

  const both: Transport = {
    name: 'libp2p',
    example: 'libp2p:',
    parse: (endpoint) => listening.parse(endpoint),
    format: (address) => listening.format(address),
    listen: (address, options) => listening.listen(address, options),
    connect: (address, options) => dialling.connect(address, options),
  }

  describeTransport({
    transport: both,
    free: () => 'libp2p:',
    nowhere: () => '/ip4/127.0.0.1/tcp/1',
    refusal: 'ECONNREFUSED',
  })
})
