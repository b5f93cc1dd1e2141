import type { Duplex } from 'node:stream'
import type { Connection, Transport } from '../../lib/index.js'

/** Makes a socket one that cannot be read into place, as on other runtimes: it emits 'data'. */
export function byData<Socket extends Duplex>(socket: Socket): Socket {
  const { _handle: handle } = socket as { _handle?: object }
  Object.assign(handle!, { useUserBuffer: undefined })
  return socket
}

/** A transport whose sockets emit 'data'. */
export function readByData(transport: Transport): Transport {
  const changed = (connection: Connection): Connection => ({ ...connection, duplex: byData(connection.duplex) })
  return {
    ...transport,
    name: `${transport.name} by 'data'`,
    listen: (address, options) =>
      transport.listen(address, {
        ...options,
        onConnection: (connection) => options.onConnection(changed(connection)),
      }),
    connect: async (address, options) => changed(await transport.connect(address, options)),
  }
}
