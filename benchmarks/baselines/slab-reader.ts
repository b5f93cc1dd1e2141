import type net from 'node:net'

// From 128 KiB to 4 MiB it made no difference.
const SLAB_LENGTH = 1_048_576
const LEAST_ROOM = 65_536

// The class behind Buffer's views; Node's types leave it out.
const View = (
  Buffer as unknown as { [Symbol.species]: new (memory: ArrayBufferLike, at: number, length: number) => Buffer }
)[Symbol.species]

/**
 * The least that reading long messages can cost: the system puts the bytes where they stay, one read behind another, and
 * messages are views of them. Only what of a message has come when a slab is full is copied, into the next one.
 *
 * No reader for use: a short message keeps a whole slab alive, as does a silent socket, and a length is trusted as soon as
 * it is claimed.
 */
export class SlabReader {
  readonly #onMessage: (message: Buffer) => void
  #slab = Buffer.allocUnsafeSlow(SLAB_LENGTH)
  // Where the message begins of which a part has come, and where that part ends.
  #start = 0
  #end = 0

  constructor(onMessage: (message: Buffer) => void) {
    this.#onMessage = onMessage
  }

  /** What makes a socket read here. */
  readonly onread: net.OnReadOpts = {
    buffer: () => this.#slab.subarray(this.#end),
    callback: (length) => {
      this.#end += length
      this.#read()
      return true
    },
  }

  #read(): void {
    const slab = this.#slab
    let needed = 4
    while (this.#end - this.#start >= 4) {
      const length = slab.readUInt32BE(this.#start)
      needed = 4 + length
      if (this.#end - this.#start < needed) break
      this.#onMessage(new View(slab.buffer, slab.byteOffset + this.#start + 4, length))
      this.#start += needed
      needed = 4
    }
    if (slab.length - this.#end < LEAST_ROOM || slab.length - this.#start < needed) this.#renew(needed)
  }

  #renew(needed: number): void {
    const slab = Buffer.allocUnsafeSlow(Math.max(SLAB_LENGTH, needed + LEAST_ROOM))
    this.#end = this.#slab.copy(slab, 0, this.#start, this.#end)
    this.#start = 0
    this.#slab = slab
  }
}
