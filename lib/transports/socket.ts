import net from 'node:net'
import { onAbort } from '../async/on-abort.js'
import type { Address } from './endpoint.js'
import type { Connection, ConnectOptions, Listener, ListenOptions } from './transport.js'

// TCP and Unix sockets are both sockets of node:net; they differ in what an address is, and in what can be wrong with it.

/** Tells where the remote end of a socket is; `undefined` if it was gone before anything could be told. */
type RemoteOf = (socket: net.Socket) => Address | undefined

/** Room for eight slabs of an encoder, which is what a peer hands over at a time. */
export const HIGH_WATER_MARK = 524_288

/** How sockets are made, both ways. */
function socketOptions({ keepAliveMs }: { readonly keepAliveMs: number }): object {
  return {
    // Otherwise a small write is held back until the one before it is acknowledged: 87 ms a round trip instead of 0.05.
    noDelay: true,
    keepAlive: keepAliveMs !== Infinity,
    // Whole seconds; below one, the system would take its own default of hours.
    ...(keepAliveMs !== Infinity && { keepAliveInitialDelay: Math.max(keepAliveMs, 1000) }),
    // The remote's end is not ours: the peer ends its own side.
    allowHalfOpen: true,
    highWaterMark: HIGH_WATER_MARK,
  }
}

/** Listens at what `target` says to node:net. @throws The system's error, or the signal's reason. */
export async function listenAt(
  target: net.ListenOptions,
  options: ListenOptions,
  remoteOf: RemoteOf,
): Promise<net.Server> {
  const { backlog, signal, onConnection, onError } = options
  const server = net.createServer({ ...socketOptions(options), pauseOnConnect: true }, (socket) => {
    const address = remoteOf(socket)
    if (address === undefined) socket.on('error', ignore).destroy()
    else onConnection({ duplex: socket, address })
  })
  await settled(server, 'listening', signal, () => {
    server.listen({ ...target, ...(backlog !== undefined && { backlog }) })
  }).catch((error: unknown) => {
    server.close()
    throw error
  })
  server.on('error', onError)
  return server
}

/** Dials what `target` says to node:net. @throws The system's error, or the signal's reason. */
export async function connectTo(target: net.NetConnectOpts, options: ConnectOptions): Promise<net.Socket> {
  const settings = socketOptions(options)
  // The marks are Duplex options, which net.Socket hands on but whose type leaves them out.
  const socket = new net.Socket(settings)
  // Nothing is read, not even an end, before it has become a peer.
  socket.pause()
  try {
    await settled(socket, 'connect', options.signal, () => {
      socket.connect({ ...target, ...settings })
    })
  } catch (error) {
    socket.on('error', ignore).destroy()
    throw error
  }
  return socket
}

/** What a transport answers for a server. */
export function listenerOf(server: net.Server, address: Address): Listener {
  return { address, close: () => void server.close() }
}

/** What a transport answers for a socket. */
export function connectionOf(duplex: net.Socket, address: Address): Connection {
  return { duplex, address }
}

// Waits for an event, an error or the signal, and leaves no listener behind.
async function settled(
  emitter: net.Server | net.Socket,
  event: 'listening' | 'connect',
  signal: AbortSignal | undefined,
  begin: () => void,
): Promise<void> {
  signal?.throwIfAborted()
  await new Promise<void>((resolve, reject) => {
    const done = (finish: () => void): void => {
      emitter.off(event, onEvent)
      emitter.off('error', onError)
      stopWaiting?.()
      finish()
    }
    const onEvent = (): void => done(resolve)
    const onError = (error: Error): void => done(() => reject(error))
    emitter.on(event, onEvent)
    emitter.on('error', onError)
    // The reason is whatever the caller aborted with.
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    const stopWaiting = signal && onAbort(signal, (reason) => done(() => reject(reason)))
    begin()
  })
}

function ignore(): void {
  // An emitter of errors without a listener ends the process. The one that matters has been told already.
}
