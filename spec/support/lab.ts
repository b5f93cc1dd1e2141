import { once } from 'node:events'
import net from 'node:net'
import { type Duplex, type DuplexOptions, duplexPair } from 'node:stream'
import {
  type BaseNode,
  type IpAddress,
  type MessageIterator,
  type Peer,
  PeerNode,
  type PeerNodeOptions,
  type Received,
} from '../../lib/index.js'

/** A node that listens, and where. */
export interface Listening {
  readonly node: PeerNode
  readonly address: IpAddress
}

/** Two nodes that are peers of each other over a pair of duplexes in memory. */
export interface Pair {
  readonly near: PeerNode
  readonly far: PeerNode
  /** Far, as near sees it. */
  readonly toFar: Peer
  /** Near, as far sees it. */
  readonly toNear: Peer
}

/** Opens what a spec needs, and closes all of it after the spec. */
export class Lab {
  readonly #closing: (() => unknown)[] = []

  constructor() {
    afterEach(async () => {
      // Sockets first: nodes wait for the other end.
      for (const close of this.#closing.splice(0).reverse()) await close()
    })
  }

  /** Calls back after the spec. */
  later(close: () => unknown): void {
    this.#closing.push(close)
  }

  node(options: PeerNodeOptions = {}): PeerNode {
    return this.keep(new PeerNode(options))
  }

  /** Closes a node of a class of the spec's own. */
  keep<Node extends Pick<BaseNode, 'close'>>(node: Node): Node {
    this.later(() => node.close())
    return node
  }

  async listen(options: PeerNodeOptions = {}): Promise<Listening> {
    const node = this.node(options)
    return { node, address: (await node.startServer({ port: 0 })) as IpAddress }
  }

  /** A bare socket, connected. */
  async dial({ host, port }: IpAddress): Promise<net.Socket> {
    const socket = net.connect({ host, port, noDelay: true, allowHalfOpen: true })
    this.#keepSocket(socket)
    await once(socket, 'connect')
    return socket
  }

  /** A bare server; `onSocket` gets every connection. */
  async serve(onSocket: (socket: net.Socket) => void = () => {}): Promise<IpAddress> {
    const server = net.createServer({ allowHalfOpen: true }, (socket) => {
      this.#keepSocket(socket)
      onSocket(socket)
    })
    this.later(() => server.close())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { address: host, port } = server.address() as net.AddressInfo
    return { host, port }
  }

  /** A peer of `node` and the bare other end of it, in memory. */
  attach(node: Pick<PeerNode, 'attach'>, options?: DuplexOptions): { peer: Peer; wire: Duplex } {
    const [inside, wire] = this.duplexes(options)
    return { peer: node.attach(inside), wire }
  }

  pair(near: PeerNodeOptions = {}, far: PeerNodeOptions = {}): Pair {
    const nodes = { near: this.node(near), far: this.node(far) }
    const [one, other] = this.duplexes()
    return { ...nodes, toFar: nodes.near.attach(one), toNear: nodes.far.attach(other) }
  }

  /** Two ends of a connection in memory. */
  duplexes(options?: DuplexOptions): [Duplex, Duplex] {
    const pair = duplexPair(options)
    for (const duplex of pair) {
      duplex.on('error', () => {})
      this.later(() => duplex.destroy())
    }
    return pair
  }

  #keepSocket(socket: net.Socket): void {
    // A spec that is about the fault listens itself.
    socket.on('error', () => {})
    this.later(() => socket.destroy())
  }
}

/** The next messages of all peers. */
export async function receive(node: Pick<PeerNode, 'readRaw'>, count: number): Promise<Received[]> {
  return take(node.readRaw(), count)
}

/** The next messages of all peers, as text. */
export async function receiveText(node: Pick<PeerNode, 'readRaw'>, count: number): Promise<string[]> {
  return (await receive(node, count)).map(({ data }) => data.toString())
}

/** The next items, and then no more. */
export async function take<T>(iterator: MessageIterator<T>, count: number): Promise<T[]> {
  const items: T[] = []
  while (items.length < count) {
    const { value, done } = await iterator.next()
    if (done === true) throw new Error(`Cannot take ${count} items: there were only ${items.length}`)
    items.push(value)
  }
  await iterator.return()
  return items
}

/** Who left next, and why. */
export async function departure(node: Pick<PeerNode, 'once'>): Promise<{ peer: Peer; reason: Error | undefined }> {
  return new Promise((resolve) => {
    node.once('disconnect', (peer, reason) => resolve({ peer, reason }))
  })
}

/** The peer that joins next. */
export async function arrival(node: Pick<PeerNode, 'once'>): Promise<Peer> {
  return new Promise((resolve) => {
    node.once('peer', resolve)
  })
}

/** Resolves when all that streams in memory do without the outside world is done. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve))
}

/** What a promise was rejected with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('Expected a rejection')
    },
    (error: unknown) => error,
  )
}

/** What a call threw. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  throw new Error('Expected an error')
}
