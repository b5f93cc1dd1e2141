import { Transform, type TransformCallback } from 'node:stream'
import { BareParser } from './bare-parser.js'

/** What one writes oneself: a Transform of Node around a parser, with the iterator that Node gives it. */
export class StockDecoder extends Transform {
  readonly #parser = new BareParser((message) => this.push(message))

  constructor() {
    super({ readableObjectMode: true })
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.#parser.write(chunk)
    callback()
  }
}
