import { Readable } from 'node:stream'

/** The same byte over and over, as /dev/zero has it. */
export class Endless extends Readable {
  /** Bytes that were read. */
  given = 0
  readonly #chunk: Buffer

  constructor(character: string) {
    super()
    this.#chunk = Buffer.alloc(65_536, character)
  }

  override _read(): void {
    this.given += this.#chunk.length
    // As late as bytes of a pipe would come.
    setImmediate(() => this.push(this.#chunk))
  }
}
