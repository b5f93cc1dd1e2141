/** Bytes that already are frames, in their place among messages. */
export class RawFrames {
  readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
}
