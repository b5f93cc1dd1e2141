import net from 'node:net'
import type { Address } from '../peer/endpoint.js'
import type { Connection, ListenOptions, Listener } from '../peer/transport.js'

// TCP and Unix sockets differ in nothing but how an address is written.

/** How sockets are made, both ways. */
const SOCKET_OPTIONS = {
  // A write is held back until the last one is acknowledged otherwise: 87 ms a round trip instead of 0.05.
  noDelay: true,
  // A polite end is seen as one; the peer ends its own side.
  allowHalfOpen: true,
  // Four slabs of an encoder: room to fill one while the others are written.
  highWaterMark: 262_144,
}

/** Listens at what `target` says to node:net. @throws The system's error, or the signal's reason. */
export async function listen(
  target: net.ListenOptions,
  options: ListenOptions,
  addressOf: AddressOf,
): Promise<Listener> {
  const { backlog, signal, onConnection, onError } = options
  signal?.throwIfAborted()
  const server = net.createServer({ ...SOCKET_OPTIONS, pauseOnConnect: true }, (socket) => {
    onConnection({ duplex: socket, address: addressOf(socket) })
  })
  await settled(server, 'listening', signal, () => {
    server.listen({ ...target, ...(backlog !== undefined && { backlog }) })
  }).catch((error: unknown) => {
    server.close()
    throw error
  })
  server.on('error', onError)
  return { address: addressOf(server), close: () => void server.close() }
}

/** Dials what `target` says to node:net. @throws The system's error, or the signal's reason. */
export async function connect(
  target: net.NetConnectOpts,
  signal: AbortSignal,
  addressOf: AddressOf,
): Promise<Connection> {
  // The marks are Duplex options, which net.Socket hands on but whose type leaves them out.
  const socket = new net.Socket(SOCKET_OPTIONS)
  // Nothing is read, not even an end, before it has become a peer.
  socket.pause()
  try {
    await settled(socket, 'connect', signal, () => {
      socket.connect({ ...target, noDelay: true })
    })
  } catch (error) {
    socket.destroy()
    throw error
  }
  return { duplex: socket, address: addressOf(socket) }
}

/** Tells where a server listens, or where the remote end of a socket is. */
export type AddressOf = (end: net.Server | net.Socket) => Address

// Waits for an event, an error or the signal, and leaves no listener behind.
function settled(
  emitter: net.Server | net.Socket,
  event: 'listening' | 'connect',
  signal: AbortSignal | undefined,
  begin: () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (finish: () => void): void => {
      emitter.off(event, onEvent)
      emitter.off('error', onError)
      signal?.removeEventListener('abort', onAbort)
      finish()
    }
    const onEvent = (): void => done(resolve)
    const onError = (error: Error): void => done(() => reject(error))
    // The reason is whatever the caller aborted with.
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    const onAbort = (): void => done(() => reject(signal?.reason))
    emitter.on(event, onEvent)
    emitter.on('error', onError)
    signal?.addEventListener('abort', onAbort)
    begin()
  })
}
