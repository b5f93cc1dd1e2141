import { BareParser } from './bare-parser.js'

/** {@link BareParser} with `subarray` instead of the class behind it. The loop is written out: a call would cost as much. */
export class SubarrayParser extends BareParser {
  override write(chunk: Buffer): void {
    let at = this.finishPartial(chunk)
    while (chunk.length - at >= 4) {
      const start = at + 4
      const end = start + chunk.readUInt32BE(at)
      if (end > chunk.length) break
      this.onMessage(chunk.subarray(start, end))
      at = end
    }
    this.startPartial(chunk, at)
  }
}
