import type { Duplex } from 'node:stream'

/** Says where the bytes of a socket are to be read to, and takes them there. */
export interface Place {
  /** Where the next bytes are read to; not empty. */
  readonly room: Uint8Array
  /** So many bytes are in {@link room} now. `false`: no more are to come until the socket is resumed. */
  onRead(length: number): boolean
}

/** What node:net keeps of its option `onread`, which it takes for sockets that dial, and only when they are made. */
interface ReadingSocket extends Duplex {
  readonly _handle?: { useUserBuffer?(buffer: Uint8Array): void } | null
  [place]?: Place
}

const place = Symbol('place')

const UNCAUGHT = 'uncaughtExceptionMonitor'

// What has read last, and where it reads next: node:net asks at once, and does not say for which socket.
let last: { readonly handle?: ReadingSocket['_handle']; readonly to?: Place } = {}
let room: Uint8Array

/**
 * Has a socket read into memory of ours, as the option `onread` of node:net does, instead of emitting 'data'. Pausing,
 * resuming and 'end' stay as they are.
 *
 * `false` where that cannot be: the socket has read already, or is none; another runtime; Windows, where a read that waits
 * for bytes has its memory from the beginning, so that sockets cannot share it.
 */
export function readInto(socket: Duplex, to: Place): boolean {
  const reading = socket as ReadingSocket
  const { _handle: handle } = reading
  if (typeof handle?.useUserBuffer !== 'function' || process.platform === 'win32') return false
  const [buffer, next, take] = ['kBuffer', 'kBufferGen', 'kBufferCb'].map((name) => symbolIn(reading, name))
  if (buffer === undefined || next === undefined || take === undefined || socket.readableLength > 0) return false
  room = to.room
  Object.assign(reading, { [place]: to, [buffer]: room, [next]: nextRoom, [take]: takeRead })
  handle.useUserBuffer(room)
  if (!process.listeners(UNCAUGHT).includes(remind)) process.on(UNCAUGHT, remind)
  return true
}

// An error that nothing catches, thrown by what follows a read, keeps node:net from hearing where the socket reads next: it would
// overwrite what it has just read. A program that lives on must not find that in its messages.
function remind(): void {
  if (last.to !== undefined) last.handle?.useUserBuffer?.(last.to.room)
}

function symbolIn(socket: object, name: string): symbol | undefined {
  return Object.getOwnPropertySymbols(socket).find(({ description }) => description === name)
}

function nextRoom(): Uint8Array {
  return room
}

// One function for all sockets, which is called on the one that has read.
function takeRead(this: ReadingSocket, length: number): boolean {
  const to = this[place]!
  let goesOn = true
  try {
    goesOn = to.onRead(length)
  } catch (error) {
    // Thrown by a listener: node:net would not ask any more.
    process.nextTick(() => {
      throw error
    })
  }
  last = { handle: this._handle, to }
  room = to.room
  return goesOn
}
