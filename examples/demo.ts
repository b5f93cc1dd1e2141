/**
 * `npm start`: a hub, three nodes and a stranger, over real TCP.
 *
 * Each node sends its input, and then an empty message: that was all. The hub hears everybody in one loop, and answers
 * every message with its hash, to everybody. So each node learns that every byte arrived, and hears what the others hear.
 */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import net from 'node:net'
import { type IpAddress, type Peer, PeerNode } from '../lib/index.js'
import { type Input, readInputs } from './inputs.js'
import { type Account, Report } from './report.js'

const THAT_WAS_ALL = Buffer.alloc(0)

// Nothing here takes longer, unless something is wrong.
const signal = AbortSignal.timeout(10_000)
const report = new Report()
const hub = new PeerNode({ bind: { port: 0 } })
const names = new Map<Peer, string>()

try {
  const inputs = await readInputs()
  // A bind with a port listens at an IP address.
  const address = (await hub.startServer()) as IpAddress
  report.listening(address)

  const nodes: PeerNode[] = []
  for (const input of inputs) nodes.push(await join(input))
  await turnAway(address)

  const [said, ...accounts] = await Promise.all([hearAll(), ...nodes.map((node, i) => talk(node, inputs[i]!))])
  report.finished(accounts, said)
} catch (error) {
  report.failed(error)
  process.exit(1)
}

/** A node that knows one peer, the hub. */
async function join({ name, what }: Input): Promise<PeerNode> {
  const node = new PeerNode({ connect: hub.address })
  node.once('disconnect', () => void node.close())
  const [[peer]] = await Promise.all([once(hub, 'peer', { signal }) as Promise<[Peer]>, node.start({ signal })])
  names.set(peer, name)
  report.joined(name, what)
  return node
}

/** A stranger who speaks another protocol. It costs them their connection, and no peer anything. */
async function turnAway({ host, port }: IpAddress): Promise<void> {
  const stranger = net.connect(port, host).on('error', () => undefined)
  stranger.write('GET / HTTP/1.1\r\n\r\n')
  const [, reason] = (await once(hub, 'disconnect', { signal })) as [Peer, Error]
  report.turnedAway('GET / HTTP/1.1', reason)
}

/** Hears everybody, until all have said that this was all. */
async function hearAll(): Promise<string[]> {
  const said: string[] = []
  let talking = names.size
  for await (const { data, from } of hub.readRaw({ signal })) {
    const name = names.get(from)!
    report.heard(name, data.length)
    const answer = `${name} ${hashOf(data)}`
    said.push(answer)
    if (!hub.send(Buffer.from(answer))) await hub.drained()
    if (data.length === 0 && --talking === 0) break
  }
  await hub.close()
  return said
}

/** Sends the input, and listens to the answers until the hub closes. */
async function talk(node: PeerNode, { name, messages }: Input): Promise<Account> {
  const send = async (): Promise<void> => {
    for (const message of [...messages, THAT_WAS_ALL]) if (!node.send(message)) await node.drained()
  }
  const listen = async (): Promise<string[]> => {
    const answers: string[] = []
    for await (const { data } of node.readRaw({ signal })) answers.push(data.toString())
    return answers
  }
  const [heard] = await Promise.all([listen(), send()])
  return { name, heard, expected: [...messages, THAT_WAS_ALL].map((message) => `${name} ${hashOf(message)}`) }
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
