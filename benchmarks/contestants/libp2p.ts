import type { Stream } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
// Node 20 lacks a method that libp2p calls; this brings it.
import '../../lib/libp2p.js'
import { BareParser } from '../baselines/bare-parser.js'
import type { Contestant, Link, OnMessage } from './contestant.js'
import { frameOf } from './frame-of.js'
import { toAll } from './over-sockets.js'

const PROTOCOL = '/benchmark/1'

/** A host as users make it, with TCP, noise and yamux. */
export function hostFor(): Promise<Libp2p> {
  return createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
  })
}

/** What a stream of libp2p carries by itself: a frame for each message, and nothing but a loop at the other end. */
export const bareLibp2p: Contestant = {
  name: 'libp2p stream, one send a message',
  serve: async (onMessage) => {
    const host = await hostFor()
    const links = new Set<Link>()
    await host.handle(PROTOCOL, (stream) => void links.add(linkOf(stream, onMessage)))
    const port = host
      .getMultiaddrs()[0]!
      .getComponents()
      .find(({ name }) => name === 'tcp')!.value
    return { ...toAll(links), port: Number(port), close: () => host.stop() }
  },
  dial: async (port, onMessage) => {
    const host = await hostFor()
    return linkOf(await host.dialProtocol(multiaddr(`/ip4/127.0.0.1/tcp/${port}`), PROTOCOL), onMessage)
  },
}

function linkOf(stream: Stream, onMessage: OnMessage): Link {
  const parser = new BareParser((message) => {
    const answer = onMessage(message)
    if (answer !== undefined) stream.send(frameOf(answer))
  })
  stream.addEventListener('message', ({ data }) => {
    for (const bytes of data instanceof Uint8Array ? [data] : data) {
      parser.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    }
  })
  return {
    send: (message) => stream.send(frameOf(message)),
    drained: () => new Promise((resolve) => drained(stream, () => resolve(undefined))),
    close: () => stream.abort(new Error('It is over')),
  }
}

// The stream sends what it holds in a microtask behind the event, and may be full again after that.
function drained(stream: Stream, callback: () => void): void {
  const look = (): void => queueMicrotask(() => (stream.writableNeedsDrain ? drained(stream, callback) : callback()))
  stream.addEventListener('drain', look, { once: true })
}
