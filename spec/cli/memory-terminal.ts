import { constants } from 'node:os'
import { PassThrough, type Readable, Writable } from 'node:stream'
import type { EndSignal, Terminal } from '../../lib/cli/terminal.js'

/** What was written to a stream of the terminal. */
class Screen extends Writable {
  readonly #chunks: Buffer[] = []
  #taken = 0
  #wake: (() => void) | undefined
  #fault: Error | undefined

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error) => void): void {
    if (this.#fault !== undefined) {
      callback(this.#fault)
      return
    }
    this.#chunks.push(chunk)
    this.#wake?.()
    callback()
  }

  override _final(callback: () => void): void {
    this.#wake?.()
    callback()
  }

  /** From now on a write fails. */
  breakWith(code: 'EPIPE' | 'ENOSPC'): void {
    this.#fault = Object.assign(new Error(`write ${code}`), { code, errno: -constants.errno[code] })
  }

  /** Writes so far. */
  get writes(): number {
    return this.#chunks.length
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  /** The next line, once it is there. */
  async nextLine(): Promise<string> {
    for (;;) {
      const text = this.bytes.toString()
      const end = text.indexOf('\n', this.#taken)
      if (end !== -1) {
        const line = text.slice(this.#taken, end)
        this.#taken = end + 1
        return line
      }
      if (this.writableEnded || this.destroyed) throw new Error('The program has ended, and prints no more')
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}

/** A terminal without a process: the spec types, reads and interrupts. */
export class MemoryTerminal implements Terminal {
  /** What is typed, unless the terminal was made with another stdin. */
  readonly keyboard: PassThrough = new PassThrough()
  readonly stdin: Readable
  readonly stdout: Screen = new Screen()
  readonly stderr: Screen = new Screen()
  isTyped = false
  isWatched = false
  readonly program: Terminal['program'] = [process.execPath, '--import=tsx', 'lib/cli/lengthwise.ts']
  readonly columns: number | undefined = undefined
  exitCode: number | undefined
  readonly #listeners: ((signal: EndSignal) => void)[] = []

  constructor(stdin?: Readable) {
    this.stdin = stdin ?? this.keyboard
  }

  onSignal(listener: (signal: EndSignal) => void): void {
    this.#listeners.push(listener)
  }

  signal(signal: EndSignal): void {
    for (const listener of this.#listeners.splice(0)) listener(signal)
  }
}
