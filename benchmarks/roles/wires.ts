import type { Line } from './line.js'

/** How frames look to a socket that has no library around it. */
export interface Wire {
  /** Does what has to be done before the first frame. */
  greet(line: Line): Promise<void>
  /** What the client writes for a message. */
  request(message: Buffer): Buffer
  /** What the server writes for a message. */
  response(message: Buffer): Buffer
}

export type WireName = 'uint32be' | 'websocket'

export const wires: Record<WireName, Wire> = {
  uint32be: {
    greet: () => Promise.resolve(),
    request: prefixed,
    response: prefixed,
  },
  websocket: {
    greet: async (line) => {
      line.socket.write(
        'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      )
      // The answer is one small packet; nothing follows it until there is something to send.
      await line.answered()
    },
    request: (message) => Buffer.concat([webSocketHeader(message.length, 0x80), MASK, masked(message)]),
    response: (message) => Buffer.concat([webSocketHeader(message.length, 0), message]),
  },
}

// Clients have to mask what they send, with any four bytes.
const MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d])

function prefixed(message: Buffer): Buffer {
  const header = Buffer.alloc(4)
  header.writeUInt32BE(message.length)
  return Buffer.concat([header, message])
}

/** Of a final frame with binary data, shorter than 64 KiB. */
function webSocketHeader(length: number, maskBit: number): Buffer {
  return length < 126
    ? Buffer.from([0x82, maskBit | length])
    : Buffer.from([0x82, maskBit | 126, length >> 8, length & 255])
}

function masked(message: Buffer): Buffer {
  return Buffer.from(message.map((byte, i) => byte ^ MASK[i & 3]!))
}
