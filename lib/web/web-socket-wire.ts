/** A WebSocket of any kind that browsers have, seen from the streams above it. */
export interface Wire {
  /** The subprotocol that the server has chosen; empty for none. */
  readonly protocol: string
  /** Sends a message; a promise that resolves when there is room for another, where there is none. Throws if it is closed. */
  send(bytes: Uint8Array): Promise<void> | undefined
  /** The next message, of bytes or text; the code with which the WebSocket was closed if none comes any more. */
  receive(): Promise<Uint8Array | string | number>
  close(code: number): void
}

type Received = Uint8Array | string | number

/** What is used here of a browser's WebSocket: the types of browsers are not there for all who compile this. */
interface BrowserSocket {
  binaryType: string
  readonly bufferedAmount: number
  readonly readyState: number
  readonly protocol: string
  onopen: (() => void) | null
  onerror: (() => void) | null
  onclose: ((event: { readonly code: number }) => void) | null
  onmessage: ((event: { readonly data: ArrayBuffer | string }) => void) | null
  send(bytes: Uint8Array): void
  close(code?: number): void
}

/** And of a WebSocketStream, which Chromium has: its streams hold back the end that is faster. */
interface BrowserStream {
  readonly opened: Promise<{
    readonly protocol: string
    readonly readable: ReadableStream<ArrayBuffer | Uint8Array | string>
    readonly writable: WritableStream<Uint8Array>
  }>
  readonly closed: Promise<{ readonly closeCode: number }>
  close(how: { readonly closeCode: number }): void
}

type Make<T> = new (url: string, options: unknown) => T

// Without a Close frame, as RFC 6455 has it in section 7.1.5.
const NO_CLOSE = 1006
// A browser takes whatever it is given to send, and does not call back: above so many bytes it is asked, every so often.
const ENOUGH = 1_048_576
const INTERVAL_MS = 5
const OPEN = 1

/** Opens a WebSocket, as a WebSocketStream where there is one. Resolves with the close code if it was refused. */
export function openWire(url: string, protocols: readonly string[], signal?: AbortSignal): Promise<Wire | number> {
  const { WebSocketStream, WebSocket } = globalThis as {
    WebSocketStream?: Make<BrowserStream>
    WebSocket?: Make<BrowserSocket>
  }
  if (WebSocketStream !== undefined) return openStream(new WebSocketStream(url, { protocols, signal }))
  if (WebSocket !== undefined) return openSocket(new WebSocket(url, protocols), signal)
  throw new TypeError(`Cannot connect to ${url}: there is no WebSocket here`)
}

async function openStream(stream: BrowserStream): Promise<Wire | number> {
  const closed = stream.closed.then(
    ({ closeCode }) => closeCode,
    () => NO_CLOSE,
  )
  const opened = await stream.opened.catch(() => undefined)
  if (opened === undefined) return closed
  const reader = opened.readable.getReader()
  const writer = opened.writable.getWriter()
  return {
    protocol: opened.protocol,
    send: (bytes) => writer.write(bytes),
    async receive() {
      const { value } = await reader.read().catch(() => ({ value: undefined }))
      if (value === undefined) return closed
      return typeof value === 'string' ? value : new Uint8Array(value)
    },
    close: (closeCode) => stream.close({ closeCode }),
  }
}

function openSocket(socket: BrowserSocket, signal: AbortSignal | undefined): Promise<Wire | number> {
  const received: Received[] = []
  let wake: (() => void) | undefined
  const give = (item: Received): void => {
    received.push(item)
    wake?.()
  }
  socket.binaryType = 'arraybuffer'
  socket.onmessage = ({ data }) => give(typeof data === 'string' ? data : new Uint8Array(data))
  const wire: Wire = {
    get protocol() {
      return socket.protocol
    },
    send(bytes) {
      if (socket.readyState !== OPEN) throw new Error(`The WebSocket is in state ${socket.readyState}`)
      socket.send(bytes)
      return socket.bufferedAmount > ENOUGH ? room(socket) : undefined
    },
    async receive() {
      if (received.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      // The code stays: it is the last.
      return received.length === 1 && typeof received[0] === 'number' ? received[0] : received.shift()!
    },
    close: (code) => socket.close(code),
  }
  return new Promise((resolve) => {
    const giveUp = (): void => socket.close()
    const open = (result: Wire | number): void => {
      signal?.removeEventListener('abort', giveUp)
      resolve(result)
    }
    signal?.addEventListener('abort', giveUp)
    socket.onopen = () => open(wire)
    // It is closed then, which tells the same. Those of Node may throw where nothing listens.
    socket.onerror = () => undefined
    socket.onclose = ({ code }) => {
      open(code)
      give(code)
    }
  })
}

async function room(socket: BrowserSocket): Promise<void> {
  // One that is closed keeps what it has not sent.
  while (socket.bufferedAmount > ENOUGH && socket.readyState === OPEN) {
    await new Promise<void>((resolve) => setTimeout(resolve, INTERVAL_MS))
  }
}
