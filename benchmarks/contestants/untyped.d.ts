declare module 'length-prefixed-stream' {
  import type { Transform } from 'node:stream'
  export function encode(): Transform
  export function decode(options?: { limit?: number; allowEmpty?: boolean }): Transform
}

declare module 'framed-stream' {
  import type { Duplex } from 'node:stream'
  // A Duplex of streamx, of which what is used here works as Node's.
  export default class FramedStream extends Duplex {
    constructor(rawStream: unknown, options?: { bits?: 8 | 16 | 24 | 32 })
  }
}
