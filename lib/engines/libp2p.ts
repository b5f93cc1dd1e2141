import './with-resolvers.js'
import type { Connection as HostConnection, Libp2p, Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { checkBoolean, checkOptions, nameOf } from '../arguments.js'
import { onAbort } from '../async/on-abort.js'
import { type Address, formatAddress } from '../transports/endpoint.js'
import type { Connection, ConnectOptions, Listener, ListenOptions, Transport } from '../transports/transport.js'
import { alreadyTaken, notListening } from './cut.js'
import { addressOf, FORM, OWN, parseLibp2pAddress } from './libp2p-address.js'
import { Libp2pDuplex } from './libp2p-duplex.js'

/** Options of {@link libp2p}. */
export interface Libp2pOptions {
  /** Name of the protocol, equal at both ends. Nodes that share a host have one each. @default '/lengthwise/1' */
  readonly protocol?: string | undefined
  /**
   * Whether connections do that go through a relay, which cuts them when they have lasted, or carried, as much as it allows:
   * by its defaults two minutes and 128 KiB. @default false
   */
  readonly relayed?: boolean | undefined
}

// The host counts streams for each connection; who comes in, and how many, is for the node to say.
const MOST_STREAMS = 65_536

/**
 * Streams of a libp2p host as a transport: a peer is a stream to another host.
 *
 * Dials by multiaddr and by peer id. `peer.identity` is the peer id, which the host has proven. Where the host listens,
 * encryption, discovery, relays and the way through NATs are its own: `bind: 'libp2p:'` says that the node takes streams.
 * Close the node before the host, which does not wait for the other ends.
 *
 * @param host What `createLibp2p` of the package `libp2p`, version 3, has made.
 * @throws {TypeError} If `host` is none, or an option has the wrong type, or is none.
 * @example
 * const node = new PeerNode({ transports: [libp2p(host)], bind: 'libp2p:' })
 * await node.start()
 * await node.connectTo('/ip4/127.0.0.1/tcp/4001/p2p/12D3KooW…')
 */
export function libp2p(host: Libp2p, options: Libp2pOptions = {}): Transport {
  checkOptions(options, ['protocol', 'relayed'])
  const { protocol = '/lengthwise/1', relayed = false } = options
  checkBoolean('relayed', relayed)
  if (typeof protocol !== 'string' || !protocol.startsWith('/')) {
    throw new TypeError(`Cannot use protocol: expected a string that begins with /, got ${nameOf(protocol)}`)
  }
  if (typeof (host as Partial<Libp2p> | undefined)?.handle !== 'function') {
    throw new TypeError(`Cannot use host: expected a libp2p host, got ${nameOf(host)}`)
  }
  const settings = { host, protocol, relayed }
  return {
    name: 'libp2p',
    example: FORM,
    parse: parseLibp2pAddress,
    format: formatAddress,
    listen: (address, listening) => listen(address, listening, settings),
    connect: (address, dialling) => connect(address, dialling, settings),
  }
}

interface Settings {
  readonly host: Libp2p
  readonly protocol: string
  readonly relayed: boolean
}

async function listen(address: Address, options: ListenOptions, settings: Settings): Promise<Listener> {
  const { host, protocol, relayed } = settings
  options.signal?.throwIfAborted()
  const own = host.getMultiaddrs()
  const id = `/p2p/${host.peerId.toString()}`
  if (![OWN, id, ...own.map(String)].includes(address.url!)) {
    const why = 'a host listens where its own options say; write libp2p:'
    throw new TypeError(`Cannot listen at ${formatAddress(address)}: ${why}`)
  }
  if (host.getProtocols().includes(protocol)) throw alreadyTaken(protocol)
  await host.handle(protocol, (stream, connection) => options.onConnection(connectionOf(stream, connection)), {
    runOnLimitedConnection: relayed,
    maxInboundStreams: MOST_STREAMS,
  })
  return { address: addressOf(own[0] ?? multiaddr(id)), close: () => void host.unhandle(protocol) }
}

async function connect(address: Address, { signal }: ConnectOptions, settings: Settings): Promise<Connection> {
  const { host, protocol, relayed } = settings
  if (address.url === OWN) throw new TypeError(`Cannot connect to ${OWN}: expected a multiaddr or a peer id`)
  signal.throwIfAborted()
  // The host leaves listeners on the signals that it is given.
  const over = new AbortController()
  const stopWaiting = onAbort(signal, (reason) => over.abort(reason))
  const options = { signal: over.signal, runOnLimitedConnection: relayed, maxOutboundStreams: MOST_STREAMS }
  try {
    const connection = await host.dial(multiaddr(address.url), options)
    return connectionOf(await connection.newStream(protocol, options), connection)
  } catch (error) {
    signal.throwIfAborted()
    throw fault(formatAddress(address), error as NodeJS.ErrnoException)
  } finally {
    stopWaiting()
  }
}

function connectionOf(stream: Stream, { remoteAddr, remotePeer }: HostConnection): Connection {
  return { duplex: new Libp2pDuplex(stream), address: addressOf(remoteAddr), identity: remotePeer.toString() }
}

// Errors of the system have their code already.
function fault(name: string, error: NodeJS.ErrnoException): Error {
  if (typeof error.code === 'string') return error
  const reasons = error instanceof AggregateError ? (error.errors as Error[]).map(({ message }) => message) : []
  const hint = error.name === 'LimitedConnectionError' ? ' (both ends say libp2p(host, { relayed: true }))' : ''
  return notListening(name, [error.message, ...reasons].join(', ') + hint, { cause: error })
}
